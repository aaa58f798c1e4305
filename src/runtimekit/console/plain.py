"""Progress in files, pipes and CI logs: a line for each change, and for work that prints nothing for long."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from rich.text import Text

from runtimekit.console import printable
from runtimekit.console.rows import Row
from runtimekit.console.tables import human_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from rich.console import Console

    from runtimekit.engine.reporter import FileLine

STEP_INTERVAL_SECONDS = 10
"""The least time between two lines about the steps of one piece of work."""

POLL_SECONDS = 1.0
"""How often the reporter looks for work that prints nothing."""


@dataclass
class PlainReporter:
    """Prints a line for each change."""

    console: Console
    in_github_actions: bool = False
    clock: Callable[[], float] = time.monotonic
    _rows: dict[str, Row] = field(default_factory=dict)
    _last_printed: dict[str, float] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._stopped.clear()
        self._thread = threading.Thread(target=self._poll, name="silence", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def planned(self, pieces: int) -> None:
        """Do nothing: the end of a log shows how many there were."""

    def started(self, key: str, expected: float | None = None, log: Path | None = None) -> None:
        """Print a line, with the time that it took last time."""
        with self._lock:
            now = self.clock()
            self._rows[key] = Row(now, now, expected, log)
            self._last_printed.pop(key, None)
            self._print(f"{key}: started" + (f", took {human_time(expected)} last time" if expected else ""))

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """Print a line, but at most one in :data:`STEP_INTERVAL_SECONDS`: a log must not become too long."""
        with self._lock:
            now = self.clock()
            row = self._rows.setdefault(key, Row(now, now))
            row.update(now, text, done, total, cached)
            if now - self._last_printed.get(key, row.started_at) >= STEP_INTERVAL_SECONDS:
                self._last_printed[key] = now
                self._print(f"{key}: " + " ".join(filter(None, (row.progress, row.step))))

    def finished(self, key: str, *, ok: bool, text: str, place: FileLine | None = None) -> None:
        """Print the result and the time it took; after a failure also the last lines of the output."""
        first, _, rest = printable(text).partition("\n")
        with self._lock:
            row = self._rows.pop(key, None)
            self._last_printed.pop(key, None)
            seconds = self.clock() - row.started_at if row else 0.0
            self._print(f"{key}: {'' if ok else 'FAILED: '}{first} ({human_time(seconds)})")
            if not ok and self.in_github_actions:
                self._annotate(key, first, rest, place)
            elif not ok and rest.strip():
                self._print(rest.rstrip())

    def report_silence(self) -> None:
        """Print a line for each piece of work whose silence is due to be reported."""
        with self._lock:
            now = self.clock()
            for key, row in self._rows.items():
                if row.take_due(now):
                    self._last_printed[key] = now
                    what = " ".join(filter(None, (row.progress, row.step)))
                    where = f" (log: {row.log})" if row.log else ""
                    self._print(f"{key}: {row.silence(now)}" + (f": {what}" if what else "") + where)

    def _poll(self) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            self.report_silence()

    def _annotate(self, key: str, first: str, rest: str, place: FileLine | None) -> None:
        """Annotate a failure for GitHub. ``stop-commands`` keeps GitHub from obeying commands in the output."""
        properties = f"title={_escape(key, in_property=True)}"
        if place:
            properties += f",file={_escape(str(place[0]), in_property=True)},line={place[1]}"
        lines = [f"::error {properties}::{_escape(first)}"]
        if rest.strip():
            token = secrets.token_hex(16)
            lines += [f"::group::{_escape(key)}: the last lines", f"::stop-commands::{token}"]
            lines += [rest.rstrip(), f"::{token}::", "::endgroup::"]
        print("\n".join(lines), file=self.console.file, flush=True)  # rich would wrap them

    def _print(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)


def _escape(text: str, *, in_property: bool = False) -> str:
    """Escape a text for GitHub's workflow commands."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
