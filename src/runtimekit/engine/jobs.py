"""The jobs of one run. Each job is shown by the reporter, writes a log file, and is recorded in the trace."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.engine.trace import Trace
from runtimekit.support.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runtimekit.engine.progress import Progress, Times
    from runtimekit.engine.reporter import FileLine, Reporter

    FailureSummary = tuple[str, FileLine | None]
    """What failed: a text for people, and the line of a file that caused it, if known."""

BASES, GATEWAY, IMAGES = "bases", "gateway", "images"
"""The groups of a trace."""


@dataclass
class JobTracker:
    """Tracks the jobs of one run. Without a reporter nothing is shown; logs and the trace are written all the same."""

    log: Callable[[str], None] = print
    """Prints a line that must stay readable after the run, such as that a package is installed."""
    durations: Callable[[], Mapping[str, float]] = dict
    """Returns how long each job took last time, in seconds by job key."""
    store_duration: Callable[[str, float], None] = lambda _key, _seconds: None
    """Stores how many seconds a successful job took: key, seconds."""
    root: Path = Path()
    """Log paths are shown relative to this folder."""
    trace: Trace = field(default_factory=Trace)
    reporter: Reporter | None = None
    _active: set[str] = field(default_factory=set)
    _waiting: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def report_to(self, reporter: Reporter) -> Iterator[None]:
        """Report the jobs of the block to ``reporter``, and record them in a new trace."""
        before, self.reporter, self.trace = self.reporter, reporter, Trace()
        try:
            yield
        finally:
            self.reporter = before

    @contextmanager
    def job(
        self,
        group: str,
        key: str,
        log: Path,
        *,
        result: str,
        time_key: str = "",
        summarize: Callable[[Exception], FailureSummary] | None = None,
    ) -> Iterator[Job]:
        """Run the block as a job. An exception in the block fails the job and is raised again.

        Args:
            group: The job's group in the trace.
            key: The name that people see. It is unique within a run.
            log: The job's log file. An older file is replaced.
            result: The text that reports success.
            time_key: The name under which the duration is stored; by default the key.
            summarize: Makes a short text from an error; by default its first line and the log's path.
        """
        with self._lock:
            self._active.add(key)
            self._waiting.discard(key)
        job = Job(self, group, key, log, time_key or key)
        try:
            job.create_log()
            yield job
        except BaseException as error:
            job.add_to_trace("failed" if isinstance(error, Exception) else "interrupted")
            if isinstance(error, Exception) and self.reporter:
                text, place = summarize(error) if summarize else job.summarize(error)
                self.reporter.finished(key, ok=False, text=text, place=place)
            raise
        else:
            job.add_to_trace(result)
            self.store_duration(job.time_key, job.seconds)
            if self.reporter:
                self.reporter.finished(key, ok=True, text=result)
        finally:
            with self._lock:
                self._active.discard(key)

    def queue(self, key: str, log: Path) -> None:
        """Create the log of a job that runs later, so that nobody mistakes an earlier run's log for it."""
        job = Job(self, "", key, log, key)
        with suppress(OSError):  # the job itself reports a full disk
            job.create_log()
            job.log_step("waits for its turn")

    def show_waiting(self, key: str, text: str) -> None:
        """Show what a job waits for before it begins. Nothing is shown while another thread does the job."""
        with self._lock:
            if key in self._active:
                return
            self._waiting.add(key)
        if self.reporter:
            self.reporter.step(key, text, 0, 0)

    def end_waiting(self, key: str, result: str, *, ok: bool = True) -> None:
        """Finish a job that waited and has nothing left to do: another run did it, or it cannot be done."""
        with self._lock:
            if key not in self._waiting:
                return
            self._waiting.discard(key)
        if self.reporter:
            self.reporter.finished(key, ok=ok, text=result)


@dataclass
class Job:
    """One job. Its duration counts from :meth:`begin`; what it waits for before that does not count."""

    tracker: JobTracker
    group: str
    key: str
    log_file: Path
    time_key: str
    began: float | None = None
    _steps: dict[str, tuple[str, Times, bool]] = field(default_factory=dict)
    _done: int = 0

    def create_log(self) -> None:
        """Create the log file, in place of an earlier run's."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.write_text("", encoding="utf-8")
        self._write(f"{self._now()} {self.key}\n")

    def begin(self) -> None:
        """Start the clock, and report that the job has started."""
        self.began = self.tracker.trace.clock()
        if self.tracker.reporter:
            self.tracker.reporter.started(self.key, self.tracker.durations().get(self.time_key), self.shown_log)

    @property
    def shown_log(self) -> Path:
        """The path of the log as people see it."""
        return (
            self.log_file.relative_to(self.tracker.root)
            if self.log_file.is_relative_to(self.tracker.root)
            else self.log_file
        )

    def summarize(self, error: Exception) -> FailureSummary:
        """An error in one line. Whoever waits for the job reports the full text."""
        return f"{str(error).partition(chr(10))[0]} (log: {self.shown_log})", None

    @property
    def seconds(self) -> float:
        """Seconds since the job began; 0 before that."""
        return 0.0 if self.began is None else max(0.0, self.tracker.trace.clock() - self.began)

    def log_step(self, text: str) -> None:
        """Write the next step into the log only."""
        self._write(f"{self._now()} {text}\n")

    def step(self, text: str) -> None:
        """Write the next step into the log, and report it."""
        self.log_step(text)
        if self.tracker.reporter:
            self.tracker.reporter.step(self.key, text, 0, 0)

    def on_line(self, line: str) -> None:
        """Take a line that a program of this job has printed."""
        self._write(f"{line}\n")
        if self.tracker.reporter:
            self.tracker.reporter.step(self.key, line, 0, 0)

    def log(self, text: str) -> None:
        """Report a step that must stay readable after the run, such as an installation."""
        self.step(text)
        self.tracker.log(text)

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """Report the block as a step, and record its duration in the trace."""
        self.step(text)
        began = self.tracker.trace.clock()
        try:
            yield
        finally:
            self.tracker.trace.add(self.group, self.key, text, began, self.tracker.trace.clock())

    def watch(self, progress: Progress) -> None:
        """Take the progress of a build."""
        if len(progress.done) != self._done:  # a new attempt starts with none
            self._done = len(progress.done)
            for digest, times in progress.local_times().items():
                self._steps[digest] = progress.steps[digest], times, digest in progress.cached
        if self.tracker.reporter:
            done, total, cached = len(progress.done), len(progress.steps), len(progress.cached)
            self.tracker.reporter.step(self.key, progress.current, done, total, cached)

    def add_to_trace(self, result: str) -> None:
        """Record how long the job and each of its build steps took."""
        if self.began is None:
            return
        trace, end = self.tracker.trace, self.tracker.trace.clock()
        trace.add(self.group, self.key, self.key, self.began, end, result=result, log=str(self.shown_log))
        for name, times, cached in self._steps.values():
            began, ended = (min(max(each or 0.0, self.began), end) for each in (times.began, times.ended))
            trace.add(self.group, self.key, name, began, ended, cached=cached)

    def _write(self, text: str) -> None:
        with self.log_file.open("a", encoding="utf-8", errors="replace") as file:
            file.write(redact(text))

    @staticmethod
    def _now() -> str:
        return time.strftime("%H:%M:%S")
