"""Measure one runtime: its start, its memory, and its speed in turns with other servers."""

from __future__ import annotations

import json
import platform
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.benchmarks import memory
from runtimekit.benchmarks.results import Load, Measurement, Server, Spread, Start, load_of
from runtimekit.functions.function import launch, wait_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runtimekit.benchmarks.load import Round
    from runtimekit.benchmarks.servers import BenchmarkEnvironment, RunningServer
    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime

CLIENTS = (1, 8, 32)
"""One client shows latency, 32 are what a runtime takes at once (contract T2)."""
CHECK_SECONDS, WARM_UP_SECONDS = 1, 2
ENOUGH_FOR_PERCENTILES = 20
TIMELINE = "RUNTIME_START_TIMES"
"""The variable that makes the gateway print when what began."""
PARTS = ("container", "unpack", "gateway", "worker", "load")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is measured."""

    rounds: int = 5
    seconds: float = 3
    starts: int = 10
    clients: tuple[int, ...] = CLIENTS


def measure(
    environment: BenchmarkEnvironment,
    runtime: Runtime,
    archive: Path,
    plan: Plan,
    *,
    floor: Path | None,
    echo: tuple[Runtime, Path] | None,
    urls: Sequence[str],
    url_headers: Mapping[str, str],
    log: Callable[[str], None],
) -> Measurement:
    """Measure a runtime with a function that is already built: the documented example.

    Args:
        environment: The engine and the load generator.
        runtime: The runtime.
        archive: The built function.
        plan: How much is measured.
        floor: The folder of the language's floor, if it has one.
        echo: The runtime and the archive of the echo worker, to measure the gateway alone.
        urls: Other servers, which get the same request.
        url_headers: More headers for them.
        log: Where progress goes.

    Raises:
        BenchmarkError: An answer was wrong, so the measurement is void.
        FunctionLaunchError: The function did not become ready.
    """
    log(f"{runtime}: {plan.starts} starts")
    start = measure_start(environment, runtime, archive, plan.starts)
    engine = environment.engine
    with ExitStack() as stack:
        servers = [*stack.enter_context(environment.functions(str(runtime), runtime, archive))]
        container = servers[0].container
        assert container is not None  # noqa: S101 - for the type checker: only URLs have none
        at_rest = memory.counted_by_docker(engine, container)
        if floor:
            servers.append(stack.enter_context(environment.floor(runtime, floor)))
        if echo:
            servers += stack.enter_context(environment.functions("gateway", *echo))
        servers += [stack.enter_context(environment.url(url, url_headers)) for url in urls]
        loads, requests = in_turns(servers, plan, lambda text: log(f"{runtime}: {text}"))
        after = memory.counted_by_docker(engine, container)
    size = engine.images([runtime.run_image])[runtime.run_image].size
    return Measurement(
        runtime=str(runtime),
        platform=environment.platform,
        image_mb=round(size / 1e6),
        start=start,
        memory_mib=round(at_rest, 1),
        memory_after_mib=round(after, 1),
        requests=requests,
        servers=tuple(Server(name=server.name, loads=each) for server, each in zip(servers, loads, strict=True)),
    )


def in_turns(
    servers: Sequence[RunningServer], plan: Plan, log: Callable[[str], None]
) -> tuple[list[tuple[Load, ...]], int]:
    """Warm up and check all servers, then load them in turns, so that a busy moment of the machine meets all.

    Returns:
        Each server's results, and how many requests the first one has answered in the rounds.
    """
    most = max(plan.clients)
    for server in servers:
        log(f"checking {server.name}")
        server.generator.check(most, CHECK_SECONDS)
        server.generator.round(most, WARM_UP_SECONDS)
    rounds: dict[tuple[int, int], list[Round]] = {}
    cpu: dict[tuple[int, int], list[float]] = {}
    for number in range(1, plan.rounds + 1):
        log(f"round {number} of {plan.rounds}: {len(servers)} servers, {', '.join(map(str, plan.clients))} clients")
        for clients in plan.clients:
            for index, server in enumerate(servers):
                before = server.cpu_seconds()
                result = server.generator.round(clients, plan.seconds)
                after = server.cpu_seconds()
                rounds.setdefault((index, clients), []).append(result)
                if before is not None and after is not None:
                    cpu.setdefault((index, clients), []).append((after - before) * 1e6 / result.requests)
    requests = sum(each.requests for (index, _), several in rounds.items() if index == 0 for each in several)
    return [
        tuple(load_of(rounds[index, clients], cpu.get((index, clients), ())) for clients in plan.clients)
        for index in range(len(servers))
    ], requests


def measure_start(environment: BenchmarkEnvironment, runtime: Runtime, archive: Path, starts: int) -> Start:
    """Start the function again and again."""
    ready: list[float] = []
    parts: dict[str, list[float]] = {}
    for _ in range(starts):
        total, split = _start_once(environment, runtime, archive)
        ready.append(total)
        for name, value in split.items():
            parts.setdefault(name, []).append(value)
    slowest = statistics.quantiles(ready, n=20)[18] if starts >= ENOUGH_FOR_PERCENTILES else max(ready)
    return Start(
        ready_ms=Spread.of(ready),
        ready_p95_ms=round(slowest, 1),
        parts_ms={name: Spread.of(values) for name, values in parts.items()},
    )


def _start_once(environment: BenchmarkEnvironment, runtime: Runtime, archive: Path) -> tuple[float, dict[str, float]]:
    """Milliseconds from the start of the container's first process until it is ready; and the parts."""
    asked = time.time()
    with launch(
        environment.engine,
        runtime,
        archive=archive,
        platform=environment.platform,
        folder=environment.folder,
        await_ready=False,
        environment={TIMELINE: "1"},
    ) as function:
        wait_ready(function, str(runtime), 60)
        ready = time.time()
        arguments = ("inspect", "--format", "{{.State.StartedAt}}", function.container.id)
        text = environment.engine.docker(*arguments, doing="asking when it started").strip()
        log = function.container.logs()
    # Docker writes nanoseconds, Python parses microseconds.
    started = datetime.fromisoformat(text[:26].rstrip("Z")).replace(tzinfo=UTC).timestamp()
    return (ready - started) * 1000, timeline(log, asked, started)


def timeline(log: str, asked: float, started: float) -> dict[str, float]:
    """The milliseconds of each part of a start, from the line that the gateway prints; empty without that line.

    Args:
        log: The container's output.
        asked: When docker was asked for the container, in seconds since 1970.
        started: When its first process started.
    """
    lines = [line for line in log.splitlines() if line.startswith('{"start_times":')]
    if not lines:
        return {}
    at = json.loads(lines[0])["start_times"]
    moments = [asked, started, *(at[name] for name in ("gateway", "worker", "connected", "ready"))]
    return {name: (later - earlier) * 1000 for name, earlier, later in zip(PARTS, moments, moments[1:], strict=False)}


def this_machine(engine: Engine) -> dict[str, str]:
    """What a reader of the numbers has to know about the machine."""
    cpus, total, version = engine.docker(
        "info", "--format", "{{.NCPU}} {{.MemTotal}} {{.ServerVersion}}", doing="asking about the machine"
    ).split()
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": models[0] if models else platform.machine(),
        "processors": cpus,
        "memory": f"{int(total) / 2**30:.0f} GiB",
        "kernel": platform.release(),
        "docker": version,
    }
