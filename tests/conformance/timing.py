"""Deadlines of functions (contract R7, T1, T2)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from runtimekit.conformance import (
    Subject,
    Target,
    case,
    expect_contains,
    expect_error,
    expect_status,
    expect_text,
    expect_that,
    expect_within,
)

if TYPE_CHECKING:
    from runtimekit.functions.function import Answer

TOLERANCE = 0.25
"""How late a time-out's answer may be (contract T1)."""
LOOSE_TOLERANCE = 1.0
"""How late it may be in a case that is not about that, and runs for long beside others on a busy machine."""
STOPPED_AFTER = 1.0
"""When the work of a function that overran must have stopped (contract T1)."""
NEIGHBOUR_ENDED = "worker ended by another request"


def overrun(target: Target, action: str, timeout: float, **parameters: float) -> None:
    """The action takes longer than ``timeout``: 500 in time; the next request is answered normally."""
    with expect_within(timeout + TOLERANCE, f"the answer to {action}", at_least=timeout):
        answer = target.probe(action, timeout=timeout, **parameters)
    expect_error(answer, 500, f"timed out after {timeout:g} s")
    expect_text(target.probe("text", text="next"), "next")


@case("time.in-time", rule="T1", calm=True)
def in_time(target: Target) -> None:
    """A function that needs less than its timeout is not disturbed."""
    with expect_within(1.0, "half a second's sleep", at_least=0.5):
        expect_text(target.probe("sleep", timeout=1, seconds=0.5), "slept")


@case("time.blocking", rule="T1", alone=True)
def blocking(target: Target) -> None:
    """A function that blocks its thread is timed out."""
    overrun(target, "block", 1, seconds=30)


@case("time.fraction", rule="R7", calm=True)
def fraction(target: Target) -> None:
    """The timeout may have a fraction."""
    overrun(target, "sleep", 0.5, seconds=30)


@case("time.very-short", rule="R7", calm=True)
def very_short(target: Target) -> None:
    """Even the shortest timeout is honoured."""
    expect_error(target.probe("sleep", timeout=0.001, seconds=30), 500, "timed out after 0.001 s")


@case("time.spinning", rule="T1", alone=True)
def spinning(target: Target) -> None:
    """A function that spins is timed out, and a second later it uses the processor no longer."""
    overrun(target, "spin", 1)
    time.sleep(STOPPED_AFTER)
    before, began = processor_seconds(target), time.monotonic()
    time.sleep(0.5)
    share = (processor_seconds(target) - before) / (time.monotonic() - began)
    expect_that(share < 0.5, "use of the processor 1 s after the time-out", "next to none", f"{share:.0%} of a core")


def processor_seconds(target: Target) -> float:
    """How long all processes of the container have used the processor, as its control group says."""
    script = "cat /sys/fs/cgroup/cpuacct/cpuacct.usage || cat /sys/fs/cgroup/cpu.stat"
    words = target.function.container.execute("sh", "-c", f"{script} 2>/dev/null").split()
    return int(words[0]) / 1e9 if len(words) == 1 else int(words[1]) / 1e6


@case("time.waiting-is-free", rule="R7", alone=True)
def waiting_is_free(target: Target) -> None:
    """The clock starts when a worker is handed the request, not while the request waits for one."""
    answers = target.in_parallel(lambda _: target.probe("sleep", timeout=1.2, seconds=0.7), range(40), 40)
    for answer in answers:
        expect_text(answer, "slept")


@case("time.default", rule="R6", bench=Subject.SLOW)
def default(target: Target) -> None:
    """Without a timeout a function has 15 s."""
    with expect_within(15 + LOOSE_TOLERANCE, "the answer", at_least=15.0):
        answer = target.probe("sleep", seconds=60, within=30)
    expect_error(answer, 500, "timed out after 15 s")


@case("time.several-at-once", rule="T1", alone=True)  # others' time-outs would have a worker started meanwhile
def several_at_once(target: Target) -> None:
    """Time-outs of requests that run at the same time, and a neighbour of theirs that is in time."""

    def one(number: int) -> None:
        if number:
            overrun(target, "sleep", 1, seconds=30)
        else:
            expect_text(target.probe("sleep", timeout=5, seconds=2), "slept")

    target.in_parallel(one, range(5), 5)


def beside(target: Target, action: str, **parameters: float) -> tuple[Answer, Answer]:
    """The answers to the action and to a sleeper that runs at the same time, in the form that shares workers."""
    file = target.environment.files.get("other_form", "")
    chosen = {"file": file} if file else {}

    def one(number: int) -> Answer:
        time.sleep(number * 0.3)  # the sleeper is asleep when its neighbour comes
        payload = f'{{"action": "{action}"}}' if number else '{"action": "sleep", "seconds": 2}'
        return target.call(payload=payload, **(parameters if number else {}), **chosen)

    sleeper, other = target.in_parallel(one, range(2), 2)
    expect_status(target.call(payload="after", **chosen), 200)
    return sleeper, other


def check_neighbour(answer: Answer) -> None:
    """It was undisturbed, or is told that it was not its fault (contract T2)."""
    if answer.status == 200:
        expect_text(answer, "slept")
    else:
        expect_contains(expect_error(answer, 500), [NEIGHBOUR_ENDED], "the neighbour's message")


@case("time.neighbour-waits", rule="T2", calm=True)
def neighbour_waits(target: Target) -> None:
    """A request that only waits too long does its neighbours no harm."""
    sleeper, other = beside(target, "sleep", timeout=0.5)
    expect_error(other, 500, "timed out after 0.5 s")
    expect_text(sleeper, "slept")


@case("time.neighbour-spins", rule="T2", alone=True)
def neighbour_spins(target: Target) -> None:
    """A request that spins may end its neighbours; they are told so."""
    sleeper, other = beside(target, "spin", timeout=0.5)
    expect_error(other, 500, "timed out after 0.5 s")
    check_neighbour(sleeper)


@case("time.neighbour-exits", rule="T2", alone=True)
def neighbour_exits(target: Target) -> None:
    """A request that ends the process may end its neighbours; they are told so."""
    sleeper, other = beside(target, "exit")
    expect_error(other, 500, "exit")
    check_neighbour(sleeper)
