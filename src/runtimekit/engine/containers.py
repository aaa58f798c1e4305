"""Containers that are always removed afterwards, and whose errors include their last output."""

from __future__ import annotations

import os
import secrets
import subprocess
import tarfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from python_on_whales.exceptions import DockerException

from runtimekit.errors import CommandError, DeadlineError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from runtimekit.engine.client import Engine

LABEL_OWNER = "org.runtimekit.owner"
"""The label of every container and network of ours. It names the process that made it, so that a later run can clean
up."""

PORT = 3000
"""The port on which every runtime listens (contract §3)."""

PULL_NEVER = "never"
"""The value of ``--pull``: our images are built here and must never be pulled."""


def owner() -> str:
    """The label's value for this process: ``PID.START_TIME``. A later process may get the same PID."""
    return f"{os.getpid()}.{_started(os.getpid())}"


def _started(pid: int) -> str:
    """A process's start time in clock ticks since boot (proc(5), field 22)."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:  # noqa: PTH123 - not a path to keep
        return stat.read().rpartition(")")[2].split()[19]


def is_owner_running(label: str) -> bool:
    """Whether the process in an owner label still runs."""
    pid, _, started = label.partition(".")
    try:
        return _started(int(pid)) == started
    except (OSError, ValueError, IndexError):
        return False


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How a container is confined (contract L6)."""

    user: str = "2001:2000"
    memory: str = "256m"
    pids: int = 128
    read_only: bool = True
    volumes: tuple[str, ...] = ("/usr/code", "/usr/workspace")
    """Writable folders; each is an anonymous volume."""
    tmpfs: tuple[str, ...] = ("/tmp:mode=1777",)  # noqa: S108 - inside the container
    network: str = "bridge"
    privileged: bool = False
    """Only for tests of the gateway itself, which create process namespaces."""


LAUNCH_PROFILE = Profile()
BUILD_PROFILE = Profile(memory="2g", pids=512, read_only=False, volumes=(), tmpfs=())


@dataclass(frozen=True)
class State:
    """The state of a container."""

    status: str
    exit_code: int
    out_of_memory: bool
    restarts: int

    @property
    def running(self) -> bool:
        """Whether the container's first process runs."""
        return self.status == "running"


