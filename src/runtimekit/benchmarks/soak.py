"""A million mixed requests to launched functions: nothing is lost or mixed, and their memory stays flat.

Every request has a text of its own, which must come back whole. Some are large, some overrun their time, some end the
process, some clients go away. Whoever runs beside one that ends the process may be told so (contract T2). How a
protocol asks for these is in :mod:`soak_requests`; each request goes to any of the functions.
"""

from __future__ import annotations

import http.client
import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtimekit.benchmarks import memory
from runtimekit.benchmarks.soak_requests import ANSWER_SECONDS, KINDS, MAY_FAIL_BESIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runtimekit.benchmarks.soak_requests import SoakRequests

CLIENTS = 8
SAMPLE_SECONDS = 5.0
FLAT = 1.1
"""By which factor the memory of the last quarter may exceed that of the second."""
ENOUGH_SAMPLES = 8
WRONG_SHOWN = 10


@dataclass
class Soak:
    """What has happened so far. All threads write to it, under its lock."""

    answered: Counter[str] = field(default_factory=Counter)
    """Right answers, by kind."""
    disturbed: int = 0
    """Requests that were told that their worker had been ended by another one."""
    wrong: list[str] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    """No more requests are begun."""
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
    functions: Sequence[SoakRequests],
    *,
    requests: int,
    seconds: float,
    log: Callable[[str], None],
    seed: int = 1,
) -> Soak:
    """Send so many requests, or as many as the time allows.

    Args:
        functions: The launched probes, with the way in which each is asked.
        requests: How many.
        seconds: After this time no more are begun.
        log: Where progress goes.
        seed: Decides which kinds come in which order.
    """
    soak = Soak()
    end = time.monotonic() + seconds
    shares = [requests // CLIENTS + (number < requests % CLIENTS) for number in range(CLIENTS)]
    threads = [
        threading.Thread(target=_client, args=(soak, functions, random.Random(seed + number), number, share))  # noqa: S311 - no secret
        for number, share in enumerate(shares)
    ]
    for thread in threads:
        thread.start()
    try:
        while running := [thread for thread in threads if thread.is_alive()]:
            running[0].join(SAMPLE_SECONDS)
            soak.memory_mib.append(sum(memory.held(each.function.container) for each in functions))
            log(f"{soak.requests:,} of {requests:,} requests, {len(soak.wrong)} wrong, {soak.memory_mib[-1]:.0f} MiB")
            if time.monotonic() > end:
                soak.over.set()
    finally:
        soak.over.set()  # after Ctrl-C, too: the process ends when its threads have
    for each in functions:
        soak.wrong += each.left_over()
    return soak


def _client(soak: Soak, functions: Sequence[SoakRequests], chance: random.Random, number: int, share: int) -> None:
    """One client: one connection to each function, made again when it was closed."""
    kinds, weights = tuple(KINDS), tuple(KINDS.values())
    connections = [
        http.client.HTTPConnection(each.function.host, each.function.port, timeout=ANSWER_SECONDS) for each in functions
    ]
    for turn in range(share):
        if soak.over.is_set():
            break
        at, kind = chance.randrange(len(functions)), chance.choices(kinds, weights)[0]
        try:
            problem = functions[at].request(connections[at], kind, f"{number}.{turn}", chance)
        except (OSError, http.client.HTTPException) as error:
            problem = f"{type(error).__name__}: {error}"
            connections[at].close()
        with soak.lock:
            if problem is None:
                soak.answered[kind] += 1
            elif "ended" in problem and kind not in MAY_FAIL_BESIDE and problem.startswith("status 500"):
                soak.disturbed += 1
            else:
                soak.wrong.append(f"{kind} {number}.{turn}: {problem}")
    for connection in connections:
        connection.close()
