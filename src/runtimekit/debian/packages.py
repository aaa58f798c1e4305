"""Debian packages fetched with apt and unpacked into a folder of ours: nothing of the system changes.

Mirrors, keys and proxies are those of the host's own apt. Where the host's release is too old for what is needed, a
newer suite is read through a private set of apt folders.
"""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.errors import CommandError, EngineError
from runtimekit.support import commands, retry
from runtimekit.support.home import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

NEWER_SUITE = {"bookworm": "trixie"}
"""Debian 12's Docker has neither the containerd image store nor buildx. The next release's Docker runs on its glibc."""
DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True)
class Release:
    """The distribution that this machine runs."""

    id: str
    codename: str
    pretty: str

    @property
    def usable(self) -> bool:
        """Whether packages can be fetched here: Debian or Ubuntu."""
        return self.id in {"debian", "ubuntu"} and shutil.which("apt-get") is not None


def host_release() -> Release:
    """The distribution of this machine, from os-release."""
    try:
        facts = platform.freedesktop_os_release()
    except OSError:
        facts = {}
    return Release(facts.get("ID", ""), facts.get("VERSION_CODENAME", ""), facts.get("PRETTY_NAME", "unknown"))


def install_missing(programs: Mapping[str, str], *, why: str, log: Callable[[str], None]) -> None:
    """Install the packages of those programs (program → package) that the system does not have.

    Raises:
        EngineError: As :func:`install`.
    """
    with locked("apt-install"):  # dpkg takes one at a time, and who comes second finds that it is done
        absent = [package for program, package in programs.items() if shutil.which(program) is None]
        if absent:
            install(absent, why=why, log=log)


def install(names: Sequence[str], *, why: str, log: Callable[[str], None]) -> None:
    """Install what the system itself must have, saying so. Only as root, on Debian or Ubuntu.

    Raises:
        EngineError: Not root, or apt failed; names the command that helps.
    """
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if os.geteuid() != 0 or not host_release().usable:
        raise EngineError(
            f"{' '.join(names)} missing: {why}.", todo=[f"as root: {commands.quoted(command)}", "then run this again"]
        )
    log(f"installing {' '.join(names)} with apt-get: {why}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    fetch = [*command, "--download-only", *_words(retry.APT)]

    def download() -> None:
        commands.run(fetch, doing="apt-get install --download-only", env=env, silence=retry.SILENT_SECONDS)

    try:
        download()
    except CommandError:  # the lists may be missing (a fresh container) or old
        update()
        retry.with_retries(download)
    commands.run(command, doing="apt-get install", env=env)


def update() -> None:
    """Run `apt-get update` of the system."""
    argv = ["apt-get", *_words(retry.APT), "update"]

    def read() -> None:
        commands.run(argv, doing="apt-get update", silence=retry.SILENT_SECONDS)

    retry.with_retries(read)


def debian_mirror() -> str | None:
    """The archive that the host's apt uses for Debian, or None where the host is no Debian (clients have defaults)."""
    release = host_release()
    if release.id != "debian":
        return None
    answer = commands.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"],
        doing="asking apt for its mirrors",
        check=False,
    )
    for line in answer.stdout.splitlines():
        codename, component, uri = line.split(" ", 2)
        if codename == release.codename and component == "main":
            return uri
    return None


