"""A node that goes away, told apart from a build that fails. A program plays docker, its builds and its nodes."""

from __future__ import annotations

import sys
import textwrap
import threading
import time
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import builders
from runtimekit.engine.builders import Node
from runtimekit.engine.buildx import BuildRequest
from runtimekit.errors import DeadlineError, ImageBuildError, NodeLostError
from runtimekit.images.nodes import watch

if TYPE_CHECKING:
    from pathlib import Path

NODE = Node("mine", "remote", "mine0", "tcp://a:1", (), {"Name": "mine0"})
ALIVE = "print('x\\nNodes:\\nStatus: running')"
SILENT = "time.sleep(60)"
GONE = "print('x\\nNodes:\\nStatus: inactive')"
"""What a node says of itself: that it runs, nothing at all, that nobody is there."""


class Play:
    """Runs a build on a node: one script plays buildx build, another what the node says of itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cancelled = threading.Event()

    def run(self, build: str, inspect: str, silence: float = 30, deadline: float = 20) -> int:
        """How many times buildx was called to build."""
        program = self.folder / "play.py"
        calls = self.folder / "calls"
        body = textwrap.indent(textwrap.dedent(build).strip(), "    ")
        program.write_text(
            f"import sys, time\ndef say(text):\n    sys.stderr.write(text + '\\n')\n    sys.stderr.flush()\n"
            f"if 'inspect' in sys.argv:\n    {inspect}\nelse:\n"
            f"    open({str(calls)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n{body}\n"
        )
        engine: Any = SimpleNamespace(command=[sys.executable, str(program)], environment=dict)
        request = BuildRequest(name="x linux/amd64", folder=self.folder, platforms=("linux/amd64",))
        watch.build(
            engine,
            NODE,
            request,
            log=self.folder / "build.log",
            deadline=deadline,
            watch=lambda _progress: None,
            cancelled=self.cancelled,
            silence=silence,
        )
        said = calls.read_text().splitlines()
        assert all(words.startswith("buildx build --builder=mine ") for words in said)
        return len(said)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A stage, on which nodes must be quick."""
    monkeypatch.setattr(builders, "ask", partial(builders.ask, seconds=0.4))
    return Play(tmp_path)


def test_a_build_that_ends_well_asks_nobody(play: Play) -> None:
    """Whatever the node would say."""
    assert play.run("say('fine')", SILENT) == 1


@pytest.mark.parametrize(
    "words",
    [
        "ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF",
        "ERROR: failed to solve: Unavailable: rpc error: code = Unavailable desc = connection refused",
        "ERROR: context deadline exceeded",
        "ERROR: listing workers: failed to list workers: DeadlineExceeded: context deadline exceeded",
    ],
)
def test_what_buildx_says_when_buildkit_went_away_is_the_nodes_end(play: Play, words: str) -> None:
    """At once, even if it answers again: what it was building is lost. No second attempt on it."""
    with pytest.raises(NodeLostError, match="the node mine0 went away while it was building x linux/amd64") as caught:
        play.run(f"say({words!r})\nsys.exit(1)", ALIVE)
    assert caught.value.words == words.removeprefix("ERROR: ")
    assert (play.folder / "calls").read_text().count("\n") == 1


def test_a_build_that_fails_is_never_taken_for_a_node_that_went_away(play: Play) -> None:
    """Although its own words are those of one, and the node is silent by now."""
    words = "ERROR: failed to receive status: rpc error: code = Unavailable"
    last = 'ERROR: failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 7'
    with pytest.raises(ImageBuildError, match="exit code: 7"):
        play.run(f"say({words!r})\nsay({last!r})\nsys.exit(1)", SILENT)


def test_a_build_that_ends_without_a_reason_is_the_nodes_end_if_it_is_silent(play: Play) -> None:
    """And the build's if it is not."""
    script = "say('ERROR: failed to solve: canceled')\nsys.exit(1)"
    with pytest.raises(NodeLostError, match="tcp://a:1 does not answer"):
        play.run(script, GONE)
    with pytest.raises(ImageBuildError, match="canceled"):
        play.run(script, ALIVE)


def test_a_node_that_hangs_ends_the_build_long_before_its_deadline(play: Play) -> None:
    """Nothing moves, and nobody answers."""
    began = time.monotonic()
    with pytest.raises(NodeLostError, match=r"nothing moved for 0\.5 s, and tcp://a:1 gave no answer within 0\.4 s"):
        play.run("time.sleep(60)", SILENT, silence=0.5)
    assert time.monotonic() - began < 10


def test_a_step_that_says_nothing_for_long_is_left_alone_where_the_node_answers(play: Play) -> None:
    """Compilers do. It is asked once for each such while."""
    asked = play.folder / "asked"
    assert play.run("time.sleep(0.9)", f"open({str(asked)!r}, 'a').write('x'); {ALIVE}", silence=0.3) == 1
    assert 1 <= asked.stat().st_size <= 3


def test_a_build_that_moves_on_asks_nobody(play: Play) -> None:
    """However long it takes."""
    assert play.run("for _ in range(10):\n    say('on')\n    time.sleep(0.06)", SILENT, silence=0.5) == 1


def test_the_deadline_is_the_builds_on_a_node_that_answers_and_else_the_nodes(play: Play) -> None:
    """Trying elsewhere helps only with the second."""
    with pytest.raises(DeadlineError):
        play.run("time.sleep(60)", ALIVE, deadline=0.3)
    with pytest.raises(NodeLostError):
        play.run("time.sleep(60)", SILENT, deadline=0.3)


def test_an_interrupted_run_is_no_lost_node(play: Play) -> None:
    """Ctrl-C ends the build, and that is all."""
    threading.Timer(0.5, play.cancelled.set).start()
    with pytest.raises(KeyboardInterrupt):
        play.run("time.sleep(60)", SILENT)
