"""The live display fits its terminal: no line wraps, nothing scrolls away, and finished work becomes a count."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest
from clocks import Clock
from rich.cells import cell_len
from rich.console import Console

from runtimekit.console.progress import LiveReporter

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "node-22 linux/amd64"
LONG = "RUN apt-get update && apt-get install -y --no-install-recommends g++ [red] and a lot of other packages\nmore"
BASES = [f"base maven:3.9-amazoncorretto-{number}-debian-trixie" for number in range(24)]
IMAGES = [f"python-3.{number} linux/amd64, linux/arm64" for number in range(36)]


def board(width: int = 80, height: int = 24) -> tuple[LiveReporter, Clock]:
    """A reporter on a terminal of this size, and its clock. Nothing is written until it is asked for its lines."""
    clock = Clock()
    console = Console(file=io.StringIO(), width=width, height=height, markup=False, force_terminal=True)
    return LiveReporter(console, clock=clock), clock


def lines_of(reporter: LiveReporter) -> list[str]:
    """What stands on the terminal, as rich lays it out."""
    console = reporter.console
    laid_out = console.render_lines(reporter._render(), pad=False)
    return ["".join(segment.text for segment in line).rstrip() for line in laid_out]


def test_the_display_shows_running_work() -> None:
    """The step, how far it is, and for how long."""
    reporter, clock = board()
    reporter.started(KEY)
    reporter.step(KEY, "RUN [x] make\nnext line", 3, 9)
    clock.now = 12
    row, footer = lines_of(reporter)
    assert row.split() == [*KEY.split(), "12", "s", "3/9", "RUN", "[x]", "make"]
    assert footer.strip() == "0 done, 12 s"


def test_a_wide_terminal_shows_more() -> None:
    """How long it took last time, and what came from the cache."""
    for width, shown in ((80, False), (130, True)):
        reporter, clock = board(width)
        reporter.started(KEY, expected=20)
        reporter.step(KEY, "exporting", 3, 9, cached=2)
        clock.now = 12
        text = "\n".join(lines_of(reporter))
        assert ("12 s of ~20 s" in text, "3/9, 2 cached" in text) == (shown, shown)


def test_a_row_shows_a_minute_of_silence() -> None:
    """With its length, at 80 columns, until the next update."""
    reporter, clock = board()
    name = BASES[17]
    reporter.started(name)
    reporter.step(name, LONG, 12, 14)
    clock.now = 59
    assert "silent" not in lines_of(reporter)[0]
    for clock.now, words in ((60, "1 min 0 s"), (61, "1 min 1 s"), (605, "10 min 5 s")):
        assert f"silent for {words}" in lines_of(reporter)[0]
    clock.now = 665
    reporter.step(name, "[stage-0 3/6] RUN make", 13, 14)
    clock.now += 60
    assert lines_of(reporter)[0].endswith("silent for 1 min 0 s: …")
    reporter.step(name, "[stage-0 3/6] RUN make", 13, 14)
    assert lines_of(reporter)[0].endswith("13/14  RUN make")
    assert "silent" not in lines_of(reporter)[0]


def moments(reporter: LiveReporter, clock: Clock) -> Iterator[str]:
    """Yield a label at each change of a whole first run with four jobs."""
    everything = [*BASES, "gateway", *IMAGES]
    reporter.planned(len(everything))
    going: list[str] = []
    for key in everything:
        clock.now += 100.5
        reporter.started(key, expected=1234.0)
        going.append(key)
        reporter.step(key, LONG, 12, 14, cached=11)
        yield f"{key} goes on"
        if len(going) == 4:
            reporter.finished(going.pop(0), ok=True, text="built")
            yield "and another is done"
    while going:
        reporter.finished(going.pop(0), ok=True, text="built")
        yield "the last are done"


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 10), (200, 50)])
def test_a_whole_fleet_fits_the_terminal(width: int, height: int) -> None:
    """At any moment: one line a row, one line left for the cursor."""
    reporter, clock = board(width, height)
    for moment in moments(reporter, clock):
        lines = lines_of(reporter)
        assert len(lines) < height, moment
        assert max(cell_len(line) for line in lines) <= width, (moment, lines)
    first, *rest = lines_of(reporter)
    shown = sum("built" in line or "linux" in line or "base" in line for line in rest)
    assert first == f"✓ {61 - shown} more done"
    assert rest[-1].strip().startswith("61 of 61 done")


def test_running_work_has_rows_before_finished_work() -> None:
    """And names of bases differ although they are cut."""
    reporter, clock = board()
    for moment in moments(reporter, clock):
        lines = lines_of(reporter)
        going = [line for line in lines if "12/14" in line]
        assert len(going) == len(reporter._rows), moment
        assert len({line[:36] for line in going}) == len(going)


def test_more_work_than_lines_is_counted() -> None:
    """As with many jobs on a terminal with few lines."""
    reporter, _ = board(height=10)
    for key in IMAGES:
        reporter.started(key)
    lines = lines_of(reporter)
    assert len(lines) == 9
    assert lines[-2].strip() == "and 29 more"


def test_a_failure_stays_above_the_board_with_its_evidence() -> None:
    """And at the end, what was done stays, too."""
    reporter, _ = board()
    stream = reporter.console.file
    assert isinstance(stream, io.StringIO)
    with reporter:
        for key in (*BASES, "broken"):
            reporter.started(key)
            reporter.finished(key, ok=key != "broken", text=f"end of {key}\nevidence of {key}")
    text = stream.getvalue()
    assert "end of broken" in text
    assert "evidence of broken" in text
    assert "evidence of base" not in text
    left = text[text.rindex("✓ 3 more done") :].splitlines()
    assert len(left) == 22
    assert "1 failed" in text


def test_many_threads_can_report_to_one_board() -> None:
    """Nothing is lost, and the row of what has finished goes away."""
    reporter, _ = board(width=100)

    def work(number: int) -> None:
        key = f"runtime-{number}"
        reporter.started(key)
        for step in range(50):
            reporter.step(key, f"step [{step}]", step, 50)
        reporter.finished(key, ok=True, text=f"done-{number}")

    with reporter:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lines = lines_of(reporter)
    assert all(any(f"done-{number}" in line for line in lines) for number in range(8))
    assert lines[-1].strip().startswith("8 done")
