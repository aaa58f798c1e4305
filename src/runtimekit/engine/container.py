"""One running container: its state, its output, commands in it."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from runtimekit.errors import CommandError, DeadlineError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runtimekit.engine.client import Engine

PORT = 3000
"""The port on which every runtime listens (contract §3)."""

LAST_LINES_SECONDS = 2.0
"""How long a stopped container's last lines are waited for."""


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

    def copy_file(self, path: str, sink: IO[bytes]) -> None:
        """Write the bytes of one file of the container, also after the container has ended.

        Raises:
            CommandError: It has no such file.
        """
        argv = [*self.engine.command, "cp", f"{self.id}:{path}", "-"]
        with commands.process(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stdout is not None and running.stderr is not None  # noqa: S101, PT018 - for the type checker
            with suppress(tarfile.ReadError), tarfile.open(fileobj=running.stdout, mode="r|") as source:
                for entry in source:
                    if held := source.extractfile(entry):
                        shutil.copyfileobj(held, sink)
            output = running.stderr.read().decode(errors="replace")
            if running.wait() != 0:
                raise CommandError(
                    f"copying {path} out of {self.name}", commands.quoted(argv), running.returncode, output
                )

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

    def transform(
        self,
        *argv: str,
        environment: Mapping[str, str],
        source: IO[bytes],
        read: Callable[[IO[bytes]], None],
        on_line: Callable[[str], None],
        deadline: float,
    ) -> int:
        """Run a command in the container that turns a stream into another, and return its exit code.

        Args:
            argv: The command.
            environment: Its further variables.
            source: An open file: its standard input.
            read: Reads its standard output to the end.
            on_line: Is told each line of its standard error, while it runs.
            deadline: Seconds. The command goes on in the container after it: remove the container.

        Raises:
            DeadlineError: It took longer.
        """
        variables = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
        line = [*self.engine.command, "exec", "--interactive", *variables, self.id, *argv]
        with commands.process(line, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            out, err = running.stdout, running.stderr
            assert out is not None and err is not None  # noqa: S101, PT018 - for the type checker
            ender = threading.Timer(deadline, running.kill)
            ender.start()
            try:
                with ThreadPoolExecutor(1) as reader:
                    reading = reader.submit(read, out)
                    for text in err:
                        on_line(text.decode(errors="replace").rstrip("\r\n"))
                    reading.result()
                status = running.wait()
            finally:
                is_late = ender.finished.is_set()
                ender.cancel()
        if is_late:
            raise DeadlineError(f"{argv[0]} in {self.name}", deadline, "")
        return status

    @contextmanager
    def following(self, on_line: Callable[[str], None]) -> Iterator[None]:
        """Pass on each line that the container prints, from its start, until the block ends and a moment longer.

        Lines come from a thread, as they are printed; both streams are one.
        """
        argv = [*self.engine.command, "logs", "--follow", self.id]
        with commands.process(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
            assert running.stdout is not None  # noqa: S101 - for the type checker
            pipe = running.stdout

            def listen() -> None:
                for line in pipe:
                    on_line(line.decode(errors="replace").rstrip("\r\n"))

            thread = threading.Thread(target=listen, daemon=True)
            thread.start()
            try:
                yield
            finally:
                self.engine.docker("stop", "--time", "1", self.id, doing=f"stopping {self.name}", check=False)
                thread.join(LAST_LINES_SECONDS)

    def remove(self) -> None:
        """Stop and remove the container with its volumes. A container that is gone is no error."""
        self.engine.docker("rm", "--force", "--volumes", self.id, doing=f"removing {self.name}", check=False)
