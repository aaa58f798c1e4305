"""Progress is a live board on a terminal and single lines elsewhere; failures come with their evidence."""

from __future__ import annotations

import io
import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from clocks import Clock
from rich.console import Console

from runtimekit.console import plain as plain_module
from runtimekit.console.progress import LiveReporter, PlainReporter, choose_reporter

if TYPE_CHECKING:
    import pytest

KEY = "node-22 linux/amd64"


def plain(*, in_github_actions: bool = False) -> tuple[PlainReporter, io.StringIO, Clock]:
    """A plain reporter, what it prints, and its clock."""
    stream, clock = io.StringIO(), Clock()
    console = Console(file=stream, width=40, markup=False)
    return PlainReporter(console, in_github_actions=in_github_actions, clock=clock), stream, clock


def test_the_reporter_suits_where_the_output_goes() -> None:
    """A board needs a terminal that can move its cursor."""
    terminal = Console(file=io.StringIO(), force_terminal=True, force_interactive=True)
    assert isinstance(choose_reporter(terminal, {}), LiveReporter)
    pipe = choose_reporter(Console(file=io.StringIO()), {"GITHUB_ACTIONS": "true"})
    assert isinstance(pipe, PlainReporter)
    assert pipe.in_github_actions


def test_each_change_is_one_line() -> None:
    """Long lines do not wrap, steps are printed at intervals, and no text is markup."""
    reporter, stream, clock = plain()
    with reporter:
        reporter.started(KEY)
        reporter.step(KEY, "too soon to be worth a line", 1, 9)
        clock.now = 10
        reporter.step(KEY, "RUN [red]\x1b[1mapt-get[/red] install a lot of packages\nmore", 3, 9)
        clock.now = 15
        reporter.step(KEY, "too soon again", 4, 9)
        clock.now = 20
        reporter.step(KEY, "exporting", 0, 0)
        clock.now = 41.3
        reporter.finished(KEY, ok=True, text="built\nnot shown after success")
    assert stream.getvalue().splitlines() == [
        f"{KEY}: started",
        f"{KEY}: 3/9 RUN [red]apt-get[/red] install a lot of packages",
        f"{KEY}: exporting",
        f"{KEY}: built (41 s)",
    ]


def test_a_failure_shows_its_evidence() -> None:
    """Below the line that says what failed."""
    reporter, stream, _ = plain()
    reporter.started(KEY)
    reporter.finished(KEY, ok=False, text="build.sh failed\nindex.go:3: undefined: x\n")
    assert stream.getvalue().splitlines()[1:] == [
        f"{KEY}: FAILED: build.sh failed (0.0 s)",
        "index.go:3: undefined: x",
    ]


def test_github_gets_an_annotation_and_a_group() -> None:
    """And a log that gives commands is not obeyed."""
    reporter, stream, _ = plain(in_github_actions=True)
    reporter.finished("a:b,c", ok=False, text="100% broken\nlog\n::error::forged")
    lines = stream.getvalue().splitlines()
    assert lines[1:3] == ["::error title=a%3Ab%2Cc::100%25 broken", "::group::a:b,c: the last lines"]
    stop = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[3])
    assert stop
    assert lines[4:] == ["log", "::error::forged", f"::{stop[1]}::", "::endgroup::"]


def test_silence_is_reported_after_a_minute_and_again_at_growing_intervals() -> None:
    """With the work, its log and the time. An update ends the silence."""
    reporter, stream, clock = plain()
    reporter.started(KEY, log=Path("build/logs/node-22.log"))
    reporter.step(KEY, "RUN npm ci", 3, 9)
    told = []
    for second in range(1, 1100):
        clock.now = second
        before = stream.tell()
        reporter.report_silence()
        if stream.tell() > before:
            told.append(second)
    assert told == [60, 120, 240, 480, 780, 1080]
    lines = stream.getvalue().splitlines()
    assert lines[1] == f"{KEY}: silent for 1 min 0 s: 3/9 RUN npm ci (log: build/logs/node-22.log)"
    reporter.step(KEY, "RUN npm test", 4, 9)
    clock.now += 59
    reporter.report_silence()
    clock.now += 1
    reporter.report_silence()
    assert [line for line in stream.getvalue().splitlines() if "silent" in line][len(told) :] == [
        f"{KEY}: silent for 1 min 0 s: 4/9 RUN npm test (log: build/logs/node-22.log)"
    ]


def test_silence_from_the_start_is_reported() -> None:
    """Of a build whose client waits, and of work that waits before it starts."""
    reporter, stream, clock = plain()
    reporter.started("quiet")
    reporter.step("queued", "waits for another run", 0, 0)
    clock.now = 3600  # the machine slept: told once
    reporter.report_silence()
    reporter.report_silence()
    assert stream.getvalue().splitlines() == [
        "quiet: started",
        "quiet: silent for 60 min 0 s",
        "queued: silent for 60 min 0 s: waits for another run",
    ]
    reporter.finished("quiet", ok=True, text="built")
    clock.now = 7200
    reporter.report_silence()
    assert "quiet: silent for 120" not in stream.getvalue()


def test_a_plain_reporter_polls_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else calls it during silence. The thread ends with the context."""
    monkeypatch.setattr(plain_module, "POLL_SECONDS", 0.01)
    reporter, stream, clock = plain()
    with reporter:
        reporter.started(KEY)
        clock.now = 61
        end = time.monotonic() + 20
        while "silent for 1 min 1 s" not in stream.getvalue():
            assert time.monotonic() < end, stream.getvalue()
    assert "silence" not in [thread.name for thread in threading.enumerate()]
