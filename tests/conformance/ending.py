"""Signals that end the server (contract T3), and signals that user code sends (contract E4)."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING

from runtimekit.conformance import (
    NoAnswerError,
    Subject,
    Target,
    case,
    expect,
    expect_error,
    expect_status,
    expect_text,
    expect_that,
    expect_took,
)
from runtimekit.conformance.launched import inspect

if TYPE_CHECKING:
    from runtimekit.conformance import RawConnection

IDLE_END, BUSY_END, AT_ONCE = 1.0, 8.0, 1.0
"""Seconds until the end: with nothing to do, at the latest, and after a second signal (contract T3)."""
PARTING = 0.5
"""How much longer for clients that have not closed their connection (contract T3)."""
TOLERANCE = 0.75
"""The docker client's own time between a signal and the moment at which it is sent."""
SECOND_SIGTERM = 143


def terminate(target: Target) -> float:
    """Send SIGTERM; returns when."""
    sent = time.time()
    target.function.container.signal("TERM")
    return sent


def expect_end(target: Target, exit_code: int, since: float, within: float, *, at_least: float = 0.0) -> None:
    """The container has ended with this exit code, so long after ``since``."""
    expect(exit_code, target.function.container.wait(target.deadline(20)), "the exit code")
    finished = inspect(target.function.container, "{{.State.FinishedAt}}")
    took = datetime.fromisoformat(finished[:26].rstrip("Z")).replace(tzinfo=UTC).timestamp() - since
    expect_took(took, within + TOLERANCE, "from the signal to the end", at_least=at_least)


def sleeping(target: Target, connection: RawConnection, seconds: float) -> None:
    """Make the function sleep, and wait until it does."""
    connection.send(target.post(json.dumps({"payload": json.dumps({"action": "sleep", "seconds": seconds})}).encode()))
    expect_status(target.probe("answer"), 200)
    time.sleep(0.3)


def wait_until_stopping(target: Target) -> None:
    """Ask until a plain request is refused: the signal has arrived. While something runs that may take a second."""
    began = time.monotonic()
    with suppress(OSError, HTTPException):  # closed is refused, too
        while target.call(**target.launched.plain).status == HTTPStatus.OK:
            expect_took(time.monotonic() - began, target.deadline(1), "from SIGTERM to the first refusal")


@case("end.idle", rule="T3", bench=Subject.OWN)
def idle(target: Target) -> None:
    """With nothing to do it ends within a second, with exit code 0."""
    with target.fresh() as own:
        expect_status(own.probe("answer"), 200)
        expect_end(own, 0, terminate(own), IDLE_END)


@case("end.idle-with-open-connection", rule="T3", bench=Subject.OWN)
def idle_with_open_connection(target: Target) -> None:
    """An idle open connection does not delay the end."""
    with target.fresh() as own, own.raw() as used, own.raw() as unused:
        used.send(own.post(own.plain()))
        expect_status(used.answer(), 200)
        expect_end(own, 0, terminate(own), IDLE_END)
        expect_that(used.closed(1) and unused.closed(1), "open connections", "closed", "still open")


@case("end.busy", rule="T3", bench=Subject.OWN)
def busy(target: Target) -> None:
    """What runs is finished and answered; nothing new is taken; then it ends with exit code 0."""
    with target.fresh() as own, own.raw() as running, own.raw() as late:
        sleeping(own, running, 2)
        sent = terminate(own)
        wait_until_stopping(own)
        late.send(own.post(own.plain()))
        with suppress(NoAnswerError):  # closed without an answer is no harm: nothing was begun
            expect_error(late.answer(), 503)
        expect_that(late.closed(2), "the connection of a new request", "closed", "still open")
        expect_text(running.answer(), "slept")
        expect_end(own, 0, sent, 3.0, at_least=1.0)


@case("end.busy-for-too-long", rule="T3", bench=Subject.OWN, patient=True)
def busy_for_too_long(target: Target) -> None:
    """What runs for more than 8 s is ended; the exit code is 0."""
    with target.fresh() as own, own.raw() as running:
        sleeping(own, running, 60)
        expect_end(own, 0, terminate(own), BUSY_END + 0.5 + PARTING, at_least=BUSY_END - 1)


@case("end.spinning", rule="T3", bench=Subject.OWN, patient=True)
def spinning(target: Target) -> None:
    """So is what spins."""
    with target.fresh() as own, own.raw() as running:
        running.send(own.post(b'{"payload": "{\\"action\\": \\"spin\\"}", "timeout": 60}'))
        time.sleep(0.5)
        expect_end(own, 0, terminate(own), BUSY_END + 0.5 + PARTING, at_least=BUSY_END - 1)


@case("end.told-twice", rule="T3", bench=Subject.OWN)
def told_twice(target: Target) -> None:
    """A second SIGTERM ends it at once."""
    with target.fresh() as own, own.raw() as running:
        sleeping(own, running, 60)
        terminate(own)
        time.sleep(0.3)
        expect_end(own, SECOND_SIGTERM, terminate(own), AT_ONCE)


@case("end.while-loading", rule="T3", bench=Subject.OWN)
def while_loading(target: Target) -> None:
    """SIGTERM while the function is being loaded ends it as well."""
    with target.environment.launch(await_ready=False) as function:
        target.wait_for_port(function)
        sent = time.time()
        function.container.signal("TERM")
        function.container.wait(target.deadline(20))
        expect_took(time.time() - sent, IDLE_END + 2 * TOLERANCE, "from the signal to the end")


@case("end.signals-of-the-function", rule="E4", bench=Subject.VICTIM)
def signals_of_the_function(target: Target) -> None:
    """A function cannot end the server, whatever signal it sends to process 1."""
    for number in (15, 2, 1, 3, 6, 10, 11, 12, 13, 14, 9, 19, 15, 15):
        target.probe("kill", pid=1, signal=number)
        expect_status(target.probe("answer"), 200)


@case("end.signal-to-all", rule="E4", bench=Subject.VICTIM)
def signal_to_all(target: Target) -> None:
    """Nor by ending every process that it may."""
    for number in (9, 15, 9):
        target.probe("kill", pid=-1, signal=number)
        expect_status(target.probe("answer"), 200)


@case("end.worker-killed-while-idle", rule="E4", bench=Subject.VICTIM)
def worker_killed(target: Target) -> None:
    """A worker that is killed from outside while it has nothing to do is replaced."""
    for _ in range(3):
        worker = target.probe("pid").json()["pid"]
        target.function.container.execute("sh", "-c", f"kill -9 {worker}")
        expect_status(target.probe("answer"), 200)


@case("end.worker-stopped", rule="T1", bench=Subject.VICTIM)
def worker_stopped(target: Target) -> None:
    """A worker that was stopped is timed out like one that hangs, and replaced."""
    for _ in range(5):
        worker = target.probe("pid").json()["pid"]
        target.function.container.execute("sh", "-c", f"kill -STOP {worker}")
        answer = target.probe("pid", timeout=2)
        if answer.status != HTTPStatus.OK:
            break
        # One that an earlier case had the gateway start has just become ready, and was asked.
        expect_that(
            answer.json()["pid"] != worker, "the answer to a stopped worker's request", "of another one", worker
        )
        target.function.container.execute("sh", "-c", f"kill -CONT {worker}")
    expect_error(answer, 500, "timed out after 2 s")
    expect_status(target.probe("answer"), 200)
