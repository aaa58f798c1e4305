"""Progress is a live board on a terminal and single lines elsewhere; failures come with their evidence."""

from __future__ import annotations

import io
import re
import threading

from rich.console import Console

from runtimekit.console.reporter import LiveReporter, PlainReporter, choose_reporter

KEY = "node-22 linux/amd64"


class Clock:
    """Time that passes when told to."""

    now = 0.0

    def __call__(self) -> float:
        """Now."""
        return self.now


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
    """Long ones are not folded, steps are told only now and then, and no text is markup."""
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


def test_many_threads_can_report_to_one_board() -> None:
    """Nothing is lost, and the row of what has finished goes away."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, force_interactive=True, width=100, markup=False)
    reporter = LiveReporter(console)

    def work(number: int) -> None:
        key = f"runtime-{number}"
        reporter.started(key)
        for step in range(50):
            reporter.step(key, f"step [{step}]", step, 50)
        reporter.finished(key, ok=number != 3, text=f"done-{number}\nevidence-{number}")

    with reporter:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert reporter._render().row_count == 0
    text = stream.getvalue()
    assert all(f"done-{number}" in text for number in range(8))
    assert "evidence-3" in text
    assert "evidence-4" not in text


def test_the_board_shows_what_is_going_on() -> None:
    """The step, how far it is, and for how long."""
    clock, stream = Clock(), io.StringIO()
    console = Console(file=stream, width=100, markup=False)
    reporter = LiveReporter(console, clock=clock)
    reporter.started(KEY)
    reporter.step(KEY, "RUN [x] make\nnext line", 3, 9)
    clock.now = 12
    console.print(reporter._render())
    assert stream.getvalue().split() == [*KEY.split(), "12", "s", "3/9", "RUN", "[x]", "make"]
