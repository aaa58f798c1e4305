"""Pieces of work as others see them: a row for who looks on, a log from the first second, a trace for later."""

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
    """What failed: a text for people, and the line of a file."""

BASES, GATEWAY, IMAGES = "bases", "gateway", "images"
"""The groups of a trace."""


@dataclass
class JobTracker:
    """What one run does. Without a reporter nobody looks on; logs and trace are there all the same."""

    log: Callable[[str], None] = print
    """Is told what must be read later, too, such as that something is installed."""
    times: Callable[[], Mapping[str, float]] = dict
    """How long pieces of work took last time, in seconds."""
    note: Callable[[str, float], None] = lambda _key, _seconds: None
    """Remembers how long a piece of work took that ended well."""
    root: Path = Path()
    """Paths are shown from here."""
    trace: Trace = field(default_factory=Trace)
    reporter: Reporter | None = None
    _active: set[str] = field(default_factory=set)
    _waiting: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def shown_by(self, reporter: Reporter) -> Iterator[None]:
        """Show what is done in the block, and keep a trace of that alone."""
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
        """Do a piece of work in the block; it fails with the block's error, which goes on.

        Args:
            group: What it belongs to.
            key: What people know it by; no other piece of this run has it.
            log: Begun anew, and told all that is done.
            result: What has become of it if nothing fails.
            time_key: The name under which its time is remembered, if it is not the key.
            summarize: What is said of an error; by default its first line and where the log is.
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
            self.note(job.time_key, job.seconds)
            if self.reporter:
                self.reporter.finished(key, ok=True, text=result)
        finally:
            with self._lock:
                self._active.discard(key)

    def queue(self, key: str, log: Path) -> None:
        """Let a piece of work that has its turn later have a log of its own already, in place of an earlier run's."""
        job = Job(self, "", key, log, key)
        with suppress(OSError):  # a full disk is told of by who has something to lose
            job.create_log()
            job.log_step("waits for its turn")

    def show_waiting(self, key: str, text: str) -> None:
        """Show what a piece of work waits for that has not begun; not if another thread of this run is at it."""
        with self._lock:
            if key in self._active:
                return
            self._waiting.add(key)
        if self.reporter:
            self.reporter.step(key, text, 0, 0)

    def end_waiting(self, key: str, result: str) -> None:
        """A piece of work has nothing left to do: it was done while it waited."""
        with self._lock:
            if key not in self._waiting:
                return
            self._waiting.discard(key)
        if self.reporter:
            self.reporter.finished(key, ok=True, text=result)


@dataclass
class Job:
    """One piece of work. What it waits for comes before :meth:`begin`, which its time is counted from."""

    tracker: JobTracker
    group: str
    key: str
    log_file: Path
    time_key: str
    began: float | None = None
    _steps: dict[str, tuple[str, Times, bool]] = field(default_factory=dict)
    _done: int = 0

    def create_log(self) -> None:
        """Make the log: an earlier run's goes."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.write_text("", encoding="utf-8")
        self._write(f"{self._now()} {self.key}\n")

    def begin(self) -> None:
        """The work itself begins."""
        self.began = self.tracker.trace.clock()
        if self.tracker.reporter:
            self.tracker.reporter.started(self.key, self.tracker.times().get(self.time_key), self.shown_log)

    @property
    def shown_log(self) -> Path:
        """Its log, as people are told of it."""
        return (
            self.log_file.relative_to(self.tracker.root)
            if self.log_file.is_relative_to(self.tracker.root)
            else self.log_file
        )

    def summarize(self, error: Exception) -> FailureSummary:
        """An error in one line: who waits for this work tells all of it."""
        return f"{str(error).partition(chr(10))[0]} (log: {self.shown_log})", None

    @property
    def seconds(self) -> float:
        """How long it has been since it began; 0 if it has not."""
        return 0.0 if self.began is None else max(0.0, self.tracker.trace.clock() - self.began)

    def log_step(self, text: str) -> None:
        """It is at something else now, which only its log is told."""
        self._write(f"{self._now()} {text}\n")

    def step(self, text: str) -> None:
        """It is at something else now."""
        self.log_step(text)
        if self.tracker.reporter:
            self.tracker.reporter.step(self.key, text, 0, 0)

    def hear(self, line: str) -> None:
        """A program that it runs has printed a line."""
        self._write(f"{line}\n")
        if self.tracker.reporter:
            self.tracker.reporter.step(self.key, line, 0, 0)

    def say(self, text: str) -> None:
        """It does what must be read later, too."""
        self.step(text)
        self.tracker.log(text)

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """What is done in the block has a name of its own, here and in the trace."""
        self.step(text)
        began = self.tracker.trace.clock()
        try:
            yield
        finally:
            self.tracker.trace.add(self.group, self.key, text, began, self.tracker.trace.clock())

    def watch(self, progress: Progress) -> None:
        """A build has moved on."""
        if len(progress.done) != self._done:  # another attempt begins with none
            self._done = len(progress.done)
            for digest, times in progress.local_times().items():
                self._steps[digest] = progress.steps[digest], times, digest in progress.cached
        if self.tracker.reporter:
            done, total, cached = len(progress.done), len(progress.steps), len(progress.cached)
            self.tracker.reporter.step(self.key, progress.current, done, total, cached)

    def add_to_trace(self, result: str) -> None:
        """Note how long it took, and each of its steps."""
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
