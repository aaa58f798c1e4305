"""Containers that are always removed afterwards, and whose errors include their last output."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_on_whales.exceptions import DockerException

from runtimekit.engine.container import PORT, Container
from runtimekit.errors import CommandError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from runtimekit.engine.client import Engine

LABEL_OWNER = "org.runtimekit.owner"
"""The label of every container and network of ours. It names the process that made it, so that a later run can clean
up."""

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
    """Empty: the image's own."""
    memory: str = "256m"
    pids: int = 128
    read_only: bool = True
    volumes: tuple[str, ...] = ("/usr/code", "/usr/workspace")
    """Writable folders; each is an anonymous volume."""
    tmpfs: tuple[str, ...] = ("/tmp:mode=1777",)  # noqa: S108 - inside the container
    network: str = "bridge"
    privileged: bool = False
    """Only for tests of the gateway itself, which create process namespaces."""
    root: bool = False
    """Whether the engine's usual capabilities are kept, for images that start as root (docs/protocol-v5.md)."""


LAUNCH_PROFILE = Profile()
BUILD_PROFILE = Profile(memory="2g", pids=512, read_only=False, volumes=(), tmpfs=())


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
    folders: Mapping[str, Path] | None = None,
    environment_file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    publish: bool = False,
    volumes: Mapping[str, str] | None = None,
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
        folders: Folder inside → folder here, mounted writable.
        environment_file: Variables that must not appear on a command line, such as keys.
        environment: Other variables.
        publish: Whether docker publishes the port on a free port of this machine's loopback address.
        volumes: Folder inside → a volume's name, mounted writable.

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
                user=profile.user or None,
                memory=profile.memory,
                memory_swap=profile.memory,
                pids_limit=profile.pids,
                read_only=profile.read_only,
                privileged=profile.privileged,
                cap_drop=[] if profile.privileged or profile.root else ["ALL"],
                security_options=[] if profile.privileged or profile.root else ["no-new-privileges"],
                tmpfs=list(profile.tmpfs),
                networks=[profile.network],
                mounts=_mounts(profile, files or {}, folders or {}, volumes or {}),
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


def _mounts(
    profile: Profile, files: Mapping[str, Path], folders: Mapping[str, Path], volumes: Mapping[str, str]
) -> list[list[str]]:
    mounts = [[f"type=volume,target={folder}"] for folder in profile.volumes]
    mounts += [[f"type=volume,source={name},target={folder}"] for folder, name in volumes.items()]
    mounts += [[f"type=bind,source={source},target={target}"] for target, source in folders.items()]
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
