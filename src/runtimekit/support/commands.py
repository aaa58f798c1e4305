"""Runs other programs. Every process that this project starts and waits for is started here."""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from runtimekit.errors import CommandError, DeadlineError
from runtimekit.support.activity import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

TAIL_CHARACTERS = 4_000
GRACE_SECONDS = 5.0
"""How long a program that was asked to end may take. In seconds."""
POLL_SECONDS = 0.02
WATCH_SECONDS = 0.5
"""How often a command is checked for silence. In seconds."""
SILENT = 124
"""The exit status of a command that was ended for its silence, the same as that of timeout(1)."""


def quoted(argv: Sequence[str]) -> str:
    """The command as a line for a shell, for messages and logs."""
    return shlex.join(argv)


@contextmanager
def process(
    argv: Sequence[str],
    *,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    grace: float = GRACE_SECONDS,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command in a process group of its own; the whole group is ended when the block is left early.

    A group of its own keeps a terminal's Ctrl-C from reaching the child first: we end it, after we have understood
    what was interrupted.
    """
    running = subprocess.Popen(
        [*_ends_with_us(), *argv], stdin=stdin, stdout=stdout, stderr=stderr, env=env, cwd=cwd, start_new_session=True
    )
    try:
        yield running
    finally:
        end_group(running, grace=grace)
        for pipe in (running.stdin, running.stdout, running.stderr):
            if pipe:
                pipe.close()


@functools.cache
def _ends_with_us() -> tuple[str, ...]:
    """What makes a child end when this process is killed and cannot end it: nothing is left behind."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM") if setpriv else ()


def end_group(running: subprocess.Popen[bytes], *, grace: float = GRACE_SECONDS) -> None:
    """End a command and its process group: SIGTERM first, SIGKILL after ``grace`` seconds.

    A grandchild can outlive its parent and hold a pipe that we read, or have things of its own to clear up: what counts
    is that the whole group is gone. Harmless when it is gone already.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not _lives(running):
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, number)
        end = time.monotonic() + grace
        while _lives(running) and time.monotonic() < end:
            time.sleep(POLL_SECONDS)


def _lives(running: subprocess.Popen[bytes]) -> bool:
    """Whether any process of the group still exists. Reaps the first one."""
    if running.poll() is None:
        return True
    try:
        os.killpg(running.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def run(
    argv: Sequence[str],
    *,
    doing: str,
    deadline: float = 600,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    data: bytes | None = None,
    check: bool = True,
    on_line: Callable[[str], None] | None = None,
    silence: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return its output as text, undecodable bytes replaced.

    Args:
        argv: The program and its arguments; no shell is involved.
        doing: What this is for, as in "fetching packages"; errors start with it.
        deadline: Seconds after which the whole process group is ended.
        env: The complete environment; by default ours.
        cwd: Where to run it.
        data: Bytes for its standard input.
        check: Whether a non-zero exit status is an error.
        on_line: Is told each line that it prints on standard error, while it runs.
        silence: Seconds after which it is ended if it neither computes nor reads: for what waits for a server.

    Raises:
        CommandError: It could not be started, fell silent, or ended with a non-zero status (with ``check``).
        DeadlineError: It took longer than ``deadline``.
    """
    try:
        with process(
            argv,
            stdin=subprocess.PIPE if data is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=cwd,
        ) as running:
            heard = _Heard(running, on_line) if on_line else None
            out, err = _outcome(running, argv, doing, deadline, data, silence, heard)
    except OSError as error:
        raise CommandError(doing, quoted(argv), 127, f"{argv[0]}: {error.strerror}") from error
    if check and running.returncode != 0:
        raise CommandError(doing, quoted(argv), running.returncode, _tail(err or out))
    return subprocess.CompletedProcess(
        list(argv), running.returncode, out.decode(errors="replace"), err.decode(errors="replace")
    )


class _Heard:
    """What a process prints on standard error, passed on line by line while it runs."""

    def __init__(self, running: subprocess.Popen[bytes], on_line: Callable[[str], None]) -> None:
        pipe, running.stderr = running.stderr, None  # communicate() leaves alone what it does not know
        assert pipe is not None  # noqa: S101 - for the type checker: run() asks for it
        self._pipe = pipe
        self._lines: list[bytes] = []
        self._on_line = on_line
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self._pipe:
            for line in self._pipe:
                self._lines.append(line)
                with suppress(OSError):  # who hears writes logs: a full disk must not make the program wait for ever
                    self._on_line(line.decode(errors="replace").rstrip("\r\n"))

    def all(self, seconds: float = GRACE_SECONDS) -> bytes:
        """All of it. What the process has left behind may hold the pipe: then what there is after these seconds."""
        self._thread.join(seconds)
        return b"".join(self._lines)


def _outcome(
    running: subprocess.Popen[bytes],
    argv: Sequence[str],
    doing: str,
    deadline: float,
    data: bytes | None,
    silence: float | None,
    heard: _Heard | None,
) -> tuple[bytes, bytes]:
    """What a command prints until it ends by itself."""
    watch = Watch(running.pid, silence) if silence else None
    end = time.monotonic() + deadline
    while True:
        try:
            out, err = running.communicate(data, timeout=WATCH_SECONDS if watch else deadline)
        except subprocess.TimeoutExpired as late:
            words = _tail((heard.all(0) if heard else late.stderr or b"") + (late.stdout or b""))
            data = None  # it goes on with what it was given
            if watch and watch.is_silent():
                words = f"{words}\nno answer for {silence:g} s, so it was ended".strip()
                raise CommandError(doing, quoted(argv), SILENT, words) from None
            if time.monotonic() >= end:
                raise DeadlineError(doing, deadline, words) from None
        else:
            return out, heard.all() if heard else err


def _tail(output: bytes) -> str:
    return output.decode(errors="replace")[-TAIL_CHARACTERS:].strip()
