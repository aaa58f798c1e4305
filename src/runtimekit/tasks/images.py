"""Tasks that do things to images."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING

from runtimekit.tasks.adapter import task
from runtimekit.tasks.setting import here

if TYPE_CHECKING:
    from invoke.context import Context

    from runtimekit.planning import Plan

ONLY = "a runtime's name or a glob such as 'python-*'; may be given again (default: all)"


@task(
    name="list",
    iterable=["only", "language"],
    help={
        "only": ONLY,
        "language": "only this language; may be given again",
        "arch": "only what exists for this platform, such as arm64",
        "json": "for machines: a list of objects",
    },
)
def list_runtimes(
    _context: Context,
    only: list[str] | None = None,
    language: list[str] | None = None,
    arch: str | None = None,
    json: bool = False,
) -> None:
    """Show the runtimes of this repository."""
    from runtimekit import selection

    setting = here()
    chosen = selection.select(setting.catalogue.runtimes, only or (), language or (), arch)
    if json:
        print(json_format.dumps([runtime.row() for runtime in chosen], indent=2))  # noqa: T201 - the result itself
        return
    from runtimekit.console import tables

    setting.results.print(tables.runtimes_table(chosen))


@task(
    iterable=["only", "platform"],
    help={
        "local": "for this machine's platform only, loaded into the engine",
        "only": ONLY,
        "platform": "only this platform, such as linux/arm64; may be given again (default: all that are declared)",
        "bases": "where base images come from: auto, registry or bootstrap (auto: the registry if it answers)",
        "jobs": "how many images to build at a time",
        "force": "build also what is up to date",
        "dry-run": "show what would be done",
    },
)
def build(
    _context: Context,
    local: bool = False,
    only: list[str] | None = None,
    platform: list[str] | None = None,
    bases: str = "auto",
    jobs: int = 0,
    force: bool = False,
    dry_run: bool = False,
) -> None:
    """Build images: every declared platform, or with --local this machine's."""
    from runtimekit import building, options, selection
    from runtimekit.console import tables
    from runtimekit.console.reporter import choose_reporter
    from runtimekit.errors import SomeFailedError

    setting = here()
    platforms = options.platforms(setting.configuration.platforms, platform or (), local=local)
    source = options.base_source(bases)
    workers = options.jobs(jobs, building.DEFAULT_JOBS)
    chosen = selection.select(setting.catalogue.all, only or ())
    builder = building.Builder(setting.configuration, setting.engine, source, workers, setting.say)
    plan = builder.plan(chosen, platforms, force=force)
    if dry_run:
        _show_plan(plan)
        return
    with choose_reporter(setting.progress) as reporter:
        rows = builder.build(plan, reporter)
    setting.results.print(tables.build_table(rows))
    for missing in plan.missing:
        setting.say(f"{missing.runtime} {missing.platform} was not built: {missing.because}")
    failed = [f"{row.runtime} {row.platform}" for row in rows if row.result == building.FAILED]
    if only:  # what was asked for by name and cannot be had is a failure; among "all" it is a line of the table
        failed += [f"{row.runtime} {row.platform}" for row in rows if row.result == building.NEEDS_REGISTRY and local]
    if failed:
        raise SomeFailedError("images", failed, len(rows))


def _show_plan(plan: Plan) -> None:
    """The steps, one a line, in the order in which they begin."""
    lines = [f"base   {reference} for {', '.join(platforms)}" for reference, platforms in plan.bases.items()]
    lines += ["gateway for all platforms"] if plan.needs_gateway else []
    lines += [f"build  {step.key}  →  {step.runtime.build_image}" for step in plan.build]
    lines += [f"keep   {runtime} {platform}: up to date" for runtime, platform in plan.current]
    lines += [f"skip   {each.runtime} {each.platform}: needs a registry, {each.because}" for each in plan.missing]
    print("\n".join(lines) or "nothing to do")  # noqa: T201 - the result itself
