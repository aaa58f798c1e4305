"""Cases are run, judged, followed by the liveness check, and never taken for passed when they were not reached."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.conformance import case_runner
from runtimekit.conformance.case_runner import CaseRun, Runner, not_run
from runtimekit.conformance.cases import Case, Subject
from runtimekit.conformance.failures import CaseFailedError, TooLateError
from runtimekit.conformance.launched import LaunchedFunction
from runtimekit.conformance.machine_stalls import StallMeter
from runtimekit.conformance.results import Outcome
from runtimekit.errors import FunctionLaunchError
from runtimekit.functions.function import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtimekit.conformance.target import Target

KEY = "5ecret-key"


class FakeFunction:
    """A launched function that answers 200 until it is broken."""

    def __init__(self, number: int) -> None:
        self.key = KEY
        self.status = 200
        self.container = SimpleNamespace(id=str(number), logs=lambda _lines: f"log of {number} with {KEY}", engine=self)

    def call(self, **_: Any) -> Answer:  # as the real one
        """The answer to any request."""
        return Answer(self.status, {}, b"")

    def watched(self, _watch: object) -> FakeFunction:
        """Nobody wants to know here."""
        return self

    def docker(self, *_: str, doing: str) -> str:
        """What inspecting the container prints."""
        return doing


class FakeEnvironment:
    """Launches fake functions."""

    def __init__(self) -> None:
        self.platform = "linux/amd64"
        self.stopped = False
        self.launched: list[FakeFunction] = []

    @contextmanager
    def launch(self) -> Iterator[FakeFunction]:
        """A fresh one."""
        function = FakeFunction(len(self.launched))
        function.container.name = f"container {len(self.launched)}"
        self.launched.append(function)
        yield function

    def redacted(self, text: str) -> str:
        """Without the key."""
        return text.replace(KEY, "<key>")

    def end_all(self) -> None:
        """After Ctrl-C."""
        self.stopped = True


@pytest.fixture(autouse=True)
def calm_waits(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """How often a case waited until the machine was calm; it does not take long here."""
    waits: list[None] = []
    monkeypatch.setattr(case_runner, "wait_until_calm", lambda: waits.append(None))
    return waits


@pytest.fixture
def environment() -> FakeEnvironment:
    """Where fake functions are launched."""
    return FakeEnvironment()


@pytest.fixture
def launched(environment: FakeEnvironment) -> LaunchedFunction:
    """A launched fake function."""
    return LaunchedFunction(environment.launch, {})  # type: ignore[arg-type]


def run(
    environment: FakeEnvironment, launched: LaunchedFunction | None, *checks: Callable[[Target], str | None], **how: Any
) -> list[Any]:
    """The results of cases with these checks."""
    case_runs = [
        CaseRun(Case(id=f"area.n{n}", rule="R1", check=check, **how), launched) for n, check in enumerate(checks)
    ]
    with Runner(environment) as runner:  # type: ignore[arg-type]
        runner.run(case_runs)
    return [runner.results.get(case_run.id) or not_run(case_run) for case_run in case_runs]


def test_a_check_that_raises_nothing_has_passed(environment: FakeEnvironment, launched: LaunchedFunction) -> None:
    """And may leave a note."""
    (result,) = run(environment, launched, lambda _: "46 MB")
    assert (result.outcome, result.message, result.area) == (Outcome.PASSED, "46 MB", "area")


def test_a_failure_says_what_was_expected_and_got(environment: FakeEnvironment, launched: LaunchedFunction) -> None:
    """With the container's last lines, without keys."""

    def check(_: Target) -> None:
        raise CaseFailedError("the answer", 200, f"404 {KEY}")

    (result,) = run(environment, launched, check)
    assert result.outcome is Outcome.FAILED
    assert (result.message, result.expected, result.got) == ("the answer", "200", "404 <key>")
    assert result.log == "log of 0 with <key>"


