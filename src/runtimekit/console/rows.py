"""The state of one piece of work: its step, its time so far, and how long it has printed nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.console import printable
from runtimekit.console.tables import human_time

if TYPE_CHECKING:
    from pathlib import Path

SILENCE_SECONDS = 60.0
"""How long work may print nothing before that is reported."""

MAX_REPEAT_SECONDS = 300.0
"""The longest time between two reports: after 1, 2, 4 and 8 minutes, then every 5. Some CI services end a job that
prints nothing for 10 minutes.
"""


@dataclass
class Row:
    """One piece of running work. Points in time are those of the reporter's clock, in seconds."""

    started_at: float
    last_update: float
    """When it last printed anything."""
    expected: float | None = None
    log: Path | None = None
    step: str = ""
    done: int = 0
    total: int = 0
    cached: int = 0
    report_due: float = SILENCE_SECONDS
    """How many seconds of silence lead to the next report."""

    def update(self, now: float, text: str, done: int = 0, total: int = 0, cached: int = 0) -> None:
        """Set the current step. Silence is counted from now on."""
        self.last_update, self.report_due = now, SILENCE_SECONDS
        self.step, self.done, self.total, self.cached = first_line(text), done, total, cached

    def silence(self, now: float) -> str:
        """Return ``silent for 2 min 5 s``; empty before :data:`SILENCE_SECONDS`."""
        silent = now - self.last_update
        return f"silent for {human_time(silent)}" if silent >= SILENCE_SECONDS else ""

    def take_due(self, now: float) -> bool:
        """Return whether to report the silence now. If so, the next one is put off, at growing intervals."""
        silent = now - self.last_update
        if silent < self.report_due:
            return False
        while self.report_due <= silent:  # after a suspend of the machine one report is enough
            self.report_due += min(self.report_due, MAX_REPEAT_SECONDS)
        return True

    @property
    def counts(self) -> str:
        """``3/9``: how many steps are done; empty if that is unknown."""
        return f"{self.done}/{self.total}" if self.total else ""

    @property
    def progress(self) -> str:
        """As :attr:`counts`, and how many steps came from the cache."""
        return self.counts + (f", {self.cached} cached" if self.counts and self.cached else "")


def first_line(text: str) -> str:
    """Return the first line of a text, safe for a terminal."""
    return printable(text).strip().partition("\n")[0]
