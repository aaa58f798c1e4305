"""Today's executor, as containers see it: its mounts, its commands, its requests (docs/executors.md, E1 to E12)."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtimekit.conformance.raw_http import RawConnection
from runtimekit.engine import containers
from runtimekit.engine.container import PORT, Container

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.functions.function import Answer

ROOT = () if os.geteuid() == 0 else ("sudo", "-n")
"""The executor is root, and so are the folders that it mounts."""
BUILD = "tar -zxf /tmp/code.tar.gz -C /mnt/code && helpers/build.sh '{install}'"
START = 'cp /tmp/code.tar.gz /mnt/code/code.tar.gz && nohup helpers/start.sh "bash helpers/server.sh"'
SCRIPT = (
    "mkdir -p /tmp/logging && touch /tmp/logging/timings.txt && touch /tmp/logging/logs.txt && "
    "script --log-out /tmp/logging/logs.txt --flush --log-timing /tmp/logging/timings.txt --return --quiet "
    '--command "{command}"; status=$?; if [ $status -ne 0 ]; then echo "Build command exited with code $status."; fi; '
    "exit $status"
)
COLD_START_SECONDS = 30
BUILD_SECONDS = 120


def as_root(*argv: str | Path) -> bytes:
    """Run a command as the executor's user, and return what it prints."""
    return subprocess.run([*ROOT, *map(str, argv)], check=True, capture_output=True, timeout=60).stdout


@dataclass(frozen=True)
class Executor:
    """The executor's side of one runtime: its folders, its container."""

    engine: Engine
    image: str
    entrypoint: str
    network: str
    folder: Path
    secret: str = field(default_factory=lambda: secrets.token_hex(16))

    @contextmanager
    def runtime(self, source: Path, *command: str, **variables: str) -> Iterator[Container]:
        """E2 to E4, E11: variables, mounts, command; removed by force."""
        for name in ("src", "builds", "logs", "logging"):
            as_root("mkdir", "-p", "-m", "0755", self.folder / name)
        as_root("cp", source, self.folder / "src/code.tar.gz")
        name = f"runtimekit-executor-{secrets.token_hex(4)}"
        variables |= {
            "OPEN_RUNTIMES_SECRET": self.secret,
            "OPEN_RUNTIMES_ENTRYPOINT": self.entrypoint,
            "OPEN_RUNTIMES_HOSTNAME": "executor",
            "OPEN_RUNTIMES_CPUS": "1",
            "OPEN_RUNTIMES_MEMORY": "512",
            "CI": "true",
        }
        owned = f"{containers.LABEL_OWNER}={containers.owner()}"
        words = ["--name", name, "--hostname", secrets.token_hex(16), "--label", owned]
        words += ["--network", self.network, "--restart", "no", "--cpus", "1", "--memory", "512m"]
        words += [word for key, value in variables.items() for word in ("--env", f"{key}={value}")]
        mounts = {"src": "/tmp", "builds": "/mnt/code", "logs": "/mnt/logs", "logging": "/tmp/logging"}
        words += [word for own, there in mounts.items() for word in ("--volume", f"{self.folder / own}:{there}:rw")]
        try:
            made = self.engine.docker("run", "--detach", *words, self.image, *command, doing=f"running {name}")
            yield Container(self.engine, made.strip(), name)
        finally:
            self.engine.docker("rm", "--force", "--volumes", name, doing=f"removing {name}", check=False)

    def execute(self, container: Container, command: str) -> tuple[int, str]:
        """E5, E11: a command in the container."""
        argv = [*self.engine.command, "exec", container.id, "bash", "-c", command]
        done = subprocess.run(argv, check=False, capture_output=True, timeout=BUILD_SECONDS, text=True)
        return done.returncode, done.stdout + done.stderr

    def wait_for_port(self, container: Container) -> float:
        """E7: seconds until the port can be connected to. It is tried every half second."""
        began = time.monotonic()
        while time.monotonic() < began + COLD_START_SECONDS:
            with suppress(OSError), RawConnection(container.address()[0], PORT, 5):
                return time.monotonic() - began
            time.sleep(0.5)
        raise AssertionError(f"no port after {COLD_START_SECONDS} s: {container.logs(20)}")

    def call(
        self,
        container: Container,
        path: str = "/",
        *,
        method: str = "GET",
        payload: bytes = b"",
        timeout: int = 15,
        logging: bool = True,
        **headers: str,
    ) -> tuple[Answer, str, str]:
        """E8, E9: a request as curl sends it; the answer, and both log files, which are deleted."""
        basic = base64.b64encode(b"opr:" + self.secret.encode()).decode()
        headers = {"Host": f"{'0' * 32}:{PORT}", "Accept": "*/*"} | headers
        headers |= {"x-open-runtimes-logging": "enabled" if logging else "disabled", "Authorization": f"Basic {basic}"}
        headers |= {"x-open-runtimes-secret": self.secret, "x-open-runtimes-timeout": str(max(timeout, 1))}
        if payload:
            headers |= {"Content-Length": str(len(payload)), "Content-Type": "application/x-www-form-urlencoded"}
        waits = len(payload) > 1024 * 1024
        if waits:
            headers["Expect"] = "100-continue"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with RawConnection(container.address()[0], PORT, timeout + 5) as connection:
            connection.send(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
            if waits:
                assert connection.wait_interim() == 100
            connection.send(payload)
            answer = connection.answer(head=method == "HEAD")
        name = answer.headers["x-open-runtimes-log-id"]
        return answer, self._taken(f"{name}_logs.log"), self._taken(f"{name}_errors.log")

    def _taken(self, name: str) -> str:
        """A log file's text; the file is deleted. One that is not there has no text."""
        file = self.folder / "logs" / name
        if not file.exists():
            return ""
        text = as_root("cat", file).decode()
        as_root("rm", file)
        return text
