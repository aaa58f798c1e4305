"""Packages come from mirrors that fail in passing, and from an apt that says nothing of it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit import commands, packages
from runtimekit.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """An apt whose downloads are lost: the first fails, the second brings one package and ends well, then all come."""
    calls: list[list[str]] = []

    def run(argv: list[str], *, doing: str, cwd: Path, **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(argv[argv.index("download") + 1 :])
        if len(calls) == 1:
            raise CommandError(doing, "apt-get", 100, "Connection reset by peer")
        for name in calls[-1][: 1 if len(calls) == 2 else None]:
            (cwd / f"{name}_1.0_all.deb").touch()
        return subprocess.CompletedProcess(argv, 0, "", "")

    monkeypatch.setattr(commands, "run", run)
    monkeypatch.setattr(packages, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
    return calls


def test_what_was_lost_is_asked_for_again_and_only_that(apt: list[list[str]], tmp_path: Path) -> None:
    """Until all is there."""
    area = packages.Area(tmp_path / "area", "trixie")
    (tmp_path / "area").mkdir()
    (tmp_path / "area/ready").touch()
    found = area.fetch(["one", "two", "three"], tmp_path / "debs")
    assert [path.name for path in found] == ["one_1.0_all.deb", "two_1.0_all.deb", "three_1.0_all.deb"]
    assert apt == [["one", "two", "three"], ["one", "two", "three"], ["two", "three"]]


def test_a_mirror_that_always_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """After four attempts."""
    monkeypatch.setattr(packages, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
    attempts = []

    def work() -> None:
        attempts.append(1)
        raise CommandError("reading", "apt-get", 100, "gone")

    with pytest.raises(CommandError):
        packages.patiently(work)
    assert len(attempts) == 4
