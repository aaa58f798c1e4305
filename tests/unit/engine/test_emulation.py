"""Emulators are unregistered, and binfmt_misc is unmounted."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from runtimekit.engine import emulation
from runtimekit.support import commands

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def binfmt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder plays binfmt_misc. Mounting fills it, and it has another program's emulator."""
    folder = tmp_path / "binfmt_misc"
    folder.mkdir()

    def run(argv: list[str], **_more: object) -> subprocess.CompletedProcess[str]:
        with (tmp_path / "ran").open("a") as file:
            file.write(f"{argv[0]}\n")
        if argv[0] == "mount":
            (folder / "register").touch()
            (folder / "python3.11").touch()
        return subprocess.CompletedProcess(argv, 0, "", "")

    monkeypatch.setattr(commands, "run", run)
    monkeypatch.setattr(emulation, "BINFMT", folder)
    monkeypatch.setattr(emulation, "native", lambda: "amd64")
    return folder


def ours(binfmt: Path, home: Path) -> Path:
    """The kernel's entry for a registered emulator."""
    entry = binfmt / "runtimekit-arm64"
    entry.write_text(f"enabled\ninterpreter {home}/root/usr/bin/qemu-aarch64\n")
    return entry


def register(home: Path) -> list[str]:
    """As the engine does."""
    home.mkdir(exist_ok=True)
    return emulation.register(lambda name: home / "root/usr/bin" / emulation.QEMU[name], mount_record=home / "mounted")


def test_what_was_mounted_is_unmounted(binfmt: Path, tmp_path: Path) -> None:
    """The machine is as it was."""
    home = tmp_path / "home"
    assert register(home) == ["arm64"]
    assert b"qemu-aarch64:FP" in (binfmt / "register").read_bytes()
    entry = ours(binfmt, home)
    entry.write_text(f"interpreter {home}/root/usr/bin/qemu-aarch64")
    emulation.unregister(home, mount_record=home / "mounted")
    assert entry.read_text() == "-1"
    entry.unlink()  # as the kernel does
    emulation.unregister(home, mount_record=home / "mounted")
    assert (tmp_path / "ran").read_text().split() == ["mount", "umount"]


def test_a_mount_that_was_there_stays(binfmt: Path, tmp_path: Path) -> None:
    """It belongs to the machine."""
    (binfmt / "register").touch()
    home = tmp_path / "home"
    register(home)
    emulation.unregister(home, mount_record=home / "mounted")
    assert not (tmp_path / "ran").exists()


def test_a_mount_that_others_use_meanwhile_stays(binfmt: Path, tmp_path: Path) -> None:
    """Newer kernels drop the handlers of a mount that is removed."""
    home = tmp_path / "home"
    register(home)
    (binfmt / "qemu-riscv64").touch()
    emulation.unregister(home, mount_record=home / "mounted")
    assert (tmp_path / "ran").read_text().split() == ["mount"]


def test_another_homes_emulator_stays(binfmt: Path, tmp_path: Path) -> None:
    """Two embedded engines on a machine."""
    register(tmp_path / "home")
    entry = ours(binfmt, tmp_path / "other")
    emulation.unregister(tmp_path / "home", mount_record=tmp_path / "home/mounted")
    assert entry.read_text() != "-1"
