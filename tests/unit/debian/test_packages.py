"""Packages come from mirrors that fail in passing, and from an apt that says nothing of it."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.debian import packages, rootfs
from runtimekit.errors import CommandError, EngineError
from runtimekit.support import commands, retry

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
    monkeypatch.setattr(retry, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
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
    monkeypatch.setattr(retry, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
    attempts = []

    def work() -> None:
        attempts.append(1)
        raise CommandError("reading", "apt-get", 100, "gone")

    with pytest.raises(CommandError):
        retry.with_retries(work)
    assert len(attempts) == 4


def test_nothing_is_begun_again_once_it_has_cost_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror whose failures take minutes each."""
    monkeypatch.setattr(retry, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
    monkeypatch.setattr(retry, "COST_SECONDS", -1)
    attempts = []

    def work() -> None:
        attempts.append(1)
        raise CommandError("reading", "apt-get", 100, "gone")

    with pytest.raises(CommandError):
        retry.with_retries(work)
    assert len(attempts) == 1


def test_two_root_file_systems_that_begin_at_once_fetch_their_tool_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither takes away what the other is unpacking."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path))
    fetched = []

    def fetch(_area: packages.Area, names: list[str], folder: Path) -> list[Path]:
        fetched.append(names)
        folder.mkdir(parents=True)
        time.sleep(0.1)  # the other one comes meanwhile
        assert folder.is_dir()
        return []

    def unpack(_packages: list[Path], target: Path) -> None:
        (target / "usr/bin").mkdir(parents=True)
        (target / "usr/bin/mmdebstrap").touch()

    monkeypatch.setattr(packages.Area, "fetch", fetch)
    monkeypatch.setattr(packages, "unpack", unpack)
    with ThreadPoolExecutor(2) as pool:
        found = [each.result() for each in [pool.submit(rootfs.mmdebstrap_program) for _ in range(2)]]
    assert found == [tmp_path / "mmdebstrap/usr/bin/mmdebstrap"] * 2
    assert found[0].exists()
    assert len(fetched) == 1


def test_an_unpacked_program_without_its_library_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By name, before it is first needed; a script has none to lack."""
    for name in ("usr/bin/docker", "usr/sbin/iptables", "usr/bin/script"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    answers = {"docker": "libc.so.6 => /lib/libc.so.6", "iptables": "libxtables.so.12 => not found", "script": ""}

    def ldd(argv: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(argv, 0, f"\t{answers[argv[1].rpartition('/')[2]]}\n", "")

    monkeypatch.setattr(commands, "run", ldd)
    with pytest.raises(EngineError, match=r"iptables: libxtables\.so\.12\n") as told:
        packages.check_libraries(tmp_path)
    assert "docker" not in str(told.value).splitlines()[1]
