"""Runtimes against the contract: build what is stale, run the conformance suite, write reports."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runtimekit import conformance
from runtimekit.conformance import Scope, test_records
from runtimekit.conformance.results import SuiteResult
from runtimekit.console.progress import choose_reporter
from runtimekit.engine import containers, trace
from runtimekit.engine.buildx import NO_CACHE, LayerCache
from runtimekit.errors import OptionError
from runtimekit.functions.function import slowness
from runtimekit.images import build
from runtimekit.reports.files import read_json, write_json, write_junit
from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from runtimekit.engine.client import Engine
    from runtimekit.engine.reporter import Reporter
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.configuration import Configuration
    from runtimekit.repository.recipes import Source

CHECKS = ("lint", "types", "unit", "adapters", "gateway")
"""nox sessions about the project itself."""
IMAGES = ("images", "workflows")
"""The nox session that builds what those of the runtimes test, and the check whose program needs a base of them."""
EMULATION = "emulation"
"""The nox session that takes longest and waits for nothing: it begins with the runtimes' and runs beside them."""
SYSTEM = ("system",)
"""The nox session about the build system, after them."""
NEWCOMER = ("newcomer",)
"""The nox session that does all this on a machine that has nothing; last, since its second half uses the images."""
WITHOUT = "RUNTIMEKIT_WITHOUT"
"""The environment variable with names of sessions that `test` leaves out: on the newcomer's machine, its own."""

DEFAULT_JOBS = min(2, os.cpu_count() or 1)
"""Runtimes to test at a time: their suites wait more than they compute, but more than two get into each other's way."""


def leave_out(
    phases: Mapping[str, Sequence[str]], names: Sequence[str], say: Callable[[str], None]
) -> dict[str, list[str]]:
    """The phases without some sessions, which are named aloud; a phase of which nothing is left goes."""
    if names:
        say(f"left out: {', '.join(names)} ({WITHOUT} in the environment)")
    kept = {phase: [each for each in sessions if each not in names] for phase, sessions in phases.items()}
    return {phase: sessions for phase, sessions in kept.items() if sessions}


def reports_folder(root: Path) -> Path:
    """Where JSON and JUnit go."""
    return root / "build" / "reports"


def forget_reports(root: Path) -> None:
    """Remove reports of earlier runs: the table of a run shows what this run found."""
    for path in reports_folder(root).glob("*.*"):
        path.unlink()


def collect_reports(root: Path) -> list[SuiteResult]:
    """What the sessions of this run have written."""
    files = sorted(path for path in reports_folder(root).glob("*.json") if path.name != trace.FILE)
    return [suite for path in files for suite in read_json(path)]


def scope_for(runtime: Runtime, catalogue: Catalogue, platform: str, text: str = "") -> Scope:
    """By default every case on a language's newest version, the core on its siblings and under emulation.

    Raises:
        OptionError: ``text`` is not empty and names no scope.
    """
    if not text:
        newest = runtime in catalogue.newest
        return Scope.FULL if newest and slowness(platform) == 1 else Scope.CORE
    try:
        return Scope(text)
    except ValueError:
        raise OptionError("scope", text, [scope.value for scope in Scope]) from None


def verify(
    configuration: Configuration,
    catalogue: Catalogue,
    engine: Engine,
    chosen: Sequence[Runtime],
    platform: str,
    *,
    scope: str,
    source: Source,
    console: Console,
    cache: LayerCache = NO_CACHE,
) -> list[SuiteResult]:
    """Check these runtimes or run images on one platform; one that fails does not stop the others.

    Every result is written under ``build/reports/`` as soon as it is there, and what a passed suite proves is kept.
    """
    root = configuration.root
    depths = {runtime: scope_for(runtime, catalogue, platform, scope) for runtime in chosen}

    def say(text: str) -> None:
        console.print(f"▸ {text}", soft_wrap=True)

    for name in containers.remove_orphans(engine):
        say(f"removed {name}, which a killed run had left")
    # A compiled function needs its run images, too.
    needed = {runtime: (runtime, *run_images(catalogue, runtime)) for runtime in chosen}
    builder = build.Builder(configuration, engine, source, say=say, cache=cache)
    plan = builder.plan(dict.fromkeys(image for images in needed.values() for image in images), [platform])
    with choose_reporter(console) as reporter:
        rows = builder.build(plan, reporter) if plan.build else []
    missing = {str(each.runtime): each.because for each in plan.missing}
    broken = {row.runtime: f"its image was not built, see {row.log}" for row in rows if row.result == build.FAILED}
    suites = []
    for runtime in chosen:
        began = time.monotonic()
        unavailable = next((missing[str(image)] for image in needed[runtime] if str(image) in missing), "")
        error = next((broken[str(image)] for image in needed[runtime] if str(image) in broken), "")
        if unavailable or error:
            suite = SuiteResult(
                runtime=str(runtime),
                platform=platform,
                cases=(),
                seconds=time.monotonic() - began,
                error=error,
                unavailable=unavailable,
            )
        else:
            with choose_reporter(console) as reporter:
                suite = _proven(engine, catalogue, runtime, root, platform, depths[runtime], say, reporter)
        stem = reports_folder(root) / f"{runtime.id}-{platform.rpartition('/')[2]}"
        write_json(stem.with_name(f"{stem.name}.json"), [suite])
        write_junit(stem.with_name(f"{stem.name}.xml"), [suite])
        suites.append(suite)
    return suites


def _proven(
    engine: Engine,
    catalogue: Catalogue,
    runtime: Runtime,
    root: Path,
    platform: str,
    scope: Scope,
    say: Callable[[str], None],
    reporter: Reporter,
) -> SuiteResult:
    """Run a suite, and keep what it proves of the images that were there before it and still are after it."""
    folder = root / "build" / "tests" / f"{runtime.id}-{platform.rpartition('/')[2]}"
    digest, before = test_records.suite_digest(root, runtime), image_ids(engine, catalogue, runtime)
    key = f"tests of {runtime} {platform}"

    def tell(text: str) -> None:
        say(text)
        reporter.step(key, text, 0, 0)

    told: dict[str, Any] = {"say": tell, "watch": lambda case, done, total: reporter.step(key, case, done, total)}
    where: dict[str, Any] = {"root": root, "platform": platform, "folder": folder}
    reporter.started(key)
    if runtime.kind is Kind.RUN_IMAGE:
        suite = conformance.run_on_run_image(engine, runtime, **where, **told)
    else:
        suite = conformance.run(engine, runtime, scope=scope, **where, **told)
    reporter.finished(key, ok=suite.ok, text=suite.verdict.partition("\n")[0])
    if suite.ok and before == image_ids(engine, catalogue, runtime):
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        test_records.save(root, test_records.record_of(suite, images=before, scope=scope, digest=digest, at=at))
    return suite


def image_ids(engine: Engine, catalogue: Catalogue, runtime: Runtime) -> dict[str, str]:
    """The ids of all images that a runtime's suite uses, by name, as the engine has them now."""
    names = [each.build_image for each in (runtime, *run_images(catalogue, runtime))]
    return {name: image.id for name, image in engine.images(names).items()}


def run_images(catalogue: Catalogue, runtime: Runtime) -> list[Runtime]:
    """The run images that a compiled runtime's functions run on."""
    if runtime.language is None or runtime.language.run_image is None:
        return []
    return [catalogue.get(name) for name in (runtime.language.run_image, *runtime.language.also_runs_on)]
