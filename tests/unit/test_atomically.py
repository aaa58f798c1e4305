"""Files are whole or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.atomically import write_text, writing

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
