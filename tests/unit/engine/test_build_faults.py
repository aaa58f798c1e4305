"""What if docker hangs, dies or prints garbage? A script takes its place."""

from __future__ import annotations

import sys
import textwrap
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import buildx
from runtimekit.errors import DeadlineError, ImageBuildError

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.engine.progress import Progress

EVENT = '{"vertexes": [{"digest": "sha256:1", "name": "[1/1] RUN x", "started": "t"}]}'


class Play:
    """Runs a build against a script in docker's place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "build.log"
        self.seen: list[str] = []
        self.cancelled = threading.Event()

    def run(self, script: str, deadline: float = 20) -> None:
        """`err` is docker's stderr, in bytes."""
        prelude = "import os, subprocess, sys, time\nerr = sys.stderr.buffer\n"
        program = self.folder / "play.py"
        program.write_text(prelude + textwrap.dedent(script))
        engine: Any = SimpleNamespace(command=[sys.executable, str(program)], environment=lambda: None)
        request = buildx.BuildRequest(name="x", folder=self.folder, platforms=("linux/amd64",))

        def watch(progress: Progress) -> None:
            self.seen.append(progress.current)

        buildx.build(engine, request, log=self.log, deadline=deadline, watch=watch, cancelled=self.cancelled)


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """A stage."""
    return Play(tmp_path)


def test_a_good_build_leaves_a_log_that_begins_with_its_command(play: Play) -> None:
    """So anybody can repeat it by hand."""
    play.run(f"err.write(b'''{EVENT}\\n''')")
    assert play.log.read_text().startswith("$ ")
    assert "[1/1] RUN x" in play.seen


def test_a_failure_has_its_last_lines_and_the_dockerfiles_line(play: Play) -> None:
    """The error shows where to look."""
    with pytest.raises(ImageBuildError) as caught:
        play.run(
            f"""
            err.write(b'''{EVENT}\\nDockerfile:7\\n-----\\n   7 | >>> RUN x\\nERROR: exit code: 3\\n''')
            sys.exit(1)
            """
        )
    assert caught.value.line == 7
    assert "ERROR: exit code: 3" in str(caught.value)


FLAKY = """
    with open("{count}", "a") as file:
        file.write("x")
    if os.path.getsize("{count}") < {good}:
        err.write(b"{words}\\n")
        sys.exit(1)
    """


@pytest.mark.parametrize(
    ("words", "good", "attempts"),
    [
        ("E: Failed to fetch http://mirror/x.deb  Connection reset by peer", 2, 2),
        ("failed to do request: 503 Service Unavailable", 3, 3),
        ("E: Unable to fetch some archives", 9, 3),
        ("process did not complete successfully: exit code: 137: context canceled: context canceled", 2, 2),
        ("failed to commit 9tgc to vq30 during finalize: snapshot 9tgc does not exist: not found", 2, 2),
        ("failed to prepare extraction snapshot: parent snapshot sha256:3d94b does not exist: not found", 2, 2),
        ("fetch.sh: not reached: CPAN (connection timed out); cpanm gave up after 4 of 4 tries", 2, 1),
        ("error: expected expression", 2, 1),
        ("sh: 1: unexpected EOF while looking for matching quote", 2, 1),
    ],
)
def test_what_a_server_failed_in_passing_is_tried_again(
    play: Play, monkeypatch: pytest.MonkeyPatch, words: str, good: int, attempts: int
) -> None:
    """Not for ever, and not an error of the build itself."""
    monkeypatch.setattr(buildx, "RETRY_DELAYS_SECONDS", (0.0, 0.0))
    count = play.folder / "count"
    script = FLAKY.format(count=count, good=good, words=words)
    if attempts < good:
        with pytest.raises(ImageBuildError):
            play.run(script)
    else:
        play.run(script)
    assert count.stat().st_size == attempts
    assert play.log.read_text().count("$ ") == attempts


def test_bytes_that_are_no_text_are_replaced(play: Play) -> None:
    """They never break the report."""
    with pytest.raises(ImageBuildError, match="caf\ufffd"):
        play.run("err.write(b'caf\\xe9\\n'); sys.exit(1)")


@pytest.mark.parametrize(
    "rubbish",
    ["{not json}", '{"vertexes": [1, {}]}', '{"logs": [{"data": 1}]}', '{"vertexes": 3}', "[[[", "}", '{"a":' * 50],
)
def test_rubbish_between_events_goes_to_the_log_and_the_rest_is_still_understood(play: Play, rubbish: str) -> None:
    """Other versions of buildx write it, or a plugin prints it."""
    play.run(f"err.write({rubbish!r}.encode() + b'\\n' + b'''{EVENT}\\n''')")
    assert rubbish[:5].strip("{}[") in play.log.read_text()


def test_a_huge_line_and_a_flood_stay_quick_and_small_in_the_error(play: Play) -> None:
    """10 MB in one line, then 300,000 short ones: the log has all, the error a little."""
    began = time.monotonic()
    with pytest.raises(ImageBuildError) as caught:
        play.run("err.write(b'x' * 10_000_000 + b'\\n'); err.write(b'short line\\n' * 300_000); sys.exit(1)")
    assert len(str(caught.value)) < 100_000
    assert play.log.stat().st_size > 13_000_000
    assert time.monotonic() - began < 15


def test_docker_that_hangs_is_ended_at_its_deadline(play: Play) -> None:
    """The error holds the last lines."""
    began = time.monotonic()
    with pytest.raises(DeadlineError, match="last words"):
        play.run("err.write(b'last words\\n'); err.flush(); time.sleep(60)", deadline=0.5)
    assert time.monotonic() - began < 10


def test_docker_that_does_not_listen_is_ended_all_the_same(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM first, SIGKILL then."""
    monkeypatch.setattr(buildx.commands.end_group, "__kwdefaults__", {"grace": 0.3})
    with pytest.raises(DeadlineError):
        play.run("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", deadline=0.5)


def test_docker_that_is_killed_is_a_failure(play: Play) -> None:
    """With the signal as exit status."""
    with pytest.raises(ImageBuildError, match="exit status -9"):
        play.run("os.kill(os.getpid(), 9)")


def test_a_grandchild_that_holds_the_pipe_does_not_hold_us(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended with its process group."""
    monkeypatch.setattr(buildx, "LINGER_SECONDS", 0.2)
    began = time.monotonic()
    play.run("subprocess.Popen(['sleep', '60'])")
    assert time.monotonic() - began < 10


def test_cancelling_ends_the_build_soon(play: Play) -> None:
    """As Ctrl-C does."""
    threading.Timer(0.3, play.cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        play.run("time.sleep(60)")
    assert time.monotonic() - began < 5


def test_the_log_grows_as_the_build_prints(play: Play) -> None:
    """Whoever waits for a build reads the log, so every line is written at once."""
    play.run(
        f"""
        err.write(b'''{EVENT}\\n''')
        err.flush()
        end = time.monotonic() + 20
        while "[1/1] RUN x" not in open({str(play.log)!r}).read():
            if time.monotonic() > end:
                sys.exit(7)
            time.sleep(0.01)
        """
    )


def test_a_log_that_has_begun_is_gone_on_with(play: Play) -> None:
    """It says why nothing was built at first."""
    play.log.write_text("waits for its base\n")
    play.run(f"err.write(b'''{EVENT}\\n''')")
    assert play.log.read_text().startswith("waits for its base\n$ ")
