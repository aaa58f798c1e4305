"""A million mixed requests to one launched function: nothing is lost or mixed, and its memory stays flat.

Every request has a text of its own, which must come back whole. Some are large, some overrun their time, some end the
process, some clients go away. Whoever runs beside one that ends the process may be told so (contract T2).
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtimekit.benchmarks.measure import memory_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtimekit.engine.client import Engine
    from runtimekit.functions.function import Function

CLIENTS = 8
ANSWER_SECONDS = 60
KINDS = {"text": 9600, "large": 200, "gone": 190, "overrun": 5, "exit": 5}
"""Of 10,000 requests, how many are of each kind."""
SMALL_BYTES, LARGE_BYTES = 200, 300_000
SAMPLE_SECONDS = 5.0
FLAT = 1.1
"""By which factor the memory of the last quarter may exceed that of the second."""
ENOUGH_SAMPLES = 8
WRONG_SHOWN = 10
MAY_FAIL_BESIDE = ("exit", "overrun")
"""Kinds that may end the process of a shared worker, and its neighbours with it."""


@dataclass
class Soak:
    """What has happened so far. All threads write to it, under its lock."""

    answered: Counter[str] = field(default_factory=Counter)
    """Right answers, by kind."""
    disturbed: int = 0
    """Requests that were told that their worker had been ended by another one."""
    wrong: list[str] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def requests(self) -> int:
        """How many requests are over."""
        return sum(self.answered.values()) + self.disturbed + len(self.wrong)

    @property
    def growth(self) -> float:
        """The memory of the last quarter as a multiple of the second quarter's; 1 if there are too few samples."""
        samples = self.memory_mib
        if len(samples) < ENOUGH_SAMPLES:
            return 1.0
        quarter = len(samples) // 4
        return statistics.median(samples[-quarter:]) / statistics.median(samples[quarter : 2 * quarter])

    @property
    def problems(self) -> list[str]:
        """Why the soak has failed; empty if it has not."""
        grown = [f"its memory grew to {self.growth:.2f} times of what it was"] if self.growth > FLAT else []
        more = [f"and {len(self.wrong) - WRONG_SHOWN} more"] if len(self.wrong) > WRONG_SHOWN else []
        return [*self.wrong[:WRONG_SHOWN], *more, *grown]


def run(
    engine: Engine, function: Function, *, requests: int, seconds: float, log: Callable[[str], None], seed: int = 1
) -> Soak:
    """Send so many requests, or as many as the time allows.

    Args:
        engine: The engine, which is asked for the container's memory.
        function: The launched probe.
        requests: How many.
        seconds: After this time no more are begun.
        log: Where progress goes.
        seed: Decides which kinds come in which order.
    """
    soak, end = Soak(), time.monotonic() + seconds
    shares = [requests // CLIENTS + (number < requests % CLIENTS) for number in range(CLIENTS)]
    threads = [
        threading.Thread(target=_client, args=(soak, function, random.Random(seed + number), number, share, end))  # noqa: S311 - no secret
        for number, share in enumerate(shares)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        next(thread for thread in threads if thread.is_alive() or thread is threads[-1]).join(SAMPLE_SECONDS)
        soak.memory_mib.append(memory_of(engine, function.container))
        log(f"{soak.requests:,} of {requests:,} requests, {len(soak.wrong)} wrong, {soak.memory_mib[-1]:.0f} MiB")
    return soak


def _client(soak: Soak, function: Function, chance: random.Random, number: int, share: int, end: float) -> None:
    """One client: one connection, made again when it was closed."""
    kinds, weights = tuple(KINDS), tuple(KINDS.values())
    connection = http.client.HTTPConnection(function.host, function.port, timeout=ANSWER_SECONDS)
    for turn in range(share):
        if time.monotonic() > end:
            break
        kind = chance.choices(kinds, weights)[0]
        try:
            problem = _request(connection, function, kind, f"{number}.{turn}", chance)
        except (OSError, http.client.HTTPException) as error:
            problem = f"{type(error).__name__}: {error}"
            connection.close()
        with soak.lock:
            if problem is None:
                soak.answered[kind] += 1
            elif "ended" in problem and kind not in MAY_FAIL_BESIDE and problem.startswith("status 500"):
                soak.disturbed += 1
            else:
                soak.wrong.append(f"{kind} {number}.{turn}: {problem}")
    connection.close()


def _request(
    connection: http.client.HTTPConnection, function: Function, kind: str, name: str, chance: random.Random
) -> str | None:
    """Send one request; return what is wrong with its answer."""
    filler = "x" * (chance.randrange(LARGE_BYTES) if kind == "large" else chance.randrange(SMALL_BYTES))
    text = f"{name} {filler}"
    payload: dict[str, object] = {"action": "text", "text": text}
    fields: dict[str, object] = {}
    if kind == "overrun":
        payload, fields = {"action": "sleep", "seconds": 30}, {"timeout": 1}
    elif kind == "exit":
        payload = {"action": "exit", "code": 3}
    body = json.dumps({"payload": json.dumps(payload), **fields}).encode()
    headers = {"x-internal-challenge": function.key}
    if kind == "gone":
        _go_away(function, body, headers, chance)
        return None
    connection.request("POST", "/", body, headers)
    response = connection.getresponse()
    answer = response.read()
    if kind in MAY_FAIL_BESIDE:
        right = response.status == http.client.INTERNAL_SERVER_ERROR
        return None if right else f"status {response.status}, not 500: {answer[:200]!r}"
    if response.status != http.client.OK:
        return f"status {response.status}: {answer[:200].decode(errors='replace')}"
    return None if answer == text.encode() else f"another's answer, or not all of it: {answer[:80]!r}"


def _go_away(function: Function, body: bytes, headers: dict[str, str], chance: random.Random) -> None:
    """Send a request, or a part of it, and close the connection without waiting for the answer."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    whole = f"POST / HTTP/1.1\r\nHost: runtime\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body
    with socket.create_connection((function.host, function.port), timeout=ANSWER_SECONDS) as gone:
        gone.sendall(whole[: chance.randrange(1, len(whole) + 1)])
