"""Runs cases: many at once, or alone if they measure time; after each one it checks that the function still answers."""

from __future__ import annotations

import http.client
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from runtimekit.conformance.cases import Subject
from runtimekit.conformance.exchanges import Exchanges
from runtimekit.conformance.failures import CaseFailedError, TooLateError
from runtimekit.conformance.machine_stalls import StallMeter, wait_until_calm
from runtimekit.conformance.results import CaseResult, Outcome
from runtimekit.conformance.target import LOG_LINES, BaseTarget, Target, first_and_last_lines
from runtimekit.errors import RuntimekitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from runtimekit.conformance.cases import Case
    from runtimekit.conformance.image_facts import ImageFacts
    from runtimekit.conformance.launched import CaseEnvironment, LaunchedFunction

SHARED_AT_ONCE = 4
"""How many cases use the shared probe at a time. More would only wait for the processor."""
OWN_AT_ONCE = 3
"""How many cases with containers of their own run at a time."""
ATTEMPTS = 3
"""How often a case is run at most. It is run again if its result may not be the runtime's fault: another case broke
the shared function, or the machine stalled while time was measured. The last attempt counts in any case, and tables
name the cases that needed more than one."""


@dataclass(frozen=True)
class CaseRun:
    """One execution of a case: the case, and the function or image that it is run on."""

    case: Case
    launched: LaunchedFunction | None = None
    image: ImageFacts | None = None
    variant: str = ""
    """The run image or image, if the case is run on several."""

    @property
    def id(self) -> str:
        """The case's id, with the variant: ``answer.documented@ubuntu-24.04``."""
        return f"{self.case.id}@{self.variant}" if self.variant else self.case.id


@dataclass
class Runner:
    """Runs all cases of one environment."""

    environment: CaseEnvironment
    watch: Callable[[CaseResult], None] = lambda _result: None
    target: type[BaseTarget] = Target
    """What the cases receive."""
    results: dict[str, CaseResult] = field(default_factory=dict)
    _pools: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.environment.end_all()  # cases that wait for an answer end now, instead of at their deadline
        self._pools.close()

    def run(self, case_runs: Sequence[CaseRun]) -> None:
        """Run all of them. ``results`` then holds their results by id."""
        patient = [case_run for case_run in case_runs if case_run.case.patient or case_run.case.bench is Subject.SLOW]
        waiting = self._start(patient, max(1, len(patient)))
        others = [case_run for case_run in case_runs if not case_run.case.scheduled_separately]
        beside = self._start([case_run for case_run in others if case_run.case.bench is Subject.OWN], OWN_AT_ONCE)
        # One after the other: the first case about an image looks into it for all the others.
        for bench in (Subject.VICTIM, Subject.IMAGE):
            beside += self._start([case_run for case_run in others if case_run.case.bench is bench], 1)
        shared = [case_run for case_run in others if case_run.case.bench in {Subject.PROBE, Subject.HELLO}]
        self._finish(self._start(shared, SHARED_AT_ONCE))
        self._finish(beside)
        calm = [case_run for case_run in case_runs if case_run.case.calm]
        self._finish(self._start(calm, max(1, len(calm))))
        for case_run in case_runs:
            if case_run.case.alone and not case_run.case.last:
                self._run(case_run)
        self._finish(waiting)
        for case_run in case_runs:
            if case_run.case.last:
                self._run(case_run)

    def _start(self, case_runs: Sequence[CaseRun], at_once: int) -> list[Future[None]]:
        pool = ThreadPoolExecutor(at_once)
        self._pools.callback(pool.shutdown, cancel_futures=True)
        return [pool.submit(self._run, case_run) for case_run in case_runs]

    def _finish(self, futures: Sequence[Future[None]]) -> None:
        wait(futures)
        for future in futures:
            future.result()

    def _run(self, case_run: CaseRun) -> None:
        if self.environment.stopped:
            return
        began = time.monotonic()
        result = self._attempt(case_run, began)
        self.results[case_run.id] = result
        self.watch(result)

    def _attempt(self, case_run: CaseRun, began: float) -> CaseResult:
        launched, generation = case_run.launched, 0
        failure, note, log, attempts = None, "", "", 0
        exchanges = Exchanges()
        measures = case_run.case.alone or case_run.case.calm
        try:
            while attempts < ATTEMPTS:
                attempts += 1
                generation = _generation(launched)
                with StallMeter() as meter:
                    exchanges = Exchanges()
                    failure, note = self._check(case_run, exchanges)
                timed = measures or isinstance(failure, TooLateError)
                disturbed = failure and timed and meter.disturbed
                if not disturbed and (launched is None or launched.generation == generation):
                    break
                if disturbed and attempts < ATTEMPTS:
                    wait_until_calm()
            if launched and launched.generation == generation:
                liveness_problem = launched.liveness_problem()
                if failure or liveness_problem:
                    log = first_and_last_lines(launched.function.container.logs(LOG_LINES))
                if liveness_problem:
                    healthy = "a plain request is answered as ever, by the same container"
                    failure = failure or CaseFailedError("after the case", healthy, liveness_problem)
                    launched.relaunch(generation)
            elif failure:
                log = failure.log
        except RuntimekitError as error:  # the function could not be launched, or the engine fails
            failure = CaseFailedError(str(error), "a launched function", "none")
        result = self._result(case_run, began, failure, note, log)
        if failure and (exchange := failure.exchange or exchanges.last):
            redacted = self.environment.redacted
            result = replace(result, request=exchange.request.text(redacted), answer=exchange.answer.text(redacted))
        return replace(result, attempts=attempts)

    def _check(self, case_run: CaseRun, exchanges: Exchanges) -> tuple[CaseFailedError | None, str]:
        try:
            note = case_run.case.check(self.target(self.environment, case_run.launched, case_run.image, exchanges))
        except CaseFailedError as failure:
            return failure, ""
        except TimeoutError as error:
            return TooLateError("the case", "an answer", str(error)), ""
        except (OSError, http.client.HTTPException, RuntimekitError) as error:
            return CaseFailedError(f"{type(error).__name__} during the case", "an answer", str(error)), ""
        except Exception:  # noqa: BLE001 - a defect of the case itself is shown as its failure, and the others go on
            return CaseFailedError("the case itself", "no exception", traceback.format_exc(limit=-4)), ""
        return None, note or ""

    def _result(
        self, case_run: CaseRun, began: float, failure: CaseFailedError | None, note: str, log: str
    ) -> CaseResult:
        redacted = self.environment.redacted
        return CaseResult(
            id=case_run.id,
            rule=case_run.case.rule,
            area=case_run.case.area,
            outcome=Outcome.FAILED if failure else Outcome.PASSED,
            seconds=time.monotonic() - began,
            message=redacted(failure.what if failure else note),
            expected=redacted(failure.expected) if failure else "",
            got=redacted(failure.got) if failure else "",
            log=redacted(log),
        )


def _generation(launched: LaunchedFunction | None) -> int:
    """How often the function was launched so far; launches it if it does not run."""
    if launched is None:
        return 0
    _ = launched.function
    return launched.generation


def not_run(case_run: CaseRun) -> CaseResult:
    """The result of a case that was not reached. It never counts as passed."""
    return CaseResult(
        id=case_run.id, rule=case_run.case.rule, area=case_run.case.area, outcome=Outcome.NOT_RUN, seconds=0.0
    )
