"""Other programs: their output, their failures, their ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtimekit.errors import CommandError, DeadlineError
from runtimekit.support import commands


def python(script: str) -> list[str]:
    """A program."""
    return [sys.executable, "-c", script]


def test_output_is_text_whatever_its_bytes() -> None:
    """Undecodable ones are replaced."""
    answer = commands.run(python("import os; os.write(1, b'caf\\xe9')"), doing="printing")
    assert answer.stdout == "caf\ufffd"


def test_a_failure_names_the_purpose_the_command_and_the_last_words() -> None:
    """And not all of the output."""
    with pytest.raises(CommandError) as caught:
        commands.run(
            python("import sys; print('x' * 100_000, file=sys.stderr); sys.exit('last words')"), doing="trying"
        )
    text = str(caught.value)
    assert text.startswith("trying failed with exit status 1")
    assert text.endswith("last words")
    assert len(text) < 6_000


def test_a_program_that_does_not_exist_is_a_failure_too() -> None:
    """Exit status 127, as in a shell."""
    with pytest.raises(CommandError) as caught:
        commands.run(["/no/such/program"], doing="trying")
    assert caught.value.status == 127


def test_a_deadline_ends_it_and_shows_what_it_said() -> None:
    """Evidence, not only a number."""
    began = time.monotonic()
    with pytest.raises(DeadlineError, match="so far"):
        commands.run(python("import time; print('so far', flush=True); time.sleep(60)"), doing="waiting", deadline=0.5)
    assert time.monotonic() - began < 10


def gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


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


def test_children_end_with_us_even_when_we_are_killed(tmp_path: Path) -> None:
    """Nothing is left behind by SIGKILL: the kernel tells the child."""
    record = tmp_path / "pid"
    script = f"""
import os, time
from pathlib import Path
from runtimekit.support import commands
with commands.process(["sh", "-c", "echo $$ > {record}; exec sleep 60"]):
    while not Path("{record}").exists() or not Path("{record}").read_text():
        time.sleep(0.01)
    os.kill(os.getpid(), 9)
"""
    subprocess.run(python(script), check=False)
    pid = int(record.read_text())
    end = time.monotonic() + 5
    while not gone(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert gone(pid)


HEARD = """
import os, sys, time
print('for the caller')
for word in ('first', 'caf\\xe9'):
    os.write(2, word.encode('latin-1') + b'\\n')
end = time.monotonic() + 20
while not os.path.exists({mark!r}):
    if time.monotonic() > end:
        sys.exit(9)
    time.sleep(0.01)
os.write(2, b'last')
sys.exit({status})
"""


@pytest.mark.parametrize("status", [0, 3])
def test_what_is_printed_is_heard_while_the_program_runs(tmp_path: Path, status: int) -> None:
    """Line by line; the program ends only once its first lines were heard. It is in an error, too."""
    mark, heard = tmp_path / "heard", []

    def hear(line: str) -> None:
        heard.append(line)
        if len(heard) == 2:
            mark.touch()

    program = python(HEARD.format(mark=str(mark), status=status))
    if status:
        with pytest.raises(CommandError, match="last"):
            commands.run(program, doing="talking", on_line=hear)
    else:
        answer = commands.run(program, doing="talking", on_line=hear)
        assert answer.stdout == "for the caller\n"
        assert answer.stderr.endswith("last")
    assert heard == ["first", "caf\ufffd", "last"]


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
