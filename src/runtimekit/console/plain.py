"""Progress for files, pipes and CI logs: one line for each change, and for a silence that lasts."""

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

    from runtimekit.engine.reporter import Place

STEP_INTERVAL_SECONDS = 10
"""How often a plain log says what a long piece of work is at."""

POLL_SECONDS = 1.0
"""How often it is looked whether anything has become silent."""


@dataclass
class PlainReporter:
    """One line for each change."""

    console: Console
    in_github_actions: bool = False
    clock: Callable[[], float] = time.monotonic
    _rows: dict[str, Row] = field(default_factory=dict)
    _last_said: dict[str, float] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _over: threading.Event = field(default_factory=threading.Event)
    _looking: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._over.clear()
        self._looking = threading.Thread(target=self._look, name="silence", daemon=True)
        self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._looking:
            self._looking.join()

    def planned(self, pieces: int) -> None:
        """Nothing: a log's end shows how many there were."""

    def started(self, key: str, expected: float | None = None, log: Path | None = None) -> None:
        """Say so."""
        with self._lock:
            now = self.clock()
            self._rows[key] = Row(now, now, expected, log)
            self._last_said.pop(key, None)
            self._print(f"{key}: started" + (f", took {human_time(expected)} last time" if expected else ""))

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """Say so when nothing has been said of this work for a while: a log is read later, and its length counts."""
        with self._lock:
            now = self.clock()
            row = self._rows.setdefault(key, Row(now, now))
            row.news(now, text, done, total, cached)
            if now - self._last_said.get(key, row.began) >= STEP_INTERVAL_SECONDS:
                self._last_said[key] = now
                self._print(f"{key}: " + " ".join(filter(None, (row.progress, row.step))))

    def finished(self, key: str, *, ok: bool, text: str, place: Place | None = None) -> None:
        """Say so with the time it took, and show the evidence of a failure."""
        first, _, rest = printable(text).partition("\n")
        with self._lock:
            row = self._rows.pop(key, None)
            self._last_said.pop(key, None)
            seconds = self.clock() - row.began if row else 0.0
            self._print(f"{key}: {'' if ok else 'FAILED: '}{first} ({human_time(seconds)})")
            if not ok and self.in_github_actions:
                self._annotate(key, first, rest, place)
            elif not ok and rest.strip():
                self._print(rest.rstrip())

    def look(self) -> None:
        """Say what has been silent for long, or for long again."""
        with self._lock:
            now = self.clock()
            for key, row in self._rows.items():
                if row.is_due(now):
                    self._last_said[key] = now
                    what = " ".join(filter(None, (row.progress, row.step)))
                    where = f" (log: {row.log})" if row.log else ""
                    self._print(f"{key}: {row.silence(now)}" + (f": {what}" if what else "") + where)

    def _look(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            self.look()

    def _annotate(self, key: str, first: str, rest: str, place: Place | None) -> None:
        """GitHub's marks for a failure. The evidence stands between stop-commands: a log must not give commands."""
        properties = f"title={_escape(key, in_property=True)}"
        if place:
            properties += f",file={_escape(str(place[0]), in_property=True)},line={place[1]}"
        lines = [f"::error {properties}::{_escape(first)}"]
        if rest.strip():
            pause = secrets.token_hex(16)
            lines += [f"::group::{_escape(key)}: the last lines", f"::stop-commands::{pause}"]
            lines += [rest.rstrip(), f"::{pause}::", "::endgroup::"]
        print("\n".join(lines), file=self.console.file, flush=True)  # rich would wrap them

    def _print(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)


def _escape(text: str, *, in_property: bool = False) -> str:
    """A text as GitHub's workflow commands want it."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
