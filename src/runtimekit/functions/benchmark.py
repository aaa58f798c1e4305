"""How fast and how small is a runtime? Cold start, latency, throughput, memory, size (the budgets of contract §7).

Numbers from a shared machine vary. Compare medians and ratios within one run, never runs of different days.
"""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runtimekit.functions.function import launch, wait_ready

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.functions.function import Function
    from runtimekit.repository.catalogue import Runtime

WARM_UP = 200
SAMPLES = 2000
CLIENTS = 32
THROUGHPUT_SECONDS = 3.0
COLD_STARTS = 5


@dataclass(frozen=True)
class Measurement:
    """One runtime on one platform. Times in milliseconds."""

    runtime: str
    platform: str
    ready_ms: float
    """From the start of the container's process until `/healthz` answers 200; median (budget S2)."""
    p50_ms: float
    p99_ms: float
    """A warm request, one client, one connection (budget S1)."""
    requests_per_second: float
    """With 32 clients."""
    memory_mib: float
    """At rest, with one function loaded, as the engine counts it (budget S3 compares it with the bare interpreter)."""
    image_mb: float

    def row(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


class Client:
    """One connection that repeats the same request, with as little overhead as Python allows."""

    def __init__(self, function: Function, payload: str) -> None:
        body = json.dumps({"payload": payload, "env": {"ENV1": "hello"}}).encode()
        head = (
            f"POST / HTTP/1.1\r\nHost: x\r\nx-internal-challenge: {function.key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._request = head.encode() + body
        self._socket = socket.create_connection((function.host, function.port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self) -> float:
        """Send one request, read the response, and return the seconds that this took.

        Raises:
            RuntimeError: The status was not 200, so the measurement is invalid.
        """
        began = time.perf_counter()
        self._socket.sendall(self._request)
        answer = self._socket.recv(65536)
        while b"\r\n\r\n" not in answer or len(answer) < _expected(answer):
            answer += self._socket.recv(65536)
        took = time.perf_counter() - began
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the benchmark's request was answered with {answer[:200]!r}")
        return took

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def _expected(answer: bytes) -> int:
    head, _, _ = answer.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(head) + 4 + int(value)
    return len(head) + 4


def measure(engine: Engine, runtime: Runtime, *, archive: Path, platform: str, folder: Path) -> Measurement:
    """Measure a runtime with a function that is already built: the documented example."""
    starts = [_cold_start(engine, runtime, archive, platform, folder) for _ in range(COLD_STARTS)]
    with launch(engine, runtime, archive=archive, platform=platform, folder=folder) as function:
        latencies = _latencies(function)
        throughput = _throughput(function)
    with launch(engine, runtime, archive=archive, platform=platform, folder=folder) as function:
        memory = _memory(engine, function)
    size = engine.images([runtime.run_image])[runtime.run_image].size
    return Measurement(
        runtime=str(runtime),
        platform=platform,
        ready_ms=round(statistics.median(starts) * 1000, 1),
        p50_ms=round(statistics.median(latencies) * 1000, 3),
        p99_ms=round(statistics.quantiles(latencies, n=100)[98] * 1000, 3),
        requests_per_second=round(throughput),
        memory_mib=round(memory, 1),
        image_mb=round(size / 1e6),
    )


def _cold_start(engine: Engine, runtime: Runtime, archive: Path, platform: str, folder: Path) -> float:
    """Seconds from the start of the container's first process until it is ready."""
    with launch(engine, runtime, archive=archive, platform=platform, folder=folder, await_ready=False) as function:
        wait_ready(function, str(runtime), 60)
        ready = time.time()
        arguments = ("inspect", "--format", "{{.State.StartedAt}}", function.container.id)
        started = engine.docker(*arguments, doing="asking when it started").strip()
    # Docker writes nanoseconds, Python parses microseconds.
    moment = datetime.fromisoformat(started[:26].rstrip("Z")).replace(tzinfo=UTC)
    return ready - moment.timestamp()


def _latencies(function: Function) -> list[float]:
    client = Client(function, "warm")
    for _ in range(WARM_UP):
        client.call()
    latencies = [client.call() for _ in range(SAMPLES)]
    client.close()
    return latencies


def _throughput(function: Function) -> float:
    counts = [0] * CLIENTS
    end = time.perf_counter() + THROUGHPUT_SECONDS

    def work(number: int) -> None:
        client = Client(function, f"client {number}")
        while time.perf_counter() < end:
            client.call()
            counts[number] += 1
        client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / THROUGHPUT_SECONDS


def _memory(engine: Engine, function: Function) -> float:
    """The memory of the idle container, in MiB."""
    arguments = ("stats", "--no-stream", "--format", "{{.MemUsage}}", function.container.id)
    used = engine.docker(*arguments, doing="asking for its memory").split("/")[0].strip()
    units = {"GiB": 1024.0, "MiB": 1.0, "KiB": 1 / 1024}
    number, unit = used[:-3], used[-3:]
    return float(number) * units[unit]
