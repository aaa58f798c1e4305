"""Tasks that ask whether something passes. `test` runs nox's sessions; a session calls `verify` for its runtime."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.images import CACHE_FROM, ONLY, PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.context import Context

    from runtimekit.repository.catalogue import Runtime

SESSION_GRACE_SECONDS = 30.0
"""How long an interrupted session may take to remove its containers."""


@task(
    iterable=["only"],
    help={
        "only": ONLY + "; leaves out the checks of the project itself",
        "all": "every case of every runtime, not only what a change is checked with",
        "jobs": "how many runtimes to test at a time (default: 2, on one processor 1)",
    },
)
def test(_context: Context, only: list[str] | None = None, all: bool = False, jobs: int = 0) -> None:  # noqa: A002, PT028
    """Run the whole test set, or with --only the tests of some runtimes."""
    import sys
    import time

    from runtimekit.cli import disk, options
    from runtimekit.cli import test_phases as names
    from runtimekit.cli.test_phases import DEFAULT_JOBS, WITHOUT, leave_out
    from runtimekit.console import summary, tables
    from runtimekit.console.markdown import markdown
    from runtimekit.errors import SomeFailedError
    from runtimekit.github import step
    from runtimekit.reports import files
    from runtimekit.repository import select
    from runtimekit.support import commands

    context = current()
    context.engine  # noqa: B018 - started once here, not by several sessions at the same time
    root = context.configuration.root
    chosen = select.select(context.catalogue.all if only else context.catalogue.runtimes, only or ())
    runtimes = [f"test-{runtime.id}" for runtime in chosen]
    if not only:
        runtimes = [names.EMULATION, names.SECOND, *runtimes]
    phases: dict[str, Sequence[str]] = {names.RUNTIMES: runtimes}
    if not only:
        phases = {"checks": names.CHECKS, "images": names.IMAGES, **phases}
        phases |= {"docs": names.DOCS, "system": names.SYSTEM, "newcomer": names.NEWCOMER}
    plan = leave_out(phases, os.environ.get(WITHOUT, "").split(), context.log)
    if not only and (short := disk.shortage()):
        context.progress.print(f"warning: {short}", soft_wrap=True)
    files.forget(root)
    flags = [*([] if only else ["--if-possible"]), *(["--scope", "full"] if all else [])]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "RUNTIMEKIT_VERIFY": " ".join(flags)}
    environment.pop(step.SUMMARY, None)  # all sessions are in the one that is written here
    failed: list[str] = []
    times = []
    for phase, sessions in plan.items():
        began = time.monotonic()
        # nox shows a session's words only at its end when it runs several at a time, so only the runtimes' are.
        at_once = options.jobs(jobs, DEFAULT_JOBS) if phase == names.RUNTIMES else 1
        argv = [sys.executable, "-m", "nox", "--noxfile", str(root / "noxfile.py"), "-s", *sessions]
        argv += ["-j", str(at_once)] if at_once > 1 else []
        with commands.process(argv, cwd=root, env=environment, grace=SESSION_GRACE_SECONDS) as running:
            failed += [phase] if running.wait() else []
        disk.stop_if_full(phase, failed=phase in failed)
        times.append(f"{phase} {tables.human_time(time.monotonic() - began)}")
    suites = files.collect(root)
    if suites:
        context.results.print(tables.suite_table(suites, context.results.width))
        for suite in suites:
            context.results.print(tables.failures_of(suite), soft_wrap=True, end="")
        files.write_junit(root / "build/reports/all.xml", suites)
        step.summarize(markdown(summary.of_suites(suites)))
    context.progress.print(f"▸ {', '.join(times)}", soft_wrap=True)
    if failed or not suites:
        raise SomeFailedError("phases", names.with_runtimes(failed, suites) or ["no runtime was tested"], len(plan))


@task(
    iterable=["only"],
    help={
        "only": ONLY,
        "protocol": PROTOCOL,
        "newest": "only each language's newest version that can be had",
        "platform": "this platform, such as linux/arm64, by emulation if need be (default: this machine's)",
        "scope": "core or full (default: full for a language's newest version, core for its siblings and emulated)",
        "bases": "where base images come from: auto, registry or bootstrap",
        "if-possible": "a base that cannot be had here is shown, but is no failure",
        "built": "only images that are there and up to date; build nothing",
        "cache-from": CACHE_FROM,
    },
)
def verify(
    _context: Context,
    only: list[str] | None = None,
    protocol: str = "",
    newest: bool = False,
    platform: str = "",
    scope: str = "",
    bases: str = "auto",
    if_possible: bool = False,
    built: bool = False,
    cache_from: str = "",
) -> None:
    """Check runtimes' images against their protocol, and run images that are named; builds what is missing or stale."""
    from runtimekit.cli import options
    from runtimekit.conformance.verify import build_images, plan_images, run_suites, scope_for
    from runtimekit.console import summary, tables
    from runtimekit.console.markdown import markdown
    from runtimekit.errors import NotBuiltError, SomeFailedError
    from runtimekit.github import step
    from runtimekit.images.build import Builder
    from runtimekit.reports import files
    from runtimekit.repository import select

    context = current()
    catalogue, engine, root = context.catalogue, context.engine, context.configuration.root
    target = options.one_platform(context.configuration.platforms, platform)
    source, cache = options.base_source(bases), options.layer_cache(cache_from, "")

    among = select.of_protocols(catalogue, protocol, only or ())
    chosen = select.select(among if only else [each for each in among if each.language], only or ())
    builder = Builder(context.configuration, engine, source, log=context.log, cache=cache)

    def can_be_had(runtime: Runtime) -> bool:
        return builder.obstacle(runtime, target) is None

    if newest:
        chosen = tuple(each for each in chosen if each in catalogue.of(each.protocol).newest_of(can_be_had))
    scopes = {runtime: scope_for(runtime, catalogue, target, scope, can_be_had) for runtime in chosen}
    plan = plan_images(builder, catalogue, chosen, target)
    if built and plan.build:
        raise NotBuiltError([str(step.runtime) for step in plan.build])
    images = build_images(builder, plan, context.output)
    files.write_build_rows(root, images.rows, context.log)
    suites = []
    for suite in run_suites(root, engine, catalogue, scopes, target, images, context.output):
        files.write_suite(root, suite)  # at once: an interrupted run keeps what it has found
        suites.append(suite)
    for suite in suites:
        context.results.print(tables.failures_of(suite), soft_wrap=True, end="")
    context.results.print(tables.suite_table(suites, context.results.width))
    step.summarize(markdown(summary.of_suites(suites)))
    failures = [suite for suite in suites if not suite.ok and not (if_possible and suite.unavailable)]
    failed = [suite.name for suite in failures]
    if failed:
        raise SomeFailedError("runtimes", failed, len(suites))


