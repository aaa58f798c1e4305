"""Progress on a terminal: a board that fits it, with a row for each piece of work."""

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

    from runtimekit.engine.reporter import Place

REFRESHES_PER_SECOND = 4
"""Often enough to look alive, seldom enough to cost nothing."""

NAME_WIDTH = 34
"""How much of a name is shown where columns are few: bases' names differ before that."""

WIDE_TERMINAL = 110
"""From here on there is also room for what is only nice to know."""

_RUNNING_MARK = "  "
_STEP_PREFIX = re.compile(r"^\[(?:[^\]]* )?\d+/\d+\] ")
"""What BuildKit says before a step's own words. Where columns are few, those are worth more."""


class _Finished(NamedTuple):
    """A piece of work that has ended well."""

    key: str
    text: str
    seconds: float


@dataclass
class LiveReporter:
    """What goes on, and above it what has ended, as much of both as the terminal's height can hold.

    No row is folded and none scrolls away: those that have ended longest ago become a count. Only failures are printed
    above the board, where they stay, with their evidence.
    """

    console: Console
    clock: Callable[[], float] = time.monotonic
    _rows: dict[str, Row] = field(default_factory=dict)
    _finished: list[_Finished] = field(default_factory=list)
    _failed: int = 0
    _planned: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._began = self.clock()
        self._live = Live(
            console=self.console,
            get_renderable=self._render,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._began = self.clock()
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
        with self._lock:
            lines = self._ended(max(1, self._room() - 1), self.console.width)
        for line in lines:
            self.console.print(line, no_wrap=True, crop=True)

    def planned(self, pieces: int) -> None:
        """Count from now on how many of them are done."""
        with self._lock:
            self._planned += pieces

    def started(self, key: str, expected: float | None = None, log: Path | None = None) -> None:
        """Add a row; one that has waited begins anew."""
        with self._lock:
            now = self.clock()
            self._rows[key] = Row(now, now, expected, log)

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """Remember it for the next refresh."""
        with self._lock:
            now = self.clock()
            self._rows.setdefault(key, Row(now, now)).news(now, text, done, total, cached)

    def finished(self, key: str, *, ok: bool, text: str, place: Place | None = None) -> None:  # noqa: ARG002
        """Note what became of it. A failure is printed; its place stands in the text already."""
        first, _, rest = printable(text).partition("\n")
        with self._lock:
            row = self._rows.pop(key, None)
            seconds = self.clock() - row.began if row else 0.0
            if ok:
                self._finished.append(_Finished(key, first, seconds))
                return
            self._failed += 1
        mark = Text("✗ ", style="bold red")
        line = Text.assemble(mark, (key, "bold"), "  ", first, "  ", (human_time(seconds), "dim"))
        self.console.print(line, soft_wrap=True)
        if rest.strip():
            self.console.print(Text(rest.rstrip()), soft_wrap=True)

    def _room(self) -> int:
        """Lines that the board may take: the cursor needs one."""
        return max(3, self.console.height - 1)

    def _render(self) -> Text:
        """The board, no line of it longer than the terminal is wide."""
        with self._lock:
            now, width, room = self.clock(), self.console.width, self._room() - 1
            running = self._running(now, width, room)
            return Text("\n").join([*self._ended(room - len(running), width), *running, self._footer(now, width)])

    def _running(self, now: float, width: int, room: int) -> list[Text]:
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

    def _ended(self, room: int, width: int) -> list[Text]:
        """The last that ended well, and how many did before."""
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
        return _cut(Text(f"{_RUNNING_MARK}{done}{of} done{failed}, {human_time(now - self._began)}", "dim"), width)


def _padded(key: str, columns: int) -> Text:
    """A name, exactly so many columns wide."""
    name = Text(key, "bold")
    name.truncate(columns, overflow="ellipsis", pad=True)
    return name


def _time(row: Row, now: float, *, wide: bool) -> str:
    """How long it has been, and where there is room, of how long it took last time."""
    elapsed = human_time(now - row.began)
    return f"{elapsed} of ~{human_time(row.expected)}" if row.expected and wide else elapsed


def _cut(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    return line
