"""One run of the benchmark: all chosen runtimes, each with its floor, the gateway alone, and other servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runtimekit.benchmarks.measure import Plan, measure, this_machine
from runtimekit.benchmarks.results import Document
from runtimekit.benchmarks.servers import ASKED, BenchmarkEnvironment
from runtimekit.functions import function
from runtimekit.functions.archive import pack
from runtimekit.images import tools
from runtimekit.repository import revision
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from runtimekit.benchmarks.results import Measurement
    from runtimekit.images.build import Builder
    from runtimekit.repository.catalogue import Runtime

FUNCTIONS = {Protocol.V2021: "tests/resources", Protocol.V5: "tests/resources/v5"}
"""The measured functions of each protocol, by language."""
FLOORS = "benchmarks/floors"
ECHO = "benchmarks/echo"
FLOOR_OF = {"kotlin": "java"}
"""Languages that share another's HTTP server."""


def environment(builder: Builder, platform: str) -> BenchmarkEnvironment:
    """Return what every server needs; the load generator is built if the engine lacks it."""
    folder = builder.configuration.root / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return BenchmarkEnvironment(builder.engine, tools.provide(builder, "wrk"), folder, platform)


def run(
    where: BenchmarkEnvironment,
    root: Path,
    runtimes: Sequence[Runtime],
    plan: Plan,
    *,
    echo: Runtime | None,
    urls: Sequence[str],
    url_headers: Mapping[str, str],
    log: Callable[[str], None],
) -> Iterator[Document]:
    """Measure runtimes one after the other; ``echo``, if given, is the runtime in which the echo worker runs.

    Yields:
        What is measured so far, after each runtime: an interrupted run keeps what it has.

    Raises:
        BenchmarkError: An answer was wrong, so the run is void.
        FunctionBuildError: The documented test function does not build.
        FunctionLaunchError: A function did not become ready.
    """
    echo_archive = where.build(echo, root / ECHO) if echo else None
    began = datetime.now(UTC).isoformat(timespec="seconds")
    measurements: list[Measurement] = []
    for runtime in runtimes:
        folder = where.folder / str(runtime.id)
        folder.mkdir(parents=True, exist_ok=True)
        source, archive = folder / "source.tar.gz", folder / f"{runtime.id.dashed}.tar.gz"
        pack(root / FUNCTIONS[runtime.protocol] / runtime.id.language, source)
        function.build(where.engine, runtime, source=source, target=archive, platform=where.platform)
        floor = root / FLOORS / FLOOR_OF.get(runtime.id.language, runtime.id.language)
        measurements.append(
            measure(
                replace(where, folder=folder, asked=ASKED[runtime.protocol]),
                runtime,
                archive,
                plan,
                floor=floor if echo and floor.exists() else None,
                echo=(echo, echo_archive) if echo and echo_archive else None,
                urls=urls,
                url_headers=url_headers,
                log=log,
            )
        )
        yield Document(
            created=began,
            commit=revision.of(root).commit,
            machine=this_machine(where.engine),
            seconds=plan.seconds,
            rounds=plan.rounds,
            measurements=tuple(measurements),
        )
