"""Run programs of another architecture with QEMU, registered with the kernel's binfmt_misc.

With the F flag the kernel opens the emulator once, at registration. So containers need no emulator inside.
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
    """The architectures that this machine cannot run natively."""
    return tuple(name for name in QEMU if name != native())


def handler(architecture: str) -> str | None:
    """The name of the kernel's binfmt_misc handler for this architecture, ours or another's; None without one."""
    qemu = QEMU[architecture]
    names = (f"{NAME_PREFIX}{architecture}", qemu, qemu.replace("qemu-", ""))
    return next((name for name in names if (BINFMT / name).exists()), None)


def register(interpreters: Callable[[str], Path], *, mount_record: Path) -> list[str]:
    """Register an emulator for every foreign architecture that has none, and return those architectures.

    Args:
        interpreters: Returns the emulator's path for an architecture. Called only if the handler is missing.
        mount_record: A file that is written if binfmt_misc had to be mounted; :func:`unregister` then unmounts it.

    Raises:
        CommandError: The kernel has no binfmt_misc, or the mount is refused.
    """
    missing = []
    if not (BINFMT / "register").exists():
        commands.run(["mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT)], doing="mounting binfmt_misc")
        mount_record.write_text("\n".join(_entries()))
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
    """The names of all handlers in the kernel."""
    return sorted(path.name for path in BINFMT.iterdir() if path.name not in {"register", "status"})


def unregister(inside: Path, *, mount_record: Path) -> None:
    """Unregister the emulators below the folder ``inside``, and undo the mount that :func:`register` made.

    Other handlers stay. The mount also stays if anything else was registered meanwhile, because newer kernels drop the
    handlers of a mount that is removed.
    """
    for entry in BINFMT.glob(f"{NAME_PREFIX}*"):
        if f"interpreter {inside}/" in entry.read_text():
            entry.write_text("-1")
    if mount_record.exists() and set(_entries()) <= set(mount_record.read_text().split()):
        commands.run(["umount", str(BINFMT)], doing="unmounting binfmt_misc", check=False)
