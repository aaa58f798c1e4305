"""The embedded engine: a private Docker for machines that have none.

dockerd, containerd and buildx come from the distribution's packages, unpacked into ``RUNTIMEKIT_HOME``, with a socket,
a data folder and a bridge of their own. Nothing else is installed, except a few packages that must come from apt.
:meth:`EmbeddedEngine.remove` undoes everything but those packages.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.debian import packages
from runtimekit.engine import emulation
from runtimekit.engine.bridge import make_bridge, remove_bridge, route_mtu
from runtimekit.engine.socket import answers
from runtimekit.errors import EngineError
from runtimekit.support import commands
from runtimekit.support.home import forget, home, locked, tag

if TYPE_CHECKING:
    from collections.abc import Callable

START_SECONDS = 60
STOP_SECONDS = 20

PROGRAMS = ("docker.io", "docker-cli", "docker-buildx", "containerd")
UBUNTU_PROGRAMS = ("docker.io", "docker-buildx", "containerd")  # its docker.io brings the client


@dataclass(frozen=True)
class EmbeddedEngine:
    """The embedded engine of one ``RUNTIMEKIT_HOME``."""

    folder: Path
    run: Path

    @classmethod
    def of_this_home(cls) -> EmbeddedEngine:
        """The engine of the current home. Its sockets are in /run, because a socket's path is limited to 107 bytes."""
        root = home()
        return cls(root / "engine", Path("/run") / f"runtimekit-{tag(root)}")

    @property
    def socket(self) -> Path:
        """The socket on which dockerd listens."""
        return self.run / "docker.sock"

    @property
    def bridge(self) -> str:
        """The name of the network bridge. The kernel allows 15 characters."""
        return f"rtk-{tag(self.folder.parent)}"

    @property
    def docker(self) -> Path:
        """The docker client."""
        return self.folder / "root/usr/bin/docker"

    @property
    def config(self) -> Path:
        """The client's configuration folder, which contains the buildx plugin."""
        return self.folder / "config"

    @property
    def log(self) -> Path:
        """The log of dockerd."""
        return self.folder / "dockerd.log"

    @property
    def _mount_record(self) -> Path:
        """A file that records that binfmt_misc was mounted for this engine."""
        return self.folder / "binfmt_misc-mounted"

    @property
    def running(self) -> bool:
        """Whether dockerd answers."""
        return answers(self.socket)

    def pid(self) -> int | None:
        """The PID of this engine's dockerd; None if it does not run."""
        with suppress(OSError, ValueError):
            pid = int((self.run / "docker.pid").read_text())
            if str(self.folder / "daemon.json").encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None

    def environment(self) -> dict[str, str]:
        """The variables that a shell must export so that a plain docker client uses this engine."""
        return {
            "DOCKER_HOST": f"unix://{self.socket}",
            "DOCKER_CONFIG": str(self.config),
            "RUNTIMEKIT_SOCKET": str(self.socket),  # for compose.yaml, which needs a path
            "RUNTIMEKIT_HOME": str(self.folder.parent),
        }

    def ensure_running(self, log: Callable[[str], None]) -> None:
        """Start the engine unless it runs, and unpack it first if needed.

        Raises:
            EngineError: It cannot run here. The error says what was tried and what to do.
        """
        if self.running:
            self._register_emulators()
            return
        self._check_host()
        with locked("engine"):
            if self.running:
                return
            self._provide(log)
            log("starting the embedded engine")
            self._start()

    def _check_host(self) -> None:
        todo = [
            "install Docker 23 or newer with its buildx plugin and start it; it is then used as it is",
            "or set DOCKER_HOST to an engine elsewhere",
        ]
        release = packages.host_release()
        if not release.usable:
            raise EngineError(
                "no Docker engine answers, and none can be started here.",
                tried=[*_TRIED, f"an embedded engine: needs Debian or Ubuntu, this is {release.pretty}"],
                todo=todo,
            )
        if os.geteuid() != 0:
            raise EngineError(
                f"no Docker engine answers (tried {' and '.join(_TRIED)}), and only root can start one here. "
                "Nothing was done. Run this as root, or install Docker 23 or newer with its buildx plugin and start it."
            )

    def _provide(self, log: Callable[[str], None]) -> None:
        """Install the programs: a few system packages with apt, the rest unpacked into our folder."""
        needed = {"iptables": "iptables", "ip": "iproute2"}
        packages.install_missing(needed, why="the engine's network needs it", log=log)
        if not (self.folder / "ready").exists():
            log("unpacking an embedded engine (Docker from the distribution's packages, once)")
            self._unpack()
        self._register_emulators()

    def _register_emulators(self) -> None:
        """Register missing emulators. A running engine may have lost some when another embedded engine was removed."""
        if os.geteuid() == 0:
            emulation.register(
                lambda architecture: self.folder / "root/usr/bin" / emulation.QEMU[architecture],
                mount_record=self._mount_record,
            )

    def _unpack(self) -> None:
        shutil.rmtree(self.folder / "root", ignore_errors=True)
        self.folder.mkdir(exist_ok=True)
        release = packages.host_release()
        debs = self.folder / "debs"
        hosts_own = packages.HostArea(home() / "apt" / release.codename)
        area = packages.newest_area(home() / "apt")
        programs = UBUNTU_PROGRAMS if release.id == "ubuntu" else PROGRAMS
        with ThreadPoolExecutor(1) as beside:
            emulators = beside.submit(self._unpack_emulators, area, debs)
            packages.unpack(area.fetch(programs, debs), self.folder / "root")
            # runc needs the newest glibc symbols, so only the runc of the host's own release fits the host's glibc.
            packages.unpack(hosts_own.fetch(["runc"], debs), self.folder / "root")
            emulators.result()
        shutil.rmtree(debs)
        packages.check_libraries(self.folder / "root")
        plugins = self.config / "cli-plugins"
        plugins.mkdir(parents=True, exist_ok=True)
        (plugins / "docker-buildx").unlink(missing_ok=True)
        (plugins / "docker-buildx").symlink_to(next(self.folder.glob("root/usr/lib*/docker/cli-plugins/docker-buildx")))
        (self.folder / "ready").touch()

    def _unpack_emulators(self, area: packages.Area, debs: Path) -> None:
        """Unpack only the needed emulators; the package contains forty.

        They must be static, because containers do not have their libraries. The package with static emulators depends
        on the release: where ``qemu-user`` has them, ``qemu-user-static`` is empty.
        """
        scratch = self.folder / "qemu"
        for package in ("qemu-user-static", "qemu-user"):
            packages.unpack(area.fetch([package], debs), scratch)
            if any(path.exists() for path in scratch.glob("usr/bin/qemu-*")):  # not links into the other package
                break
        for architecture in emulation.emulated_architectures():
            name = emulation.QEMU[architecture]
            found = next(p for p in (scratch / "usr/bin" / f"{name}-static", scratch / "usr/bin" / name) if p.exists())
            target = self.folder / "root/usr/bin" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            found.resolve().rename(target)
        shutil.rmtree(scratch)

    def _start(self) -> None:
        self.run.mkdir(mode=0o700, exist_ok=True)
        (self.run / "docker.pid").unlink(missing_ok=True)
        make_bridge(self.bridge)
        settings = {
            "data-root": str(self.folder / "data"),
            "exec-root": str(self.run / "exec"),
            "pidfile": str(self.run / "docker.pid"),
            "hosts": [f"unix://{self.socket}"],
            "bridge": self.bridge,
            "mtu": route_mtu(),
            "features": {"containerd-snapshotter": True},  # several platforms in one local image
            "log-level": "warn",
            "group": str(os.getgid()),
        }
        (self.folder / "daemon.json").write_text(json.dumps(settings, indent=1))
        paths = [str(self.folder / "root/usr/sbin"), str(self.folder / "root/usr/bin"), os.environ.get("PATH", "")]
        with self.log.open("ab") as log:
            daemon = subprocess.Popen(
                ["dockerd", "--config-file", str(self.folder / "daemon.json")],
                env={**os.environ, "PATH": ":".join(paths)},
                executable=self.folder / "root/usr/sbin/dockerd",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # it keeps running after this command
            )
        end = time.monotonic() + START_SECONDS
        while not self.running:
            if daemon.poll() is not None or time.monotonic() > end:
                what = "ended at once" if daemon.poll() is not None else f"did not answer within {START_SECONDS} s"
                raise EngineError(
                    f"the embedded engine {what}. Its last words:\n{_last_lines(self.log)}",
                    todo=[f"read {self.log}", "./dev engine remove, then try again"],
                )
            time.sleep(0.05)
        daemon.returncode = 0  # Popen would warn that the process still runs

    def stop(self) -> bool:
        """Stop dockerd and its containers; keep the data. Return False if it was not running."""
        pid = self.pid()
        if pid is None:
            return False
        for number, wait in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            end = time.monotonic() + wait
            while self.pid() is not None:
                if time.monotonic() > end:
                    break
                time.sleep(0.05)
            else:
                break
        for left in processes_inside(self.folder):  # running build steps, which dockerd does not stop
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)
        return True

    def remove(self) -> None:
        """Remove the engine, its images, bridge and emulators, and all downloads.

        Packages that apt installed stay; the caller reports that.
        """
        self.stop()
        if shutil.which("iptables"):
            remove_bridge(self.bridge)
        emulation.unregister(self.folder, mount_record=self._mount_record)
        for mount in _mounts_below(self.folder, self.run):
            commands.run(["umount", "--lazy", mount], doing=f"unmounting {mount}", check=False)
        shutil.rmtree(self.run, ignore_errors=True)
        forget()


_TRIED = ("DOCKER_HOST and the current docker context", "the socket /var/run/docker.sock")


def processes_inside(folder: Path, proc: Path = Path("/proc")) -> list[int]:
    """The PIDs of processes whose root file system has layers in this folder: those in an engine's containers."""
    found = []
    for mounts in proc.glob("[0-9]*/mountinfo"):
        with suppress(OSError):  # the process has ended meanwhile
            roots = [line for line in mounts.read_text(errors="replace").splitlines() if line.split()[4] == "/"]
            if any(f"{folder}/" in line for line in roots):
                found.append(int(mounts.parent.name))
    return found


def _last_lines(log: Path, count: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def _mounts_below(*folders: Path) -> list[str]:
    """Mount points below these folders, the deepest first."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    prefixes = tuple(f"{folder}/" for folder in folders)
    return sorted((p for p in points if p.startswith(prefixes)), key=len, reverse=True)