@task(
    positional=["image"],
    help={
        "image": "the image; it must be in the engine",
        "code": "the folder with the function, for whose language the image is",
        "entrypoint": "the function's file in that folder",
        "protocol": "what it speaks: 2021 or v5 (default: 2021)",
        "run-image": "what a compiled function runs on (default: the image itself)",
        "platform": "this platform (default: this machine's)",
    },
)
def conform(
    _context: Context,
    image: str,
    code: str,
    entrypoint: str,
    protocol: str = "",
    run_image: str = "",
    platform: str = "",
) -> None:
    """Check any image that claims a protocol, with any function: transport, key, limits, body."""
    from pathlib import Path

    from runtimekit import conformance
    from runtimekit.console import tables
    from runtimekit.errors import SomeFailedError
    from runtimekit.repository import select
    from runtimekit.support import machine

    context = current()
    root = context.configuration.root
    suite = conformance.conform(
        context.engine,
        image,
        Path(code),
        entrypoint,
        platform or f"linux/{machine.native()}",
        folder=root / "build" / "conform",
        root=root,
        run_image=run_image,
        protocol=select.protocol(protocol),
        log=context.log,
    )
    context.results.print(tables.failures_of(suite), soft_wrap=True, end="")
    context.results.print(tables.suite_table([suite], context.results.width))
    if not suite.ok:
        raise SomeFailedError("images", [image], 1)


@task(name="gateway-test", help={"bases": "where base images come from: auto, registry or bootstrap"})
def gateway_test(_context: Context, bases: str = "auto") -> None:
    """Run the gateway's own tests, in a container with its compiler."""
    from runtimekit.cli import options
    from runtimekit.images import build

    context = current()
    builder = build.Builder(context.configuration, context.engine, options.base_source(bases), log=context.log)
    with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
        output = builder.test_gateway()
    print(output, end="")  # noqa: T201 - the result itself


@task(help={"bases": "where base images come from: auto, registry or bootstrap"})
def actionlint(_context: Context, bases: str = "auto") -> None:
    """Check the workflows with actionlint, which is built once, in a container with its compiler."""
    from runtimekit.cli import options
    from runtimekit.errors import SomeFailedError
    from runtimekit.github.workflows import actionlint
    from runtimekit.images import build

    context = current()
    root = context.configuration.root
    program = actionlint.program_path(root)
    if not program.exists():  # only now is an engine needed
        builder = build.Builder(context.configuration, context.engine, options.base_source(bases), log=context.log)
        with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
            actionlint.build(builder)
    output, failed = actionlint.check(root, program)
    print(output, end="")  # noqa: T201 - the result itself
    if failed:
        raise SomeFailedError("workflows", failed, len(list((root / ".github/workflows").glob("*.y*ml"))))


@task(iterable=["only"], help={"only": "a language, such as python; may be given again (default: all)"})
def package(_context: Context, only: list[str] | None = None) -> None:
    """Pack the languages' test functions: tests/resources/<language>.tar.gz, the same bytes on every machine."""
    from runtimekit.functions.archive import pack
    from runtimekit.repository import select

    context = current()
    chosen = select.select(context.catalogue.runtimes, (), only or ())
    resources = context.configuration.root / "tests/resources"
    for language in dict.fromkeys(runtime.id.language for runtime in chosen):
        archive = resources / f"{language}.tar.gz"
        digest = pack(resources / language, archive)
        print(f"{digest}  {archive.relative_to(context.configuration.root)}")  # noqa: T201 - the result itself
