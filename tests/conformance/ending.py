"""Signals and the server's end (contract T3), and what user code may send it (contract E4)."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING

from runtimekit.conformance import (
    Bench,
    NoAnswerError,
    Suite,
    case,
    expect,
    expect_error,
    expect_status,
    expect_text,
    expect_that,
    expect_took,
)
from runtimekit.conformance.launched import identify

if TYPE_CHECKING:
    from runtimekit.conformance import Wire

IDLE_END, BUSY_END, AT_ONCE = 1.0, 8.0, 1.0
"""Seconds until the end: with nothing to do, at the latest, and when told twice (contract T3)."""
PARTING = 0.5
"""How much longer for clients that have not closed their connection (contract T3)."""
TOLERANCE = 0.75
"""The docker client's own time between a signal and the moment at which it is sent."""
SECOND_SIGTERM = 143


def terminate(suite: Suite) -> float:
    """Send SIGTERM; returns when."""
    sent = time.time()
    suite.function.container.signal("TERM")
    return sent


def expect_end(suite: Suite, exit_code: int, since: float, within: float, *, at_least: float = 0.0) -> None:
    """The container has ended with this exit code, so long after ``since``."""
    expect(exit_code, suite.function.container.wait(suite.deadline(20)), "the exit code")
    finished = identify(suite.function.container, "{{.State.FinishedAt}}")
    took = datetime.fromisoformat(finished[:26].rstrip("Z")).replace(tzinfo=UTC).timestamp() - since
    expect_took(took, within + TOLERANCE, "from the signal to the end", at_least=at_least)


def sleeping(suite: Suite, wire: Wire, seconds: float) -> None:
    """Have the function sleep, and be sure that it does."""
    wire.send(suite.post(json.dumps({"payload": json.dumps({"action": "sleep", "seconds": seconds})}).encode()))
    expect_status(suite.probe("answer"), 200)
    time.sleep(0.3)


def wait_until_stopping(suite: Suite) -> None:
    """Ask until a plain request is refused: the signal has arrived. While something runs that may take a second."""
    began = time.monotonic()
    with suppress(OSError, HTTPException):  # closed is refused, too
        while suite.call(**suite.stand.plain).status == HTTPStatus.OK:
            expect_took(time.monotonic() - began, suite.deadline(1), "from SIGTERM to the first refusal")


@case("end.idle", rule="T3", bench=Bench.OWN)
def idle(suite: Suite) -> None:
    """With nothing to do it ends within a second, with exit code 0."""
    with suite.fresh() as own:
        expect_status(own.probe("answer"), 200)
        expect_end(own, 0, terminate(own), IDLE_END)


@case("end.idle-with-open-connection", rule="T3", bench=Bench.OWN)
def idle_with_open_connection(suite: Suite) -> None:
    """A connection that is only kept open does not hold it up."""
    with suite.fresh() as own, own.raw() as used, own.raw() as unused:
        used.send(own.post(own.plain()))
        expect_status(used.answer(), 200)
        expect_end(own, 0, terminate(own), IDLE_END)
        expect_that(used.closed(1) and unused.closed(1), "open connections", "closed", "still open")


@case("end.busy", rule="T3", bench=Bench.OWN)
def busy(suite: Suite) -> None:
    """What runs is finished and answered; nothing new is taken; then it ends with exit code 0."""
    with suite.fresh() as own, own.raw() as running, own.raw() as late:
        sleeping(own, running, 2)
        sent = terminate(own)
        wait_until_stopping(own)
        late.send(own.post(own.plain()))
        with suppress(NoAnswerError):  # closed without an answer is no harm: nothing was begun
            expect_error(late.answer(), 503)
        expect_that(late.closed(2), "the connection of a new request", "closed", "still open")
        expect_text(running.answer(), "slept")
        expect_end(own, 0, sent, 3.0, at_least=1.0)


@case("end.busy-for-too-long", rule="T3", bench=Bench.OWN, patient=True)
def busy_for_too_long(suite: Suite) -> None:
    """What runs for more than 8 s is ended; the exit code is 0."""
    with suite.fresh() as own, own.raw() as running:
        sleeping(own, running, 60)
        expect_end(own, 0, terminate(own), BUSY_END + 0.5 + PARTING, at_least=BUSY_END - 1)


@case("end.spinning", rule="T3", bench=Bench.OWN, patient=True)
def spinning(suite: Suite) -> None:
    """So is what spins."""
    with suite.fresh() as own, own.raw() as running:
        running.send(own.post(b'{"payload": "{\\"action\\": \\"spin\\"}", "timeout": 60}'))
        time.sleep(0.5)
        expect_end(own, 0, terminate(own), BUSY_END + 0.5 + PARTING, at_least=BUSY_END - 1)


@case("end.told-twice", rule="T3", bench=Bench.OWN)
def told_twice(suite: Suite) -> None:
    """A second SIGTERM ends it at once."""
    with suite.fresh() as own, own.raw() as running:
        sleeping(own, running, 60)
        terminate(own)
        time.sleep(0.3)
        expect_end(own, SECOND_SIGTERM, terminate(own), AT_ONCE)


@case("end.while-loading", rule="T3", bench=Bench.OWN)
def while_loading(suite: Suite) -> None:
    """SIGTERM while the function is being loaded ends it as well."""
    with suite.site.launch(await_ready=False) as function:
        suite.wait_for_port(function)
        sent = time.time()
        function.container.signal("TERM")
        function.container.wait(suite.deadline(20))
        expect_took(time.time() - sent, IDLE_END + 2 * TOLERANCE, "from the signal to the end")


@case("end.signals-of-the-function", rule="E4", bench=Bench.VICTIM)
def signals_of_the_function(suite: Suite) -> None:
    """A function cannot end the server, whatever signal it sends to process 1."""
    for number in (15, 2, 1, 3, 6, 10, 11, 12, 13, 14, 9, 19, 15, 15):
        suite.probe("kill", pid=1, signal=number)
        expect_status(suite.probe("answer"), 200)


@case("end.signal-to-all", rule="E4", bench=Bench.VICTIM)
def signal_to_all(suite: Suite) -> None:
    """Nor by ending every process that it may."""
    for number in (9, 15, 9):
        suite.probe("kill", pid=-1, signal=number)
        expect_status(suite.probe("answer"), 200)


@case("end.worker-killed-while-idle", rule="E4", bench=Bench.VICTIM)
def worker_killed(suite: Suite) -> None:
    """A worker that is killed from outside while it has nothing to do is replaced."""
    for _ in range(3):
        worker = suite.probe("pid").json()["pid"]
        suite.function.container.execute("sh", "-c", f"kill -9 {worker}")
        expect_status(suite.probe("answer"), 200)


@case("end.worker-stopped", rule="T1", bench=Bench.VICTIM)
def worker_stopped(suite: Suite) -> None:
    """A worker that was stopped is timed out like one that hangs, and replaced."""
    worker = suite.probe("pid").json()["pid"]
    suite.function.container.execute("sh", "-c", f"kill -STOP {worker}")
    expect_error(suite.probe("answer", timeout=2), 500, "timed out after 2 s")
    expect_status(suite.probe("answer"), 200)
