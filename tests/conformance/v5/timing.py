"""Time-outs (V8, V34)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from runtimekit.conformance import Subject, case, expect, expect_status, expect_that, expect_within

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget

TIMED_OUT = "Execution timed out.\n"


@case("timing.sleeping", rule="V34", core=True, calm=True)
def sleeping(target: OpenTarget) -> None:
    """It is answered in time, keeps what it had logged, and nothing is added later."""
    with expect_within(2.5, "a time-out of 1 s", at_least=0.9):
        answer = target.probe("sleep", timeout=1, seconds=2, logs=["before"])
    expect_status(answer, 500)
    expect(b"", answer.body, "the body")
    expect(("before\n", TIMED_OUT), target.logged(answer), "the files")
    time.sleep(1.5)  # until the function would have logged again
    expect(("before\n", TIMED_OUT), target.logged(answer), "the files, later")


@case("timing.spinning", rule="V34", bench=Subject.VICTIM)
def spinning(target: OpenTarget) -> None:
    """It never gives way; what it had logged is known all the same."""
    answer = target.probe("spin", timeout=1)
    expect_status(answer, 500)
    expect(("before\n", TIMED_OUT), target.logged(answer), "the files")


@case("timing.in-time", rule="V8", calm=True)
def in_time(target: OpenTarget) -> None:
    """One second of two is enough time."""
    answer = target.probe("sleep", timeout=3, seconds=1)
    expect_status(answer, 200)
    expect(("too late\n", ""), target.logged(answer), "the files")


@case("timing.with-logging-off", rule="V18", calm=True)
def with_logging_off(target: OpenTarget) -> None:
    """It has no files then."""
    answer = target.probe("sleep", timeout=1, seconds=5, logging="disabled", logs=["before"])
    expect_status(answer, 500)
    expect(("", b""), (answer.headers.get("x-open-runtimes-log-id"), answer.body), "id and body")


@case("timing.late-prints", rule="V16", bench=Subject.VICTIM, optional=True)
def late_prints(target: OpenTarget) -> None:
    """What a timer, task or thread prints after its request's answer is only in the container's log."""
    for logging in ("", "disabled"):
        before = target.logs().count("late, printed")
        answer = target.probe("late", logging=logging)
        expect_status(answer, 200)
        after = target.probe("sleep", seconds=0.4, logs=["after"])
        expect(("after\ntoo late\n", ""), target.logged(after), "the files of the next one")
        if not logging:
            expect(("", ""), target.logged(answer), "the files of the one that was over")
        expect_that(target.logs().count("late, printed") > before, "the container's log", "one such line more", "none")


@case("timing.late-entries", rule="V34")
def late_entries(target: OpenTarget) -> None:
    """What is logged after the answer is nobody's, and does no harm to the next request."""
    answer = target.probe("late")
    expect_status(answer, 200)
    time.sleep(0.4)  # it logs 0.1 s after it has returned: on a slow machine, less would still be before its answer
    after = target.probe("log", logs=["after"])
    expect(("", ""), target.logged(answer), "the files of the one that was over")
    expect(("after\n", ""), target.logged(after), "the files of the next one")
