"""Which Docker engine do we use? The machine's own if there is one, else the embedded engine."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.engine.embedded import EmbeddedEngine
from runtimekit.engine.socket import answers
from runtimekit.errors import EngineError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Callable

SYSTEM_SOCKET = Path("/var/run/docker.sock")


@dataclass(frozen=True)
class Location:
    """How the docker client reaches an engine."""

    docker: Path
    host: str | None
    config: Path | None
    embedded: bool

    @property
    def description(self) -> str:
        """A short text for people."""
        return "embedded engine" if self.embedded else "the Docker of this machine"


def configured() -> Location | None:
    """The engine that the environment names or that the machine runs. One that is named need not answer.

    Raises:
        EngineError: There is an engine, but no docker client.
    """
    named = bool(os.environ.get("DOCKER_HOST")) or _context() != "default"
    if not named and not answers(SYSTEM_SOCKET):
        return None
    docker = shutil.which("docker")
    if docker is None:
        where = "the environment names a Docker engine" if named else f"a Docker engine answers at {SYSTEM_SOCKET}"
        raise EngineError(f"{where}, but there is no docker client to talk to it.", todo=["install docker's client"])
    return Location(Path(docker), None, None, embedded=False)


def _context() -> str:
    """The name of the current docker context, found as the docker client finds it."""
    if name := os.environ.get("DOCKER_CONTEXT"):
        return name
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    try:
        return str(json.loads((folder / "config.json").read_text()).get("currentContext") or "default")
    except (OSError, ValueError, AttributeError):
        return "default"


def embedded() -> Location:
    """The embedded engine of the current home, running or not."""
    engine = EmbeddedEngine.of_this_home()
    return Location(engine.docker, f"unix://{engine.socket}", engine.config, embedded=True)


def find_running() -> Location | None:
    """An engine to use without starting one; None if there is none."""
    found = configured()
    if found:
        return found
    return embedded() if EmbeddedEngine.of_this_home().running else None


def find_or_start(log: Callable[[str], None]) -> Location:
    """Find the machine's engine, or start the embedded one.

    Raises:
        EngineError: The configured engine does not answer, or none can be started.
    """
    found = configured()
    if found:
        version = commands.run(
            [str(found.docker), "version", "--format", "{{.Server.Version}}"],
            doing="asking the Docker engine",
            deadline=30,
            check=False,
        )
        if version.returncode != 0:
            raise EngineError(
                "the Docker engine that the environment names does not answer:\n" + version.stderr.strip(),
                todo=["start it", "or unset DOCKER_HOST and DOCKER_CONTEXT to use an embedded engine"],
            )
        return found
    engine = EmbeddedEngine.of_this_home()
    engine.ensure_running(log)
    return embedded()
