"""What is printed suits where it goes, and a tool's text is shown as it is."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit.console import make_console, printable

if TYPE_CHECKING:
    from rich.console import Console

WRITER = """
from runtimekit.console import make_console
console = make_console()
for number in range(20_000):
    console.print(number)
raise SystemExit(3)
"""


def printed(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], *, terminal: bool) -> tuple[Console, io.StringIO]:
    """A console that prints into a string, with or without a terminal."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stdout", stream)
    return make_console(environ=environ), stream


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "xterm"}])
def test_there_are_no_control_characters_without_a_capable_terminal(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    """NO_COLOR and TERM=dumb on a terminal; a pipe whatever TERM says."""
    console, stream = printed(monkeypatch, environ, terminal=len(environ) == 2 or environ["TERM"] == "dumb")
    console.print("text", style="red")
    assert stream.getvalue() == "text\n"


def test_a_terminal_gets_colours_and_a_live_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dumb one gets neither."""
    console, stream = printed(monkeypatch, {"TERM": "xterm"}, terminal=True)
    console.print("text", style="red")
    assert "\x1b[" in stream.getvalue()
    assert console.is_interactive
    assert not printed(monkeypatch, {"TERM": "dumb"}, terminal=True)[0].is_interactive
    assert not printed(monkeypatch, {"TERM": "xterm"}, terminal=False)[0].is_interactive


def test_the_width_is_columns_else_wide_enough_for_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """80 would fold them in every CI log."""
    assert printed(monkeypatch, {"COLUMNS": "60"}, terminal=False)[0].width == 60
    assert printed(monkeypatch, {}, terminal=False)[0].width == 120


def test_nothing_is_taken_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets and colons are text."""
    console, stream = printed(monkeypatch, {}, terminal=False)
    console.print("[red]not red[/red] :smile: [/] 1.0")
    assert stream.getvalue() == "[red]not red[/red] :smile: [/] 1.0\n"


def test_a_reader_that_goes_away_does_not_change_the_exit_code() -> None:
    """As ``invoke list | head -1``."""
    source = Path(__file__).parents[3] / "src"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": str(source)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link", "textlink"),
        ("a\r\nb\tc\rd", "a\nb\tcd"),
        ("\x00\x07\x9b31mred", "31mred"),
        ("ünï😀", "ünï😀"),
    ],
)
def test_control_characters_are_taken_out(text: str, expected: str) -> None:
    """Colours, titles, links, cursor movements."""
    assert printable(text) == expected
