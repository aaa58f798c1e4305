"""Makes Debian root file systems with mmdebstrap."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.debian import packages
from runtimekit.support import commands, folders, retry
from runtimekit.support.home import home, locked
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from runtimekit.support.listener import Listener

SLIM = (
    'find "$1"/usr/share/doc ! -type d ! -name copyright -delete',
    'find "$1"/usr/share/doc -mindepth 1 -type d -empty -delete',
    'for each in man info locale; do find "$1"/usr/share/$each -mindepth 1 -delete; done',
)
"""Takes away what the official slim variants leave out. mmdebstrap could leave it out from the beginning, but then it
sends each package through a filter in Python, which takes half of its time. What is installed later is left out by dpkg
(bases/debian/Dockerfile)."""


def fetch_rootfs(what: str, architecture: str, folder: Path, talk: Listener) -> None:
    """Make a Debian root file system with mmdebstrap: ``<folder>/rootfs-<architecture>.tar``."""
    target = folder / f"rootfs-{architecture}.tar"
    if target.exists():
        return
    packages.install_missing(
        # Every Debian has a perl, but only the package of that name has the modules: pod2usage tells.
        {"pod2usage": "perl", "arch-test": "arch-test", "gpgv": "gpgv"},
        why="mmdebstrap needs it",
        log=talk.log,
    )
    foreign = " by emulation, which takes minutes" if architecture != native() else ""
    talk.step(f"making a root file system: Debian {what} for {architecture}{foreign}")
    scratch = target.with_suffix(".part")
    mirror = packages.debian_mirror()
    authorities = [path for path in Path("/usr/local/share/ca-certificates").glob("*.crt") if path.is_file()]
    # It mounts /proc, /sys and devices. In a mount namespace of its own they go with it, however it ends.
    argv = ["unshare", "--mount", "--propagation=private", "--"]
    mmdebstrap = mmdebstrap_program()
    argv += [str(mmdebstrap), "--mode=root", "--variant=minbase", f"--architectures={architecture}"]
    argv += ["--format=tar", "--components=main", "--include=ca-certificates"]
    options = {"Acquire::Check-Valid-Until": "false", **retry.APT}
    argv += [f'--aptopt={name} "{value}"' for name, value in options.items()]
    argv += [f"--customize-hook=copy-in {path} /usr/local/share/ca-certificates" for path in authorities]
    argv += ['--customize-hook=chroot "$1" update-ca-certificates', *(f"--customize-hook={line}" for line in SLIM)]
    argv += [what, str(scratch), *([mirror] if mirror else [])]
    workshop = folder / f".{target.name}.work"

    def make() -> None:
        shutil.rmtree(workshop, ignore_errors=True)  # what a killed run or a failed attempt has left there
        workshop.mkdir()
        doing = f"making a Debian {what} root file system for {architecture}"
        # It calls its own helpers by name, and those are Python programs.
        path = [str(mmdebstrap.parent), os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)]
        env = os.environ | {"PATH": os.pathsep.join(path), "TMPDIR": str(workshop)}
        commands.run(argv, doing=doing, deadline=3600, env=env, on_line=talk.on_line, silence=retry.SILENT_SECONDS)
        workshop.rmdir()

    retry.with_retries(make)
    scratch.rename(target)


def mmdebstrap_program() -> Path:
    """Mmdebstrap of a suite that can emulate without Debian's own QEMU packages; unpacked, not installed."""
    root = home() / "mmdebstrap"
    program = root / "usr/bin/mmdebstrap"
    with locked("mmdebstrap"):  # several root file systems begin at once
        if not program.exists():
            suite = "trixie"
            scratch = folders.scratch_folder(root)
            area = packages.Area(home() / "apt" / suite, suite)
            packages.unpack(area.fetch(["mmdebstrap"], scratch / "debs"), scratch)
            scratch.rename(root)
    return program
