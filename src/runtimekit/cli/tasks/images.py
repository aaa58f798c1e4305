"""Tasks that do things to images."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.context import Context

    from runtimekit.cli.context import TaskContext
    from runtimekit.images.plan import Plan
    from runtimekit.images.results import BuildRow

TAG = "only what has this tag: interpreted, compiled, a language, or a word of platforms.toml; may be given again"
PROTOCOL = "the images of this protocol: 2021, v5, or all (default: 2021; docs/protocol-v5.md)"
ONLY = "a runtime's name or a glob such as 'python-*'; may be given again (default: all)"


@task(
    name="list",
    iterable=["only", "language", "tag"],
    help={
        "only": ONLY,
        "language": "only this language; may be given again",
        "tag": TAG,
        "protocol": PROTOCOL,
        "arch": "only what exists for this platform, such as arm64",
        "sizes": "how large the images are in the engine, on each platform",
        "json": "for machines: a list of objects",
    },
)
def list_runtimes(
    _context: Context,
    only: list[str] | None = None,
    language: list[str] | None = None,
    tag: list[str] | None = None,
    protocol: str = "",
    arch: str | None = None,
    sizes: bool = False,
    json: bool = False,
) -> None:
    """Show the runtimes of this repository."""
    from runtimekit.console import tables
    from runtimekit.repository import select

    context = current()
    among = select.of_protocols(context.catalogue, protocol, only or ())
    runtimes = tuple(each for each in among if each.language)  # without the run images
    chosen = select.select(runtimes, only or (), language or (), arch, tag or ())
    if sizes:
        from runtimekit.images.sizes import sizes as sizes_of

        found = sizes_of(context.engine, chosen, arch)
        if json:
            print(json_format.dumps([row.row() for row in found], indent=2))  # noqa: T201 - the result itself
        else:
            context.results.print(tables.sizes_table(found))
        return
    if json:
        rows = [runtime.row() | {"needs_registry": runtime in context.needing_registry} for runtime in chosen]
        print(json_format.dumps(rows, indent=2))  # noqa: T201 - the result itself
        return
    context.results.print(tables.runtimes_table(chosen, context.results.width, context.needing_registry))


SELECTING = {
    "only": ONLY,
    "language": "only this language; may be given again",
    "tag": TAG,
    "changed-since": "only what files changed since this git revision concern (empty: everything)",
    "protocol": PROTOCOL,
    "platform": "only this platform, such as linux/arm64; may be given again (default: all that are declared)",
    "local": "for this machine's platform only",
    "bases": "where base images come from: auto, registry or bootstrap (auto: the registry if it answers)",
    "force": "also what is up to date",
}
"""The options that say which images, for `build` and `plan` alike."""

CACHE_FROM = "a repository in a registry, HOST/NAMESPACE/NAME, to take layers from"
BUILDER = "build on the nodes of this builder (docs/builders.md) instead of in the engine"
COMPARING = "an images.json of `report`, to show how sizes have changed; no difference is shown if it is not there"


@task(
    iterable=["only", "language", "tag", "platform"],
    help=SELECTING
    | {
        "jobs": "how many images to build at a time",
        "dry-run": "show the plan and stop",
        "cache-from": CACHE_FROM,
        "cache-to": "a repository in a registry to leave layers in, for other machines' --cache-from",
        "compare": COMPARING,
        "builder": BUILDER,
    },
)
def build(
    _context: Context,
    local: bool = False,
    only: list[str] | None = None,
    language: list[str] | None = None,
    tag: list[str] | None = None,
    changed_since: str | None = None,
    protocol: str = "",
    platform: list[str] | None = None,
    bases: str = "auto",
    jobs: int = 0,
    force: bool = False,
    dry_run: bool = False,
    cache_from: str = "",
    cache_to: str = "",
    compare: str = "",
    builder: str = "",
) -> None:
    """Build images into the engine: every declared platform, or with --local this machine's."""
    from runtimekit.cli import options
    from runtimekit.console import tables
    from runtimekit.engine.buildx import NO_CACHE
    from runtimekit.errors import OptionsConflictError, SomeFailedError
    from runtimekit.images import workbench
    from runtimekit.images.build import DEFAULT_JOBS, Builder
    from runtimekit.images.results import failures

    context = current()
    platforms = options.platforms(context.configuration.platforms, platform or (), local=local)
    source = options.base_source(bases)
    workers = options.jobs(jobs, DEFAULT_JOBS)
    cache = options.layer_cache(cache_from, cache_to)
    if builder and cache != NO_CACHE:
        raise OptionsConflictError(
            "--cache-from and --cache-to go without --builder: nodes keep their layers themselves."
        )

    chosen = context.choose(only, language, changed_since, tag, protocol)
    nodes = context.nodes(builder)
    images = Builder(context.configuration, context.engine, source, workers, context.log, cache=cache, nodes=nodes)
    plan = images.plan(chosen, platforms, force=force)
    if dry_run or not chosen:
        context.results.print(tables.plan_table(plan.rows(chosen, nodes.place(plan.build) if nodes else {})))
        return
    with context.output.reporter() as reporter:
        rows = images.build(plan, reporter)
    _report(context, plan, rows, compare)
    if local and not (only or language or tag or changed_since or protocol):
        workbench.provide_if_possible(images, context.log)
    # What was asked for by name and cannot be had is a failure; among "all" it is a line of the table.
    if failed := failures(rows, strict=bool(only and (local or platform))):
        raise SomeFailedError("images", failed, len(rows))


