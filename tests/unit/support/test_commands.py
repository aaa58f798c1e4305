"""Other programs: their output, their failures, their ends."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from processes import gone, python

from runtimekit.errors import CommandError, DeadlineError
from runtimekit.support import commands

if TYPE_CHECKING:
    from pathlib import Path


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
