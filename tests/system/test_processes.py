"""Deadlines of programs and of all that they start: real processes, in real time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from processes import gone, python

from runtimekit.errors import CommandError, DeadlineError
from runtimekit.support import commands

if TYPE_CHECKING:
    from pathlib import Path

GRANDCHILD = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {script!r}])
print(child.pid, flush=True)
{then}
"""


def test_a_command_that_falls_silent_is_ended_long_before_its_deadline() -> None:
    """With what it said, and all that it has started: a child that waits, too."""
    waiting = "import subprocess; print('asking', flush=True); subprocess.run(['sleep', '600'])"
    with pytest.raises(CommandError, match="asking\nno answer for 1 s, so it was ended") as caught:
        commands.run(python(waiting), doing="fetching", silence=1)
    assert caught.value.status == commands.SILENT


def test_a_command_that_reads_or_computes_is_not_silent() -> None:
    """However little it says."""
    reading = "import time\nfor _ in range(10): open('/dev/zero').read(9000), time.sleep(0.3)"
    computing = "import time\nend = time.monotonic() + 7\nwhile time.monotonic() < end: pass"
    assert commands.run(python(reading), doing="reading", silence=2).returncode == 0
    assert commands.run(python(computing), doing="computing", silence=6).returncode == 0


def test_what_a_command_leaves_behind_is_ended() -> None:
    """Its whole group, also when the command itself ended well."""
    script = GRANDCHILD.format(script="import time; time.sleep(60)", then="")
    with commands.process(python(script), stdout=-1) as running:
        assert running.stdout is not None
        pid = int(running.stdout.readline())
    assert gone(pid)


def test_a_grandchild_may_clear_up_before_it_is_ended(tmp_path: Path) -> None:
    """A session's own process ends at once when asked; what it started has containers to remove."""
    mark = tmp_path / "cleared"
    slow = (
        "import signal, sys, time, pathlib\n"
        f"def clear(*_): time.sleep(0.5); pathlib.Path({str(mark)!r}).touch(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, clear)\ntime.sleep(60)"
    )
    script = GRANDCHILD.format(script=slow, then="time.sleep(60)")
    with commands.process(python(script), stdout=-1) as running:
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(0.5)  # the grandchild sets its handler
    assert mark.exists()


def test_a_late_program_that_is_heard_is_ended_with_its_words() -> None:
    """And who cannot note what is heard, as on a full disk, does not stop it."""

    def hear(_line: str) -> None:
        raise OSError(28, "No space left on device")

    began = time.monotonic()
    with pytest.raises(DeadlineError, match="last words"):
        commands.run(
            python("import os, time; os.write(2, b'last words\\n' * 9000); time.sleep(60)"),
            doing="talking",
            deadline=2,
            on_line=hear,
        )
    assert time.monotonic() - began < 20
