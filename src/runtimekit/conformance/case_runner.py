"""Runs cases: many at once where they may, alone where they measure, and the liveness triple after each."""

from __future__ import annotations

import http.client
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from runtimekit.conformance.cases import Bench
from runtimekit.conformance.failures import CaseFailedError, TooLateError
from runtimekit.conformance.machine_stalls import StandstillMeter
from runtimekit.conformance.results import CaseResult, Outcome
from runtimekit.conformance.target import LOG_LINES, Suite
from runtimekit.errors import RuntimekitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from runtimekit.conformance.cases import Case
    from runtimekit.conformance.image_facts import ImageFacts
    from runtimekit.conformance.launched import Site, Stand

SHARED_AT_ONCE = 4
"""Cases that share the probe; more would only wait for the processor."""
OWN_AT_ONCE = 3
"""Cases that launch containers of their own."""
ATTEMPTS = 3
"""How often a case is run whose finding says nothing of the runtime: another case broke their common function
meanwhile, or the machine stood still while a time was measured or run out. After the last attempt the finding counts
all the same, and tables name the cases that needed more than one."""


@dataclass(frozen=True)
class Job:
    """A case, and what it is run on."""

    case: Case
    stand: Stand | None = None
    image: ImageFacts | None = None
    variant: str = ""
    """Which run image or image, where a case is run on several."""

    @property
    def id(self) -> str:
        """The case's id, with the variant: ``answer.documented@ubuntu-24.04``."""
        return f"{self.case.id}@{self.variant}" if self.variant else self.case.id


@dataclass
class Runner:
    """Runs the jobs of one site."""

    site: Site
    watch: Callable[[CaseResult], None] = lambda _result: None
    results: dict[str, CaseResult] = field(default_factory=dict)
    _pools: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.site.end_all()  # cases that wait for an answer end now, instead of at their deadline
        self._pools.close()

    def run(self, jobs: Sequence[Job]) -> None:
        """Run all jobs; the results are in ``results``, by id."""
        patient = [job for job in jobs if job.case.patient or job.case.bench is Bench.SLOW]
        waiting = self._start(patient, max(1, len(patient)))
        others = [job for job in jobs if not job.case.apart]
        beside = self._start([job for job in others if job.case.bench is Bench.OWN], OWN_AT_ONCE)
        # One after the other: the first case about an image looks into it for all the others.
        for bench in (Bench.VICTIM, Bench.IMAGE):
            beside += self._start([job for job in others if job.case.bench is bench], 1)
        shared = [job for job in others if job.case.bench in {Bench.PROBE, Bench.HELLO}]
        self._finish(self._start(shared, SHARED_AT_ONCE))
        self._finish(beside)
        calm = [job for job in jobs if job.case.calm]
        self._finish(self._start(calm, max(1, len(calm))))
        for job in jobs:
            if job.case.alone and not job.case.last:
                self._run(job)
        self._finish(waiting)
        for job in jobs:
            if job.case.last:
                self._run(job)

    def _start(self, jobs: Sequence[Job], at_once: int) -> list[Future[None]]:
        pool = ThreadPoolExecutor(at_once)
        self._pools.callback(pool.shutdown, cancel_futures=True)
        return [pool.submit(self._run, job) for job in jobs]

    def _finish(self, futures: Sequence[Future[None]]) -> None:
        wait(futures)
        for future in futures:
            future.result()

    def _run(self, job: Job) -> None:
        if self.site.stopped:
            return
        began = time.monotonic()
        result = self._attempt(job, began)
        self.results[job.id] = result
        self.watch(result)

    def _attempt(self, job: Job, began: float) -> CaseResult:
        stand, generation = job.stand, 0
        failure, note, log, attempts = None, "", "", 0
        measures = job.case.alone or job.case.calm
        try:
            while attempts < ATTEMPTS:
                attempts += 1
                generation = _generation(stand)
                with StandstillMeter() as meter:
                    failure, note = self._check(job)
                timed = measures or isinstance(failure, TooLateError)
                disturbed = failure and timed and meter.disturbed
                if not disturbed and (stand is None or stand.generation == generation):
                    break
            if stand and stand.generation == generation:
                ailment = stand.ailment()
                if failure or ailment:
                    log = stand.function.container.logs(LOG_LINES)
                if ailment:
                    healthy = "a plain request is answered as ever, by the same container"
                    failure = failure or CaseFailedError("after the case", healthy, ailment)
                    stand.renew(generation)
            elif failure:
                log = failure.log
        except RuntimekitError as error:  # the function could not be launched, or the engine fails
            failure = CaseFailedError(str(error), "a launched function", "none")
        return replace(self._result(job, began, failure, note, log), attempts=attempts)

    def _check(self, job: Job) -> tuple[CaseFailedError | None, str]:
        try:
            note = job.case.check(Suite(self.site, job.stand, job.image))
        except CaseFailedError as failure:
            return failure, ""
        except TimeoutError as error:
            return TooLateError("the case", "an answer", str(error)), ""
        except (OSError, http.client.HTTPException, RuntimekitError) as error:
            return CaseFailedError(f"{type(error).__name__} during the case", "an answer", str(error)), ""
        except Exception:  # noqa: BLE001 - a defect of the case itself is shown as its failure, and the others go on
            return CaseFailedError("the case itself", "no exception", traceback.format_exc(limit=-4)), ""
        return None, note or ""

    def _result(self, job: Job, began: float, failure: CaseFailedError | None, note: str, log: str) -> CaseResult:
        redacted = self.site.redacted
        return CaseResult(
            id=job.id,
            rule=job.case.rule,
            area=job.case.area,
            outcome=Outcome.FAILED if failure else Outcome.PASSED,
            seconds=time.monotonic() - began,
            message=redacted(failure.what if failure else note),
            expected=redacted(failure.expected) if failure else "",
            got=redacted(failure.got) if failure else "",
            log=redacted(log),
        )


def _generation(stand: Stand | None) -> int:
    """Which launch of the stand's function the case works on; launches it if need be."""
    if stand is None:
        return 0
    _ = stand.function
    return stand.generation


def not_run(job: Job) -> CaseResult:
    """A case that was not reached. Never counts as passed."""
    return CaseResult(id=job.id, rule=job.case.rule, area=job.case.area, outcome=Outcome.NOT_RUN, seconds=0.0)
