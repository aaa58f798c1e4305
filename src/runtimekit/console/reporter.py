"""Tells people how a task is getting on: a live board on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

from rich.live import Live
from rich.table import Table
from rich.text import Text

from runtimekit.console import printable
from runtimekit.console.tables import human_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from rich.console import Console

REFRESHES_PER_SECOND = 4
"""Often enough to look alive, seldom enough to cost nothing."""

SECONDS_BETWEEN_STEPS = 10
"""How often a plain log says what a long piece of work is at."""


Place = tuple["Path", int]
"""A file, from the repository's root, and a line in it."""


class Reporter(Protocol):
    """What tasks say while they work; any thread may call. A key names one piece of work, ``node-22 linux/arm64``."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def started(self, key: str, expected: float | None = None) -> None:
        """Work has begun. ``expected`` is how many seconds it took last time."""

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """``done`` of ``total`` steps are done, and ``text`` is going on. A total of 0 means that it is not known."""

    def finished(self, key: str, *, ok: bool, text: str, place: Place | None = None) -> None:
        """Work has ended. ``text`` has the result in its first line, and after a failure the evidence below it.

        ``place`` is the line of a file that failed, for those who can jump there.
        """


def choose_reporter(console: Console, environ: Mapping[str, str] | None = None) -> Reporter:
    """The reporter that suits where the output goes."""
    if console.is_interactive:
        return LiveReporter(console)
    environ = os.environ if environ is None else environ
    return PlainReporter(console, in_github_actions=environ.get("GITHUB_ACTIONS") == "true")


@dataclass
class _Work:
    """One row of the board."""

    began: float
    expected: float | None = None
    step: str = ""
    done: int = 0
    total: int = 0
    cached: int = 0

    def progress(self) -> str:
        """``3/9``, and how many of them came from the cache."""
        if not self.total:
            return ""
        return f"{self.done}/{self.total}" + (f", {self.cached} cached" if self.cached else "")

    def time(self, now: float) -> str:
        """How long it has been, of how long it took last time."""
        elapsed = human_time(now - self.began)
        return f"{elapsed} of ~{human_time(self.expected)}" if self.expected else elapsed


@dataclass
class LiveReporter:
    """A board with a row for each piece of work that is going on; what has finished is printed above it and stays."""

    console: Console
    clock: Callable[[], float] = time.monotonic
    _board: dict[str, _Work] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._live = Live(
            console=self.console,
            get_renderable=self._render,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def started(self, key: str, expected: float | None = None) -> None:
        """Add a row."""
        with self._lock:
            self._board[key] = _Work(began=self.clock(), expected=expected)

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """Remember it for the next refresh."""
        with self._lock:
            work = self._board.setdefault(key, _Work(began=self.clock()))
            work.step, work.done, work.total, work.cached = text, done, total, cached

    def finished(self, key: str, *, ok: bool, text: str, place: Place | None = None) -> None:  # noqa: ARG002
        """Take the row away and print what became of it; the place stands in the text already."""
        with self._lock:
            work = self._board.pop(key, None)
        seconds = self.clock() - work.began if work else 0.0
        mark = Text("✓ ", style="green") if ok else Text("✗ ", style="bold red")
        first, _, rest = printable(text).partition("\n")
        line = Text.assemble(mark, (key, "bold"), "  ", first, "  ", (human_time(seconds), "dim"))
        self.console.print(line, soft_wrap=True)
        if rest.strip() and not ok:
            self.console.print(Text(rest.rstrip()), soft_wrap=True)

    def _render(self) -> Table:
        now = self.clock()
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(style="dim", no_wrap=True, justify="right")
        table.add_column(style="dim", no_wrap=True, justify="right")
        table.add_column(no_wrap=True)
        with self._lock:
            for key, work in self._board.items():
                cells = key, work.time(now), work.progress(), _first_line(work.step)
                table.add_row(*(Text(cell) for cell in cells))
        return table


@dataclass
class PlainReporter:
    """One line for each change, for files, pipes and CI logs."""

    console: Console
    in_github_actions: bool = False
    clock: Callable[[], float] = time.monotonic
    _began: dict[str, float] = field(default_factory=dict)
    _last_said: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def started(self, key: str, expected: float | None = None) -> None:
        """Say so."""
        with self._lock:
            self._began[key] = self.clock()
            self._print(f"{key}: started" + (f", took {human_time(expected)} last time" if expected else ""))

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """Say so when nothing has been said of this work for a while: a log is read later, and its length counts."""
        counts = _Work(0, done=done, total=total, cached=cached).progress()
        progress = f"{counts} " if counts else ""
        with self._lock:
            now = self.clock()
            if now - self._last_said.get(key, self._began.get(key, now)) >= SECONDS_BETWEEN_STEPS:
                self._last_said[key] = now
                self._print(f"{key}: {progress}{_first_line(text)}")

    def finished(self, key: str, *, ok: bool, text: str, place: Place | None = None) -> None:
        """Say so with the time it took, and show the evidence of a failure."""
        first, _, rest = printable(text).partition("\n")
        with self._lock:
            seconds = self.clock() - self._began.pop(key, self.clock())
            self._print(f"{key}: {'' if ok else 'FAILED: '}{first} ({human_time(seconds)})")
            if not ok and self.in_github_actions:
                self._annotate(key, first, rest, place)
            elif not ok and rest.strip():
                self._print(rest.rstrip())

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


def _first_line(text: str) -> str:
    return printable(text).strip().partition("\n")[0]


def _escape(text: str, *, in_property: bool = False) -> str:
    """A text as GitHub's workflow commands want it."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
