"""Files are whole or not there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from runtimekit.support.atomic_files import passing, write_text, writing

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    """Everybody may read it."""
    path = tmp_path / "a" / "b.txt"
    write_text(path, "hällo\ud800")
    assert path.read_bytes() == "hällo?".encode()
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt])
def test_after_a_fault_everything_is_as_before(tmp_path: Path, fault: type[BaseException]) -> None:
    """The old file is whole, and nothing lies beside it."""
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write_half() -> None:
        with writing(path) as stream:
            stream.write(b"ne")
            raise fault

    with pytest.raises(fault):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_passing_file_is_for_this_user_and_this_block_only(tmp_path: Path) -> None:
    """Also when the block has removed it already."""
    with passing(tmp_path / "key.env", "KEY=x\n") as path:
        assert path.read_text() == "KEY=x\n"
        assert path.stat().st_mode & 0o777 == 0o600
        path.unlink()
    with passing(tmp_path / "key.env", "KEY=y\n"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    """But never what belongs to a run that lives, or that only looks like it."""
    script = "import os, sys, pathlib; from runtimekit.support import atomic_files as a\n"
    script += "with a.passing(pathlib.Path(sys.argv[1]), 'KEY=x'): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "key.env")], check=False)
    (left,) = tmp_path.iterdir()
    (tmp_path / ".key.env").touch()
    with passing(tmp_path / "key.env", "KEY=y") as alive, passing(tmp_path / "key.env", "KEY=z"):
        assert alive.exists()
        assert not left.exists()
    assert [path.name for path in tmp_path.iterdir()] == [".key.env"]
