"""Making the bases that ``bases/`` describes: fetch the parts for each platform, build the recipe's Dockerfile."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit import bases, commands, packages
from runtimekit.engine import buildkit, emulation
from runtimekit.errors import BaseNeedsRegistryError, EngineError
from runtimekit.fingerprints import folder_digest
from runtimekit.home import home, locked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtimekit.bases import Base, Recipe
    from runtimekit.engine.client import Engine

PYENV_VERSIONS = Path(".pyenv/versions")

SLIM = (
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
)
"""What the official slim variants leave out (dpkg.cfg(5))."""

WHEEL_PLATFORMS = {
    "amd64": ("manylinux_2_28_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux2014_aarch64"),
}


class Bootstrapper:
    """Provides base images on one engine, each reference once per run."""

    def __init__(
        self,
        engine: Engine,
        recipes: Sequence[Recipe],
        *,
        logs: Path,
        say: Callable[[str], None],
        cancelled: threading.Event | None = None,
    ) -> None:
        self.engine = engine
        self.recipes = recipes
        self.logs = logs
        self.say = say
        self.cancelled = cancelled or threading.Event()

    def fingerprint(self, base: Base) -> str:
        """What a base is made from, as a hash: its recipe, its reference, and the base below it."""
        below = self.fingerprint(bases.require(base.recipe.on, "", self.recipes)) if base.recipe.on else ""
        return hashlib.sha256(
            "\n".join([base.reference, folder_digest(base.recipe.folder), below]).encode()
        ).hexdigest()

    def obstacle(self, reference: str, platform: str) -> str | None:
        """Why this base cannot be made for this platform here, or None."""
        base = bases.find(reference, self.recipes)
        if base is None:
            return "there is no recipe for it in bases/"
        architecture = platform.rpartition("/")[2]
        if version := base.fetch.get("pyenv"):
            if architecture != emulation.native():
                return "its parts come from this machine's pyenv, which has this machine's platform only"
            if _pyenv(version) is None:
                return f"this machine's pyenv has no Python {version}"
        return self.obstacle(base.recipe.on, platform) if base.recipe.on else None

    def provide(self, reference: str, platforms: Sequence[str]) -> str:
        """Make sure that the base exists for these platforms and return its local image's name.

        Raises:
            BaseNeedsRegistryError: It cannot be made here.
        """
        base = bases.require(reference, platforms[0], self.recipes)
        for platform in platforms:
            if because := self.obstacle(reference, platform):
                raise BaseNeedsRegistryError(reference, platform, because)
        with locked(f"base-{_file_name(base)}"):
            wanted = self.fingerprint(base)
            present = self.engine.images([base.image]).get(base.image)
            have = set()
            if present and present.labels.get(bases.LABEL_FINGERPRINT) == wanted:
                have = set(filter(None, present.labels.get(bases.LABEL_PLATFORMS, "").split(",")))
            if not have >= set(platforms):
                self._make(base, sorted(have | set(platforms)), wanted)
        return base.image

    def _make(self, base: Base, platforms: Sequence[str], fingerprint: str) -> None:
        names = ", ".join(platforms)
        self.say(f"making the base {base.reference} for {names}: no registry; {_describe(base)}")
        contexts = {}
        if base.recipe.on:
            below = self.provide(base.recipe.on, platforms)
            contexts[base.recipe.on] = f"docker-image://{below}"
        folder = self._parts(base, [platform.rpartition("/")[2] for platform in platforms])
        request = buildkit.BuildRequest(
            name=base.reference,
            folder=folder,
            platforms=tuple(platforms),
            tags=(base.image,),
            contexts=contexts,
            labels={
                bases.LABEL_STAND_IN: _describe(base),
                bases.LABEL_FINGERPRINT: fingerprint,
                bases.LABEL_PLATFORMS: ",".join(platforms),
            },
        )
        log = self.logs / f"base-{_file_name(base)}.log"
        buildkit.build(
            self.engine, request, log=log, deadline=3600, watch=lambda _progress: None, cancelled=self.cancelled
        )

    def _parts(self, base: Base, architectures: Sequence[str]) -> Path:
        """A build context: the recipe's Dockerfile, and what it copies, for each architecture."""
        folder = home() / "bases" / _file_name(base)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base.recipe.folder / "Dockerfile", folder / "Dockerfile")
        for architecture in architectures:
            for kind, what in base.fetch.items():
                FETCHERS[kind](what, architecture, folder, self.say)
        return folder


def _file_name(base: Base) -> str:
    return re.sub(r"[^a-z0-9.]", "-", base.reference)


def _describe(base: Base) -> str:
    return base.recipe.describes.format_map(base.facts)


