"""An image of one function, as plain docker and compose run it."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runtimekit.debian import packages
from runtimekit.support.home import home, locked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine


class Started:
    """A container that plain docker runs.

    Args:
        engine: Docker.
        identifier: The container's.
        headers: What every request has.
        health: The path that answers 200 when it is ready.
        port: Where it listens in the container.
    """

    def __init__(
        self, engine: Engine, identifier: str, headers: Mapping[str, str], health: str, port: int = 3000
    ) -> None:
        self.engine = engine
        self.id = identifier
        self.headers, self.health = headers, health
        where = engine.docker("port", identifier, str(port), doing="asking for the port").split()[0]
        self.host, _, port = where.rpartition(":")
        self.port = int(port)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One request over a connection of its own: status, headers, body."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {**self.headers, **names})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def wait_ready(self) -> None:
        """Until it says that it is healthy."""
        end = time.monotonic() + 30
        while True:
            try:
                if self.ask("GET", self.health)[0] == http.client.OK:
                    return
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < end, self.logs()
            time.sleep(0.02)  # no event tells; a deadline bounds it

    def logs(self) -> str:
        """Both streams."""
        argv = [*self.engine.command, "logs", self.id]
        return subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout

    def end(self) -> tuple[str, ...]:
        """Stop it; its exit code, and whether it ran out of memory."""
        self.engine.docker("stop", self.id, doing="stopping the bundle")
        form = "{{.State.ExitCode}} {{.State.OOMKilled}}"
        return tuple(self.engine.docker("inspect", "--format", form, self.id, doing="asking how it ended").split())


@contextmanager
def started(
    engine: Engine,
    image: str,
    *options: str,
    headers: Mapping[str, str],
    health: str = "/healthz",
    port: int = 3000,
) -> Iterator[Started]:
    """Run a bundle as anybody would: nothing is mounted."""
    words = ["--detach", "--pull", "never", "--publish", f"127.0.0.1:0:{port}", *options]
    identifier = engine.docker("run", *words, image, doing="running the bundle").strip()
    try:
        made = Started(engine, identifier, headers, health, port)
        made.wait_ready()
        yield made
    finally:
        engine.docker("rm", "--force", identifier, doing="removing the bundle's container", check=False)


def compose_program() -> list[str]:
    """Compose: docker's plugin if there is one, else Debian 13's, unpacked into our home, once."""
    theirs = ["docker", "compose"]
    if (
        shutil.which("docker")
        and subprocess.run([*theirs, "version"], check=False, capture_output=True).returncode == 0
    ):
        return theirs
    root = home() / "docker-compose"
    with locked("docker-compose"):
        if not (root / "ready").exists():
            packages.unpack(
                packages.Area(home() / "apt/trixie", "trixie").fetch(["docker-compose"], root / "debs"), root
            )
            (root / "ready").touch()
    return [str(root / "usr/libexec/docker/cli-plugins/docker-compose")]


class Compose:
    """Compose, on one file, as one project.

    Args:
        engine: Docker.
        file: The file.
        project: The project's name.
        configuration: An empty folder: no settings of whoever runs the tests.
    """

    def __init__(self, engine: Engine, file: Path, project: str, configuration: Path) -> None:
        self.argv = [*compose_program(), "--file", str(file), "--project-name", project]
        reached = {"DOCKER_HOST": engine.location.host} if engine.location.host else {}
        self.environment = os.environ | reached | {"DOCKER_CONFIG": str(configuration), "PUBLISHED_PORT": "0"}

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one of its commands, with more variables."""
        environment = self.environment | more
        return subprocess.run(
            [*self.argv, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