class Area:
    """A private set of apt folders for one Debian suite; downloads only, as apt itself verifies them."""

    def __init__(self, folder: Path, suite: str, architecture: str | None = None) -> None:
        self.folder = folder
        self.suite = suite
        self.architecture = architecture

    def _options(self) -> list[str]:
        settings = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "APT::Sandbox::User": "root",  # apt's own user cannot write into our cache
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
            # Mirrors inside companies lag behind the index's date; the signature is what counts.
            "Acquire::Check-Valid-Until": "false",
            **retry.APT,
        }
        if self.architecture:
            settings |= {"APT::Architecture": self.architecture, "APT::Architectures": self.architecture}
        return _words(settings)

    def update(self) -> None:
        """Read the suite's lists, once."""
        with locked(f"apt-{self.folder.name}"):  # several bases of a suite begin at once
            self._read()

    def _read(self) -> None:
        if (self.folder / "ready").exists():
            return
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        mirror = debian_mirror()
        if mirror is None:
            raise EngineError(
                f"no Debian mirror is known for {self.suite}.",
                tried=["apt's own sources (this host is no Debian)"],
                todo=["install Docker with its buildx plugin; it is then used as it is"],
            )
        (self.folder / "sources.list").write_text(f"deb [signed-by={DEBIAN_KEYRING}] {mirror} {self.suite} main\n")
        # Else apt ends well although it has only read some of them.
        argv = ["apt-get", *self._options(), "-o", "APT::Update::Error-Mode=any", "update"]

        def read() -> None:
            commands.run(argv, doing=f"reading the package lists of {self.suite}", silence=retry.SILENT_SECONDS)

        retry.with_retries(read)
        (self.folder / "ready").touch()

    def fetch(self, names: Iterable[str], folder: Path) -> list[Path]:
        """Download the newest versions of these packages into a folder and return their files."""
        self.update()
        folder.mkdir(parents=True, exist_ok=True)
        wanted = list(names)

        def download() -> None:
            missing = [name for name in wanted if not any(folder.glob(f"{name}_*.deb"))]
            argv = ["apt-get", *self._options(), "download", *missing]
            doing = f"downloading {' '.join(missing)}"
            done = commands.run(argv, doing=doing, cwd=folder, silence=retry.SILENT_SECONDS)
            if absent := [name for name in missing if not any(folder.glob(f"{name}_*.deb"))]:
                # apt can end well without what it was asked for.
                raise CommandError(doing, commands.quoted(argv), 0, f"{done.stderr}\nnot there: {' '.join(absent)}")

        retry.with_retries(download)
        return [next(folder.glob(f"{name}_*.deb")) for name in wanted]


class HostArea(Area):
    """The host's own release, through the host's own apt settings."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, host_release().codename)

    def _options(self) -> list[str]:
        return _words({"APT::Sandbox::User": "root", **retry.APT})

    def update(self) -> None:
        """Read the lists if the host has none yet."""
        lists = Path("/var/lib/apt/lists")
        if not any(lists.glob("*_Packages*")) and not any(lists.glob("*_InRelease")):
            update()


def newest_area(folder: Path) -> Area:
    """Where Docker's programs come from: the host's own release, or a newer one whose programs run on its glibc."""
    release = host_release()
    newer = NEWER_SUITE.get(release.codename)
    return Area(folder / newer, newer) if newer else HostArea(folder / release.codename)


def _words(settings: Mapping[str, object]) -> list[str]:
    """Settings as options of apt's command line."""
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def unpack(packages: Iterable[Path], target: Path) -> None:
    """Extract packages into a folder, without running any of their scripts."""
    target.mkdir(parents=True, exist_ok=True)
    for package in packages:
        commands.run(["dpkg-deb", "--extract", str(package), str(target)], doing=f"unpacking {package.name}")


def check_libraries(root: Path) -> None:
    """See that every program unpacked into a folder finds its libraries: what it depends on is not unpacked with it.

    Raises:
        EngineError: Names the programs and what they lack.
    """
    lacking = []
    for program in sorted(path for path in root.glob("usr/*bin/*") if path.is_file()):
        listed = commands.run(["ldd", str(program)], doing=f"looking for the libraries of {program.name}", check=False)
        missing = [line.split()[0] for line in listed.stdout.splitlines() if line.endswith("not found")]
        if missing:
            lacking.append(f"{program.name}: {', '.join(missing)}")
    if lacking:
        raise EngineError(
            "unpacked programs lack libraries:\n" + "\n".join(f"  {line}" for line in lacking),
            todo=["install the packages that have them, then run this again"],
        )
