"""A running `./dev serve`: its output, its requests, what it leaves."""

from __future__ import annotations

import http.client
import re
import signal
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from runtimekit import client

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

DEADLINE = 120.0


class Served:
    """A running `serve`, its output, and a connection's worth of requests."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.output = ""
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until the output has it."""
        end = time.monotonic() + DEADLINE
        while not (found := re.search(pattern, self.output)):
            assert time.monotonic() < end, f"{pattern!r} did not come:\n{self.output}"
            assert self.process.poll() is None or re.search(pattern, self.output), self.output
            time.sleep(0.02)
        return found

    @property
    def port(self) -> int:
        """The port that it says."""
        return int(self.wait_for(r"http://127\.0\.0\.1:(\d+)/ after")[1])

    def ask(self, method: str = "GET", target: str = "/", body: bytes | None = None) -> tuple[int, bytes]:
        """One request over a connection of its own: status and body."""
        status, _headers, content = self.exchange(method, target, body)
        return status, content

    def exchange(
        self, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """One request over a connection of its own: status, headers and body."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE)
        self._thread.join(DEADLINE)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@contextmanager
def serving(cli: Any, folder: Path, *options: str) -> Iterator[Served]:
    """`serve` for a folder, on a port that is probably free."""
    served = Served(cli.start("serve", str(folder), "--port", "21000", *options))
    try:
        yield served
    finally:
        served.end(signal.SIGTERM)
    assert left_of(served.process.pid) == []


def left_of(pid: int) -> list[str]:
    """The containers that a process has left."""
    engine = client.connect(print)
    form = '{{.Names}} {{.Label "org.runtimekit.owner"}}'
    rows = engine.docker("ps", "--all", "--format", form, doing="listing containers").splitlines()
    return [row for row in rows if row.partition(" ")[2].startswith(f"{pid}.")]


def write(folder: Path, text: str, name: str = "index.js") -> Path:
    """Save a file as editors do: beside it, then renamed."""
    folder.mkdir(exist_ok=True)
    scratch = folder / f"{name}.tmp"
    scratch.write_text(text)
    scratch.rename(folder / name)
    return folder