def _report(context: TaskContext, plan: Plan, rows: Sequence[BuildRow], compare: str) -> None:
    """Show what became of images, and leave it under ``build/reports`` and in the step's summary."""
    from runtimekit.console import summary, tables
    from runtimekit.console.markdown import markdown
    from runtimekit.github import step
    from runtimekit.reports import files

    files.write_build_rows(context.configuration.root, rows, context.log)
    context.results.print(tables.build_table(rows, context.results.width))
    step.summarize(markdown(summary.of_builds(rows, files.sizes(compare))))
    for missing in plan.missing:
        context.log(f"{missing.runtime} {missing.platform} was not built: {missing.because}")


@task(iterable=["only", "language", "tag", "platform"], help=SELECTING | {"builder": BUILDER, "json": "for machines"})
def plan(
    _context: Context,
    local: bool = False,
    only: list[str] | None = None,
    language: list[str] | None = None,
    tag: list[str] | None = None,
    changed_since: str | None = None,
    protocol: str = "",
    platform: list[str] | None = None,
    bases: str = "auto",
    force: bool = False,
    builder: str = "",
    json: bool = False,
) -> None:
    """Show what `build` would do, in its order, and why; builds nothing."""
    from runtimekit.cli import options
    from runtimekit.images.build import Builder

    context = current()
    platforms = options.platforms(context.configuration.platforms, platform or (), local=local)
    chosen = context.choose(only, language, changed_since, tag, protocol)
    nodes = context.nodes(builder)
    images = Builder(context.configuration, context.engine, options.base_source(bases), log=context.log)
    made = images.plan(chosen, platforms, force=force)
    rows = made.rows(chosen, nodes.place(made.build) if nodes else {})
    if json:
        print(json_format.dumps(rows, indent=2))  # noqa: T201 - the result itself
        return
    from runtimekit.console import tables

    context.results.print(tables.plan_table(rows))


@task(
    iterable=["only", "language", "tag"],
    help={name: SELECTING[name] for name in ("only", "language", "tag", "changed-since", "protocol")}
    | {"github-output": "give it to later jobs of a workflow as the outputs `matrix` and `rows`, their number"},
)
def matrix(
    _context: Context,
    only: list[str] | None = None,
    language: list[str] | None = None,
    tag: list[str] | None = None,
    changed_since: str | None = None,
    protocol: str = "",
    github_output: bool = False,
) -> None:
    """Print CI's matrix: a row for each image and platform, with the machine that it runs on. Needs no engine."""
    from runtimekit.github import step
    from runtimekit.images.plan import matrix as matrix_of

    rows = matrix_of(current().choose(only, language, changed_since, tag, protocol))
    text = json_format.dumps({"include": rows}, separators=(",", ":"))
    if github_output:
        step.set_outputs({"matrix": text, step.ROWS: str(len(rows))})
    print(text)  # noqa: T201 - the result itself


@task(
    iterable=["only"],
    help={"only": ONLY, "protocol": PROTOCOL, "bases": SELECTING["bases"], "json": "for machines"},
)
def explain(
    _context: Context, only: list[str] | None = None, protocol: str = "", bases: str = "auto", json: bool = False
) -> None:
    """Show the inputs of images, and which of them have changed since the image was built."""
    from runtimekit.cli import options
    from runtimekit.console import tables
    from runtimekit.images.build import Builder
    from runtimekit.images.explain import explain as explain_images

    context = current()
    builder = Builder(context.configuration, context.engine, options.base_source(bases), log=context.log)
    inputs = explain_images(builder, context.choose(only, protocol=protocol))
    if json:
        print(json_format.dumps([each.row() for each in inputs], indent=2))  # noqa: T201 - the result itself
    else:
        context.results.print(tables.inputs_table(inputs))


@task(
    name="bake-file",
    iterable=["only"],
    help={
        "only": ONLY,
        "bases": SELECTING["bases"],
        "local": SELECTING["local"],
        "output": "the file (default: stdout)",
    },
)
def bake_file(
    _context: Context,
    only: list[str] | None = None,
    bases: str = "auto",
    local: bool = False,
    output: str = "",
) -> None:
    """Write a docker-bake.json with which plain `docker buildx bake` builds the same images."""
    from pathlib import Path

    from runtimekit.cli import options
    from runtimekit.images import bake
    from runtimekit.images.build import Builder
    from runtimekit.support import atomic_files

    context = current()
    platforms = options.platforms(context.configuration.platforms, (), local=local)
    builder = Builder(context.configuration, context.engine, options.base_source(bases), log=context.log)
    everything = builder.plan(context.choose(only), platforms, force=True)
    with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
        requests = builder.requests(everything)
    text = json_format.dumps(bake.bake_file(requests), indent=2) + "\n"
    if output:
        atomic_files.write_text(Path(output), text)
    else:
        print(text, end="")  # noqa: T201 - the result itself


@task(
    positional=["language", "version"],
    help={
        "language": "such as python",
        "version": "such as 3.15",
        "like": "a runtime such as node-22: makes a new language that is like it, to be changed piece by piece",
    },
)
def new(_context: Context, language: str, version: str, like: str = "") -> None:
    """Make a runtime's folder from its newest sibling, or with --like a new language (docs/adding-a-runtime.md)."""
    from runtimekit.errors import OptionError
    from runtimekit.repository import scaffold

    context = current()
    root = context.configuration.root
    try:
        if like:
            made = scaffold.new_language(context.catalogue, root, language, version, like)
        else:
            made = scaffold.new(context.catalogue, root / "runtimes", language, version)
    except ValueError as error:
        raise OptionError("version", version, [str(error)]) from None
    what = "Its parts" if like else "It names the version here"
    print(f"{made.folder.relative_to(root)}, from {made.sibling}. {what}:")  # noqa: T201
    for line in made.mentions:
        print(f"  {line}")  # noqa: T201 - the result itself
    print(f"next: nox -s test-{language}-{version}")  # noqa: T201