def _fresh(target: Path) -> Path:
    """A scratch folder beside the target: what is half fetched is never taken for whole."""
    scratch = target.with_name(f".{target.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    return scratch


def fetch_debian(what: dict[str, Any], architecture: str, folder: Path, _say: Callable[[str], None]) -> None:
    """Unpack packages of a Debian suite into ``<folder>/<architecture>``."""
    target = folder / architecture
    if target.exists():
        return
    scratch = _fresh(target)
    suite, names = str(what["suite"]), list(what["packages"])
    area = packages.Area(home() / "apt" / f"{suite}-{architecture}", suite, architecture)
    packages.unpack(area.fetch(names, scratch / "debs"), scratch / "root")
    (scratch / "root").rename(target)
    shutil.rmtree(scratch)


def fetch_wheel(what: str, architecture: str, folder: Path, _say: Callable[[str], None]) -> None:
    """Unpack a Python wheel's files for a platform into ``<folder>/<architecture>``."""
    target = folder / architecture
    if target.exists():
        return
    scratch = _fresh(target)
    platforms = [word for name in WHEEL_PLATFORMS[architecture] for word in ("--platform", name)]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    commands.run(
        [*pip, "download", "--quiet", "--no-deps", "--only-binary=:all:", *platforms, "--dest", str(scratch), what],
        doing=f"downloading {what}",
    )
    shutil.unpack_archive(next(scratch.glob("*.whl")), scratch / "root", "zip")
    (scratch / "root").rename(target)
    shutil.rmtree(scratch)


def _pyenv(version: str) -> Path | None:
    """The newest patch of this version that pyenv has here."""
    found = (Path.home() / PYENV_VERSIONS).glob(f"{version}.*")
    numbered = [path for path in found if path.name.removeprefix(f"{version}.").isdigit()]
    return max(numbered, key=lambda path: int(path.name.rpartition(".")[2]), default=None)


def fetch_pyenv(what: str, architecture: str, folder: Path, _say: Callable[[str], None]) -> None:
    """Copy a Python of this machine's pyenv into ``<folder>/<architecture>``, without its tests and caches."""
    target = folder / architecture
    if target.exists():
        return
    source = _pyenv(what)
    if source is None:
        raise EngineError(f"this machine's pyenv has no Python {what}.")
    scratch = _fresh(target)
    version = f"python{what}"
    left_out = shutil.ignore_patterns("__pycache__", "test", "tests", "idle_test", "*.a", f"config-{what[2:]}*")
    for part in (f"bin/{version}", "bin/python3", "bin/pip3", f"bin/pip{what}"):
        (scratch / "bin").mkdir(exist_ok=True)
        if (source / part).exists():
            shutil.copy2(source / part, scratch / part, follow_symlinks=False)
    for part in ("lib", "include"):
        shutil.copytree(source / part, scratch / part, symlinks=True, ignore=left_out)
    # What the machine's own user has installed there is not the language's.
    for entry in (scratch / "lib" / version / "site-packages").iterdir():
        if not entry.name.startswith(("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    scratch.rename(target)


def fetch_rootfs(what: str, architecture: str, folder: Path, say: Callable[[str], None]) -> None:
    """Make a Debian root file system with mmdebstrap: ``<folder>/rootfs-<architecture>.tar``."""
    target = folder / f"rootfs-{architecture}.tar"
    if target.exists():
        return
    packages.install_missing(
        {"perl": "perl", "arch-test": "arch-test", "gpgv": "gpgv"}, why="mmdebstrap needs it", say=say
    )
    foreign = " by emulation, which takes minutes" if architecture != emulation.native() else ""
    say(f"making a root file system: Debian {what} for {architecture}{foreign}")
    scratch = target.with_suffix(".part")
    mirror = packages.debian_mirror()
    authorities = [path for path in Path("/usr/local/share/ca-certificates").glob("*.crt") if path.is_file()]
    argv = [str(_mmdebstrap()), "--mode=root", "--variant=minbase", f"--architectures={architecture}"]
    argv += ["--format=tar", "--components=main", "--include=ca-certificates"]
    argv += [f"--dpkgopt={option}" for option in SLIM]
    argv += ['--aptopt=Acquire::Check-Valid-Until "false"']
    argv += [f"--customize-hook=copy-in {path} /usr/local/share/ca-certificates" for path in authorities]
    argv += ['--customize-hook=chroot "$1" update-ca-certificates']
    argv += [what, str(scratch), *([mirror] if mirror else [])]
    commands.run(argv, doing=f"making a Debian {what} root file system for {architecture}", deadline=3600)
    scratch.rename(target)


def _mmdebstrap() -> Path:
    """Mmdebstrap of a suite that can emulate without Debian's own QEMU packages; unpacked, not installed."""
    root = home() / "mmdebstrap"
    program = root / "usr/bin/mmdebstrap"
    if not program.exists():
        suite = "trixie"
        scratch = _fresh(root)
        area = packages.Area(home() / "apt" / suite, suite)
        packages.unpack(area.fetch(["mmdebstrap"], scratch / "debs"), scratch)
        scratch.rename(root)
    return program


Fetcher = Callable[[Any, str, Path, Callable[[str], None]], None]
FETCHERS: dict[str, Fetcher] = {
    "debian": fetch_debian,
    "wheel": fetch_wheel,
    "pyenv": fetch_pyenv,
    "rootfs": fetch_rootfs,
}
"""What `[fetch]` of a recipe may name."""
