"""Whether the disk has room for the whole test set."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from runtimekit.cli import disk
from runtimekit.errors import DiskFullError

if TYPE_CHECKING:
    from pathlib import Path


class Usage(NamedTuple):
    """What the operating system says of a disk, in bytes."""

    total: int
    used: int
    free: int


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A home folder whose disk says what a test wants."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path))
    return monkeypatch


def says(free: pytest.MonkeyPatch, size: int) -> None:
    """Let the disk have this many free bytes."""
    free.setattr(disk.shutil, "disk_usage", lambda _folder: Usage(0, 0, size))


def test_too_little_room_is_said_with_what_to_do(free: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """How much is needed, how much there is, and where."""
    says(free, 12 * 1024**3)
    said = disk.shortage()
    assert said is not None
    assert "45 GiB, of which 12 are free" in said
    assert str(tmp_path) in said
    assert "RUNTIMEKIT_HOME" in said


def test_enough_room_is_not_mentioned(free: pytest.MonkeyPatch) -> None:
    """Nothing to say."""
    says(free, disk.TEST_BYTES)
    assert disk.shortage() is None


def test_a_phase_that_fails_on_a_full_disk_is_the_last(free: pytest.MonkeyPatch) -> None:
    """A run of 33 minutes ended with a hundred errors that had this one cause."""
    says(free, 4096)
    with pytest.raises(DiskFullError, match="the disk is full: what the phase 'system' makes"):
        disk.stop_if_full("system", failed=True)


def test_a_phase_that_fails_for_other_reasons_is_not(free: pytest.MonkeyPatch) -> None:
    """The next phases still run."""
    says(free, disk.FULL_BYTES)
    disk.stop_if_full("system", failed=True)


def test_nor_is_one_that_passes(free: pytest.MonkeyPatch) -> None:
    """However little room there is."""
    says(free, 4096)
    disk.stop_if_full("system", failed=False)
