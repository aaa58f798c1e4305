"""Running another architecture's programs through QEMU, registered with the kernel's binfmt_misc.

An emulator registered with the F flag is opened once, at registration: containers need nothing inside them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.support import commands
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from collections.abc import Callable

BINFMT = Path("/proc/sys/fs/binfmt_misc")
NAME_PREFIX = "runtimekit-"

QEMU = {"arm64": "qemu-aarch64", "amd64": "qemu-x86_64"}

_ELF64_LE = rb"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00"
_MASK = rb"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
_MACHINE_CODE = {"arm64": rb"\xb7\x00", "amd64": rb"\x3e\x00"}
"""ELF's e_machine, little-endian (System V ABI)."""


def emulated_architectures() -> tuple[str, ...]:
    """The architectures that this machine can only emulate."""
    return tuple(name for name in QEMU if name != native())


def handler(architecture: str) -> str | None:
    """The name under which the kernel knows an emulator for this architecture, ours or another's."""
    qemu = QEMU[architecture]
    names = (f"{NAME_PREFIX}{architecture}", qemu, qemu.replace("qemu-", ""))
    return next((name for name in names if (BINFMT / name).exists()), None)


def register(interpreters: Callable[[str], Path], *, note: Path) -> list[str]:
    """Make every foreign architecture runnable and return those newly registered.

    Args:
        interpreters: Gives the emulator's file for an architecture; called only where one is missing.
        note: A file that is written if binfmt_misc had to be mounted, so that :func:`unregister` can undo that.

    Raises:
        CommandError: The kernel has no binfmt_misc, or the mount is refused.
    """
    missing = []
    if not (BINFMT / "register").exists():
        commands.run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT)], doing="mounting binfmt_misc")
        note.write_text("\n".join(_entries()))
    for architecture in emulated_architectures():
        if handler(architecture):
            continue
        magic = _ELF64_LE + _MACHINE_CODE[architecture]
        line = b":".join(
            (
                b"",
                f"{NAME_PREFIX}{architecture}".encode(),
                b"M",
                b"",
                magic,
                _MASK,
                bytes(interpreters(architecture)),
                b"FP",
            )
        )
        (BINFMT / "register").write_bytes(line)
        missing.append(architecture)
    return missing


def _entries() -> list[str]:
    """The names of all handlers that the kernel knows."""
    return sorted(path.name for path in BINFMT.iterdir() if path.name not in {"register", "status"})


def unregister(inside: Path, *, note: Path) -> None:
    """Take back the emulators that live below this folder, and the mount that :func:`register` noted.

    Those of others stay, and so does the mount if anything was registered through it meanwhile: newer kernels forget
    the handlers of a mount that goes.
    """
    for entry in BINFMT.glob(f"{NAME_PREFIX}*"):
        if f"interpreter {inside}/" in entry.read_text():
            entry.write_text("-1")
    if note.exists() and set(_entries()) <= set(note.read_text().split()):
        commands.run(["umount", str(BINFMT)], doing="unmounting binfmt_misc", check=False)
