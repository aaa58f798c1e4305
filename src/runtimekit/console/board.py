"""Progress on a terminal: a live display that fits it, with a row for each piece of work."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

from rich.cells import cell_len
from rich.live import Live
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

REFRESHES_PER_SECOND = 4
"""Often enough to look alive, at next to no cost."""

NAME_WIDTH = 34
"""The width to which names are cut on a narrow terminal. Names of bases differ before that."""

WIDE_TERMINAL = 110
"""From this width on, rows also show whole names, expected times and cache hits."""

_RUNNING_MARK = "  "
_STEP_PREFIX = re.compile(r"^\[(?:[^\]]* )?\d+/\d+\] ")
"""BuildKit's prefix of a step (``[build 2/7] ``). A narrow terminal has no room for it."""


class _Finished(NamedTuple):
    """A piece of work that succeeded."""

    key: str
    text: str
    seconds: float


@dataclass
class LiveReporter:
    """Shows running work, and above it finished work, as much of both as the terminal's height can hold.

    No row wraps and none scrolls away: the oldest finished rows become a count. Failures are printed above the display,
    where they stay, with the last lines of their output.
    """

    console: Console
    clock: Callable[[], float] = time.monotonic
    _rows: dict[str, Row] = field(default_factory=dict)
    _finished: list[_Finished] = field(default_factory=list)
    _failed: int = 0
    _planned: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._started_at = self.clock()
        self._live = Live(
            console=self.console,
            get_renderable=self._render,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._started_at = self.clock()
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
        with self._lock:
            lines = self._finished_lines(max(1, self._height() - 1), self.console.width)
        for line in lines:
            self.console.print(line, no_wrap=True, crop=True)

    def planned(self, pieces: int) -> None:
        """Show from now on how many of all pieces are done."""
        with self._lock:
            self._planned += pieces

    def started(self, key: str, expected: float | None = None, log: Path | None = None) -> None:
        """Add a row. A row that waited starts again from zero."""
        with self._lock:
            now = self.clock()
            self._rows[key] = Row(now, now, expected, log)

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """Keep the step for the next refresh."""
        with self._lock:
            now = self.clock()
            self._rows.setdefault(key, Row(now, now)).update(now, text, done, total, cached)

    def finished(self, key: str, *, ok: bool, text: str, place: FileLine | None = None) -> None:  # noqa: ARG002
        """Keep a result; print a failure. ``place`` is not needed: the text has it."""
        first, _, rest = printable(text).partition("\n")
        with self._lock:
            row = self._rows.pop(key, None)
            seconds = self.clock() - row.started_at if row else 0.0
            if ok:
                self._finished.append(_Finished(key, first, seconds))
                return
            self._failed += 1
        mark = Text("✗ ", style="bold red")
        line = Text.assemble(mark, (key, "bold"), "  ", first, "  ", (human_time(seconds), "dim"))
        self.console.print(line, soft_wrap=True)
        if rest.strip():
            self.console.print(Text(rest.rstrip()), soft_wrap=True)

    def _height(self) -> int:
        """The number of lines that the display may take. The cursor needs one more."""
        return max(3, self.console.height - 1)

    def _render(self) -> Text:
        """The display. No line is longer than the terminal is wide."""
        with self._lock:
            now, width, room = self.clock(), self.console.width, self._height() - 1
            running = self._running_lines(now, width, room)
            return Text("\n").join(
                [*self._finished_lines(room - len(running), width), *running, self._footer(now, width)]
            )

    def _running_lines(self, now: float, width: int, room: int) -> list[Text]:
        rows = list(self._rows.items())
        if not rows:
            return []
        shown = rows if len(rows) <= room else rows[: room - 1]
        wide = width >= WIDE_TERMINAL
        cells = [(key, _time(row, now, wide=wide), row.progress if wide else row.counts) for key, row in shown]
        names, times, counts = (max(cell_len(cell) for cell in column) for column in zip(*cells, strict=True))
        names = names if wide else min(names, NAME_WIDTH)
        lines = []
        for (name, spent, count), (_, row) in zip(cells, shown, strict=True):
            line = Text(_RUNNING_MARK).append(_padded(name, names))
            line.append(f"  {spent:>{times}}  ", "dim").append(f"{count:>{counts}}  " if counts else "", "dim")
            silence, step = row.silence(now), row.step if wide else _STEP_PREFIX.sub("", row.step)
            line.append(silence, "yellow").append(": " if silence and step else "").append(step)
            lines.append(_cut(line, width))
        if len(shown) < len(rows):
            lines.append(_cut(Text(f"{_RUNNING_MARK}and {len(rows) - len(shown)} more", "dim"), width))
        return lines

    def _finished_lines(self, room: int, width: int) -> list[Text]:
        """The latest finished work, and a count of the rest, in at most ``room`` lines."""
        if room < 1 or not self._finished:
            return []
        folded = 0 if len(self._finished) <= room else len(self._finished) - room + 1
        shown = self._finished[folded:]
        names = min(max((len(each.key) for each in shown), default=0), NAME_WIDTH if width < WIDE_TERMINAL else width)
        lines = [_cut(Text(f"✓ {folded} more done", "green"), width)] if folded else []
        for each in shown:
            line = Text.assemble(
                ("✓ ", "green"), _padded(each.key, names), "  ", each.text, "  ", (human_time(each.seconds), "dim")
            )
            lines.append(_cut(line, width))
        return lines

    def _footer(self, now: float, width: int) -> Text:
        done = len(self._finished)
        known = done + self._failed + len(self._rows)
        of = f" of {max(self._planned, known)}" if self._planned else ""
        failed = f", {self._failed} failed" if self._failed else ""
        return _cut(Text(f"{_RUNNING_MARK}{done}{of} done{failed}, {human_time(now - self._started_at)}", "dim"), width)


def _padded(key: str, columns: int) -> Text:
    """A name, cut or padded to a width."""
    name = Text(key, "bold")
    name.truncate(columns, overflow="ellipsis", pad=True)
    return name


def _time(row: Row, now: float, *, wide: bool) -> str:
    """The time so far; on a wide terminal also the time that it took last time."""
    elapsed = human_time(now - row.started_at)
    return f"{elapsed} of ~{human_time(row.expected)}" if row.expected and wide else elapsed


def _cut(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    return line