@pytest.mark.parametrize("error", [ConnectionResetError("gone"), ZeroDivisionError("oops")])
def test_whatever_a_check_raises_is_its_failure(
    environment: FakeEnvironment, launched: LaunchedFunction, error: Exception
) -> None:
    """The others go on."""

    def check(_: Target) -> None:
        raise error

    first, second = run(environment, launched, check, lambda _: None)
    assert first.outcome is Outcome.FAILED
    assert str(error) in first.got
    assert second.outcome is Outcome.PASSED


def test_a_case_that_breaks_the_function_fails_and_the_next_gets_a_new_one(
    environment: FakeEnvironment, launched: LaunchedFunction
) -> None:
    """The liveness check comes after each."""

    def breaks(target: Target) -> None:
        target.function.status = 500  # type: ignore[misc]

    first, second = run(environment, launched, breaks, lambda _: None, alone=True)
    assert first.outcome is Outcome.FAILED
    assert "after the case" in first.message
    assert second.outcome is Outcome.PASSED
    assert len(environment.launched) == 2


def test_a_case_whose_function_was_replaced_meanwhile_is_run_again(
    environment: FakeEnvironment, launched: LaunchedFunction
) -> None:
    """What it found the first time says nothing about it."""
    tries = []

    def check(target: Target) -> None:
        tries.append(target.function)
        if len(tries) == 1:
            launched.relaunch(launched.generation)  # as another case does that has broken it
            _ = launched.function
            raise ConnectionResetError

    (result,) = run(environment, launched, check)
    assert result.outcome is Outcome.PASSED
    assert len(tries) == 2


@pytest.mark.parametrize(
    ("how", "disturbed", "outcome", "times"),
    [
        ({"calm": True}, True, Outcome.PASSED, 2),
        ({"alone": True}, True, Outcome.PASSED, 2),
        ({"alone": True}, False, Outcome.FAILED, 1),
        ({}, True, Outcome.FAILED, 1),
    ],
)
def test_a_time_measured_while_the_machine_stood_still_is_measured_again(
    environment: FakeEnvironment, launched: LaunchedFunction, monkeypatch: pytest.MonkeyPatch, how: dict[str, bool],
    *, disturbed: bool, outcome: Outcome, times: int,
) -> None:  # fmt: skip
    """But only then, and only what measures time."""
    monkeypatch.setattr(StallMeter, "disturbed", disturbed)
    tries = []

    def check(_: Target) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise CaseFailedError("the answer", "at most 1.25 s", "1.4 s")

    (result,) = run(environment, launched, check, **how)
    assert (result.outcome, len(tries)) == (outcome, times)


