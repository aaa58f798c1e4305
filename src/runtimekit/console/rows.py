"""A piece of work as people see it: what it is at, for how long, and for how long it has been silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.console import printable
from runtimekit.console.tables import human_time

if TYPE_CHECKING:
    from pathlib import Path

SILENCE_SECONDS = 60.0
"""How long work may be silent until its silence is told."""

MAX_REPEAT_SECONDS = 300.0
"""Silence is told after 1, 2, 4 and 8 minutes, and then every 5: some CI services end a job that is silent for 10."""


@dataclass
class Row:
    """One piece of work that is going on. Moments are those of the reporter's clock, in seconds."""

    began: float
    heard: float
    """When it last let anything be known."""
    expected: float | None = None
    log: Path | None = None
    step: str = ""
    done: int = 0
    total: int = 0
    cached: int = 0
    due: float = SILENCE_SECONDS
    """The seconds of silence after which it is told next."""

    def news(self, now: float, text: str, done: int = 0, total: int = 0, cached: int = 0) -> None:
        """Note what it is at; silence begins anew."""
        self.heard, self.due = now, SILENCE_SECONDS
        self.step, self.done, self.total, self.cached = first_line(text), done, total, cached

    def silence(self, now: float) -> str:
        """``silent for 2 min 5 s``; empty while that is not worth a word."""
        silent = now - self.heard
        return f"silent for {human_time(silent)}" if silent >= SILENCE_SECONDS else ""

    def is_due(self, now: float) -> bool:
        """Whether its silence is to be told now. The next time is then later, with growing pauses."""
        silent = now - self.heard
        if silent < self.due:
            return False
        while self.due <= silent:  # a machine that slept tells it once
            self.due += min(self.due, MAX_REPEAT_SECONDS)
        return True

    @property
    def counts(self) -> str:
        """``3/9``: how many steps are done; empty where that is not known."""
        return f"{self.done}/{self.total}" if self.total else ""

    @property
    def progress(self) -> str:
        """As :attr:`counts`, with how many of them came from the cache."""
        return self.counts + (f", {self.cached} cached" if self.counts and self.cached else "")


def first_line(text: str) -> str:
    """What of a text goes into one line of a terminal."""
    return printable(text).strip().partition("\n")[0]