@dataclass(frozen=True)
class Container:
    """A container that this project has started."""

    engine: Engine
    id: str
    name: str

    def state(self) -> State:
        """The current state, from the engine."""
        form = "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.RestartCount}}"
        words = self.engine.docker("inspect", "--format", form, self.id, doing=f"inspecting {self.name}").split()
        return State(words[0], int(words[1]), words[2] == "true", int(words[3]))

    def address(self) -> tuple[str, int]:
        """Host and port under which this machine reaches the container.

        Raises:
            StopIteration: It has no address, because it has ended.
        """
        form = (
            '{{range $p, $b := .NetworkSettings.Ports}}{{range $b}}{{.HostIp}} {{.HostPort}}{{"\\n"}}{{end}}{{end}}'
            '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{"\\n"}}{{end}}'
        )
        lines = self.engine.docker("inspect", "--format", form, self.id, doing=f"inspecting {self.name}").split("\n")
        for line in lines:
            host, _, port = line.strip().partition(" ")
            if host and port:
                return host, int(port)
        return next(line.strip() for line in lines if line.strip()), PORT

    def logs(self, lines: int | None = None) -> str:
        """The container's output, both streams; with ``lines``, only the last ones."""
        tail = ["--tail", str(lines)] if lines is not None else []
        argv = [*self.engine.command, "logs", *tail, self.id]
        answer = commands.run(argv, doing=f"reading the logs of {self.name}", deadline=60, check=False)
        return answer.stdout + answer.stderr

    def wait(self, deadline: float) -> int:
        """Wait until the container ends and return its exit code.

        Raises:
            DeadlineError: It still runs after ``deadline`` seconds. The error holds its last lines.
        """
        try:
            return int(self.engine.docker("wait", self.id, doing=f"waiting for {self.name}", deadline=deadline))
        except DeadlineError:
            raise DeadlineError(f"{self.name}", deadline, self.logs(20)) from None

    def signal(self, name: str) -> None:
        """Send a signal to the first process, as ``docker kill --signal`` does."""
        self.engine.docker("kill", "--signal", name, self.id, doing=f"sending {name} to {self.name}")

    def restart(self, grace: int = 10) -> None:
        """Stop the container and start it again with the same files. ``grace`` is in seconds."""
        self.engine.docker("restart", "--time", str(grace), self.id, doing=f"restarting {self.name}")

    def execute(self, *argv: str, user: str | None = None, deadline: float = 60, check: bool = True) -> str:
        """Run a command in the container and return what it prints."""
        arguments = ["exec", *(["--user", user] if user else []), self.id, *argv]
        return self.engine.docker(*arguments, doing=f"{argv[0]} in {self.name}", deadline=deadline, check=check)

    def pack(self, folder: str, archive: IO[bytes]) -> None:
        """Write a folder of the container as ``tar.gz``, also after the container has ended (contract L1)."""
        argv = [*self.engine.command, "cp", f"{self.id}:{folder}/.", "-"]
        with commands.process(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stdout is not None and running.stderr is not None  # noqa: S101, PT018 - for the type checker
            with (
                tarfile.open(fileobj=running.stdout, mode="r|") as source,
                tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as target,
            ):
                for entry in source:
                    target.addfile(entry, source.extractfile(entry) if entry.isreg() else None)
            output = running.stderr.read().decode(errors="replace")
            if running.wait() != 0:
                doing = f"copying {folder} out of {self.name}"
                raise CommandError(doing, commands.quoted(argv), running.returncode, output)

    def remove(self) -> None:
        """Stop and remove the container with its volumes. A container that is gone is no error."""
        self.engine.docker("rm", "--force", "--volumes", self.id, doing=f"removing {self.name}", check=False)


@contextmanager
def running(
    engine: Engine,
    image: str,
    command: Sequence[str] = (),
    *,
    name: str,
    platform: str,
    profile: Profile = LAUNCH_PROFILE,
    files: Mapping[str, Path] | None = None,
    environment_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    publish: bool = False,
) -> Iterator[Container]:
    """Start a container, and remove it when the block ends or when starting fails.

    Args:
        engine: The engine that runs it.
        image: The image; it must exist.
        command: Replaces the image's own command.
        name: Describes the container. Its full name gets a random suffix.
        platform: As docker calls it, ``linux/arm64``.
        profile: Limits and permissions.
        files: Path inside → file here, mounted read-only.
        environment_file: Variables that must not appear on a command line, such as keys.
        environment: Other variables.
        publish: Whether docker publishes the port on a free port of this machine's loopback address.

    Raises:
        CommandError: It cannot be started.
    """
    full_name = f"runtimekit-{name}-{secrets.token_hex(4)}"
    try:
        try:
            started = engine.client.container.run(
                image,
                list(command),
                detach=True,
                name=full_name,
                labels={LABEL_OWNER: owner()},
                platform=platform,
                pull=PULL_NEVER,
                user=profile.user,
                memory=profile.memory,
                memory_swap=profile.memory,
                pids_limit=profile.pids,
                read_only=profile.read_only,
                privileged=profile.privileged,
                cap_drop=[] if profile.privileged else ["ALL"],
                security_options=[] if profile.privileged else ["no-new-privileges"],
                tmpfs=list(profile.tmpfs),
                networks=[profile.network],
                mounts=_mounts(profile, files or {}),
                env_files=[environment_file] if environment_file else [],
                envs=dict(environment or {}),
                publish=[("127.0.0.1:", PORT)] if publish else [],  # docker chooses the port
            )
        except DockerException as error:
            output = (error.stderr or error.stdout or "").strip()
            command_line = commands.quoted(error.docker_command)
            raise CommandError(f"starting {full_name}", command_line, error.return_code, output) from None
        yield Container(engine, started.id, full_name)
    finally:
        argv = [*engine.command, "rm", "--force", "--volumes", full_name]
        with suppress(CommandError):
            commands.run(argv, doing=f"removing {full_name}", deadline=60, check=False)


def _mounts(profile: Profile, files: Mapping[str, Path]) -> list[list[str]]:
    mounts = [[f"type=volume,target={folder}"] for folder in profile.volumes]
    return mounts + [[f"type=bind,source={source},target={target},readonly"] for target, source in files.items()]


@contextmanager
def network(engine: Engine, name: str) -> Iterator[str]:
    """Create a network without access to the outside, and remove it when the block ends.

    This machine reaches its containers by their addresses. Put the network's name into :attr:`Profile.network`, because
    functions are launched without access to the outside (contract L6).
    """
    full_name = f"runtimekit-{name}-{secrets.token_hex(4)}"
    label = f"{LABEL_OWNER}={owner()}"
    engine.docker(
        "network", "create", "--internal", "--label", label, full_name, doing=f"making the network {full_name}"
    )
    try:
        yield full_name
    finally:
        engine.docker("network", "rm", full_name, doing=f"removing the network {full_name}", check=False)


def remove_orphans(engine: Engine) -> list[str]:
    """Remove containers and networks that killed runs have left, and return their names.

    Only those with our label are touched.
    """
    form = f'{{{{.ID}}}} {{{{.Label "{LABEL_OWNER}"}}}} '
    owned = ("--filter", f"label={LABEL_OWNER}", "--format")
    containers = ("ps", "--all", *owned, form + "{{.Names}}"), ("rm", "--force", "--volumes")
    networks = ("network", "ls", *owned, form + "{{.Name}}"), ("network", "rm")
    removed = []
    for look, remove in (containers, networks):  # a network can only be removed after its containers
        for line in engine.docker(*look, doing="looking for orphans").splitlines():
            identifier, label, name = line.split(" ", 2)
            if not is_owner_running(label):
                engine.docker(*remove, identifier, doing=f"removing {name}", check=False)
                removed.append(name)
    return removed