def test_a_time_that_is_always_wrong_fails_on_a_disturbed_machine_too(
    environment: FakeEnvironment, launched: LaunchedFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bad machine is no excuse for ever."""
    monkeypatch.setattr(StallMeter, "disturbed", True)

    def check(_: Target) -> None:
        raise CaseFailedError("the answer", "at most 1.25 s", "1.4 s")

    (result,) = run(environment, launched, check, alone=True)
    assert result.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("error", "late", "outcome", "times"),
    [
        (TooLateError, 1, Outcome.PASSED, 2),
        (TooLateError, 2, Outcome.PASSED, 3),
        (TooLateError, 3, Outcome.FAILED, 3),
        (lambda *_: TimeoutError("timed out"), 1, Outcome.PASSED, 2),
        (CaseFailedError, 1, Outcome.FAILED, 1),
        (lambda *_: ConnectionResetError("gone"), 1, Outcome.FAILED, 1),
    ],
)
def test_what_was_too_late_while_the_machine_stood_still_is_measured_again(
    environment: FakeEnvironment, launched: LaunchedFunction, monkeypatch: pytest.MonkeyPatch,
    calm_waits: list[None], error: Callable[..., Exception], late: int, outcome: Outcome, times: int,
) -> None:  # fmt: skip
    """In whatever case, when the machine is calm, and the report says how often; always too late stays a failure."""
    monkeypatch.setattr(StallMeter, "disturbed", True)
    tries = []

    def check(_: Target) -> None:
        tries.append(1)
        if len(tries) <= late:
            raise error("the answer", "at most 15.25 s", "15.4 s")

    (result,) = run(environment, launched, check)
    assert (result.outcome, len(tries), result.attempts) == (outcome, times, times)
    assert len(calm_waits) == times - 1


def test_what_was_too_late_on_a_machine_that_went_on_is_a_failure(
    environment: FakeEnvironment, launched: LaunchedFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once is enough."""
    monkeypatch.setattr(StallMeter, "disturbed", False)

    def check(_: Target) -> None:
        raise TooLateError("the answer", "at most 15.25 s", "15.4 s")

    (result,) = run(environment, launched, check)
    assert (result.outcome, result.attempts) == (Outcome.FAILED, 1)


def test_a_function_that_cannot_be_launched_fails_the_case(environment: FakeEnvironment) -> None:
    """With the reason."""

    def launch() -> Any:  # never returns
        raise FunctionLaunchError("python-3.10", "the container exited", "its words")

    (result,) = run(environment, LaunchedFunction(launch, {}), lambda _: None)
    assert result.outcome is Outcome.FAILED
    assert "its words" in result.message


def test_cases_that_must_be_alone_are(environment: FakeEnvironment, launched: LaunchedFunction) -> None:
    """Nothing runs beside them; the last ones come last."""
    running: list[str] = []
    order: list[str] = []
    guard = threading.Lock()

    def check(name: str, most: int) -> Callable[[Target], None]:
        def inner(_: Target) -> None:
            with guard:
                running.append(name)
                assert len(running) <= most
            threading.Event().wait(0.02)
            with guard:
                running.remove(name)
                order.append(name)

        return inner

    def case_run(name: str, most: int, **how: Any) -> CaseRun:  # a case's own
        return CaseRun(Case(id=f"area.{name}", rule="R1", check=check(name, most), **how), launched)

    case_runs = [case_run("last", 1, last=True), *(case_run(f"alone{n}", 1, alone=True) for n in range(3))]
    case_runs += [case_run(f"beside{n}", 9) for n in range(6)] + [case_run("own", 9, bench=Subject.OWN)]
    with Runner(environment) as runner:  # type: ignore[arg-type]
        runner.run(case_runs)
    assert {result.outcome for result in runner.results.values()} == {Outcome.PASSED}
    assert order[-4:] == ["alone0", "alone1", "alone2", "last"]


def test_an_interruption_ends_everything_and_leaves_the_rest_not_run(
    environment: FakeEnvironment, launched: LaunchedFunction
) -> None:
    """What was not reached never counts as passed."""

    def interrupt(_: Target) -> None:
        raise KeyboardInterrupt

    case_runs = [CaseRun(Case(id=f"area.n{n}", rule="R1", check=interrupt, alone=True), launched) for n in range(3)]
    runner = Runner(environment)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt), runner:
        runner.run(case_runs)
    assert environment.stopped
    assert runner.results == {}
    assert not_run(case_runs[0]).outcome is Outcome.NOT_RUN


def test_a_failed_case_shows_its_last_request_and_answer(
    environment: FakeEnvironment, launched: LaunchedFunction
) -> None:
    """Without keys; a case that passes has no need of it."""

    def wrong(target: Target) -> None:
        talks(target)
        raise CaseFailedError("what", "this", "that")

    def talks(target: Target) -> None:
        conversation = target.exchanges.converse()
        conversation.sending()
        conversation.sent(f"POST / {KEY}".encode())
        conversation.received(b"HTTP/1.1 200 OK")

    failed, passed = run(environment, launched, wrong, talks)
    assert (failed.request, failed.answer) == ("POST / <key>", "HTTP/1.1 200 OK")
    assert (passed.request, passed.answer) == ("", "")
