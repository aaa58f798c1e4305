"""Runtimes against the contract: the images that their suites need, then the suites."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runtimekit import conformance
from runtimekit.conformance import test_records
from runtimekit.conformance.cases import Scope
from runtimekit.conformance.results import SuiteResult
from runtimekit.engine import containers
from runtimekit.engine.labels import LABEL_STAND_IN
from runtimekit.errors import OptionError
from runtimekit.functions.function import deadline_factor
from runtimekit.images.results import FAILED
from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.reporter import Output, Reporter
    from runtimekit.images.build import Builder
    from runtimekit.images.plan import Plan
    from runtimekit.images.results import BuildRow
    from runtimekit.repository.catalogue import Catalogue, Runtime


@dataclass(frozen=True)
class Images:
    """What became of the images that suites need."""

    rows: Sequence[BuildRow]
    obstacles: Mapping[str, str]
    """Why an image cannot be had on this machine, by runtime."""

    @property
    def failures(self) -> dict[str, str]:
        """Why an image was not built, by runtime."""
        return {row.runtime: f"its image was not built, see {row.log}" for row in self.rows if row.result == FAILED}


def scope_for(
    runtime: Runtime,
    catalogue: Catalogue,
    platform: str,
    text: str = "",
    can_be_had: Callable[[Runtime], bool] = lambda _runtime: True,
) -> Scope:
    """By default every case on a language's newest version that can be had, the core on its siblings and emulated.

    Args:
        runtime: The runtime that is going to be checked.
        catalogue: All runtimes.
        platform: Docker's name of the platform.
        text: The scope that the user has chosen; empty for the default.
        can_be_had: Whether a runtime's image can be built here: the newest may need a registry.

    Raises:
        OptionError: ``text`` is not empty and names no scope.
    """
    if not text:
        newest = runtime in catalogue.of(runtime.protocol).newest_of(can_be_had)
        return Scope.FULL if newest and deadline_factor(platform) == 1 else Scope.CORE
    try:
        return Scope(text)
    except ValueError:
        raise OptionError("scope", text, [scope.value for scope in Scope]) from None


def plan_images(builder: Builder, catalogue: Catalogue, chosen: Sequence[Runtime], platform: str) -> Plan:
    """What has to be built before the suites of these runtimes run: their images, and those they run on."""
    images = dict.fromkeys(image for runtime in chosen for image in needed_images(catalogue, runtime))
    return builder.plan(images, [platform])


def build_images(builder: Builder, plan: Plan, output: Output) -> Images:
    """Carry out :func:`plan_images`. One failure does not stop the others."""
    with output.reporter() as reporter:
        rows = builder.build(plan, reporter) if plan.build else []
    return Images(rows, {str(each.runtime): each.because for each in plan.missing})


def run_suites(
    root: Path,
    engine: Engine,
    catalogue: Catalogue,
    scopes: Mapping[Runtime, Scope],
    platform: str,
    images: Images,
    output: Output,
) -> Iterator[SuiteResult]:
    """Check runtimes or run images on one platform, one after the other; one that fails does not stop the others.

    A suite that passes leaves a test record of its images.

    Yields:
        Each suite's result, as soon as it is there.
    """
    for name in containers.remove_orphans(engine):
        output.log(f"removed {name}, which a killed run had left")
    for runtime, scope in scopes.items():
        began = time.monotonic()
        needed = [str(image) for image in needed_images(catalogue, runtime)]
        obstacle = next((images.obstacles[name] for name in needed if name in images.obstacles), "")
        error = next((images.failures[name] for name in needed if name in images.failures), "")
        if obstacle or error:
            yield SuiteResult(
                runtime=str(runtime),
                platform=platform,
                cases=(),
                seconds=time.monotonic() - began,
                error=error,
                unavailable=obstacle,
            )
            continue
        with output.reporter() as reporter:
            suite = _run_suite(root, engine, catalogue, runtime, scope, platform, output, reporter)
        yield suite


def _run_suite(
    root: Path,
    engine: Engine,
    catalogue: Catalogue,
    runtime: Runtime,
    scope: Scope,
    platform: str,
    output: Output,
    reporter: Reporter,
) -> SuiteResult:
    """Run a suite, and record that it passed on the images that were there before it and still are after it."""
    folder = root / "build" / "tests" / f"{runtime.id}-{platform.rpartition('/')[2]}"
    digest, before = test_records.suite_digest(root, runtime), image_ids(engine, catalogue, runtime)
    key = f"tests of {runtime} {platform}"

    def log(text: str) -> None:
        output.log(text)
        reporter.step(key, text, 0, 0)

    told: dict[str, Any] = {"log": log, "watch": lambda case, done, total: reporter.step(key, case, done, total)}
    where: dict[str, Any] = {"root": root, "platform": platform, "folder": folder}
    reporter.started(key)
    if runtime.kind is Kind.RUN_IMAGE:
        suite = conformance.run_on_run_image(engine, runtime, **where, **told)
    else:
        suite = conformance.run(engine, runtime, scope=scope, **where, **told)
    reporter.finished(key, ok=suite.ok, text=suite.verdict.partition("\n")[0])
    if suite.ok and before == image_ids(engine, catalogue, runtime):
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        made = stand_ins(engine, before)
        record = test_records.record_of(suite, images=before, scope=scope, digest=digest, at=at, stand_ins=made)
        test_records.save(root, record)
    return suite


def needed_images(catalogue: Catalogue, runtime: Runtime) -> list[Runtime]:
    """The images that a runtime's suite uses: its own, and the run images of a compiled language."""
    return [runtime, *run_images(catalogue, runtime)]


def image_ids(engine: Engine, catalogue: Catalogue, runtime: Runtime) -> dict[str, str]:
    """The ids of all images that a runtime's suite uses, by name, as the engine has them now."""
    names = [each.build_image for each in needed_images(catalogue, runtime)]
    return {name: image.id for name, image in engine.images(names).items()}


def stand_ins(engine: Engine, names: Iterable[str]) -> dict[str, str]:
    """What stands in for an official base, by name of the image on it; images on official bases are left out."""
    labels = {name: image.labels.get(LABEL_STAND_IN, "") for name, image in engine.images(names).items()}
    return {name: made for name, made in labels.items() if made}


def run_images(catalogue: Catalogue, runtime: Runtime) -> list[Runtime]:
    """The run images that a compiled runtime's functions run on."""
    if runtime.first or runtime.language is None or runtime.language.run_image is None:
        return []
    return [catalogue.get(name) for name in (runtime.language.run_image, *runtime.language.also_runs_on)]
