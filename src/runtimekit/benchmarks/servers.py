"""The servers that are measured in turns: a runtime, its language's floor, the gateway with an echo worker, URLs.

A floor is a bare handler of the language's own HTTP server, without any check (``benchmarks/floors``). It runs in the
runtime's own images. The echo worker answers each request at once: what it reaches is the gateway's own speed.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runtimekit.benchmarks import load
from runtimekit.engine import containers
from runtimekit.engine.container import PORT
from runtimekit.errors import BenchmarkError
from runtimekit.functions.function import launch
from runtimekit.functions.protocols.open_runtimes import CONTROL
from runtimekit.repository.identifiers import Protocol
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container
    from runtimekit.functions.function import Function
    from runtimekit.repository.catalogue import Runtime

PAYLOAD = "benchmark"
BODY = json.dumps({"payload": PAYLOAD, "env": {"ENV1": "hello"}}).encode()
"""The documented test function's request."""
LOGS = ", with logs"
"""What the name of a server ends in that logs what the function logs."""
BUILD_SECONDS = 300
READY_SECONDS = 60
FLOOR = "/floor"
"""Where a floor's folder is mounted. Its ``build.sh`` writes to ``/usr/code``, its ``start.sh`` starts the server."""
ARCHIVE = "/tmp/code.tar.gz"  # noqa: S108 - inside the container
START_FLOOR = f"[ ! -f {ARCHIVE} ] || tar -xzf {ARCHIVE} -C /usr/code; exec sh {FLOOR}/start.sh"
CPU_FILES = ("/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpuacct/cpuacct.usage")
"""The container's processor time in control groups of version 2, and of version 1."""


@dataclass(frozen=True)
class RunningServer:
    """A server that answers, with its load generator."""

    name: str
    generator: load.LoadGenerator
    container: Container | None
    """Its container, which tells how much processor time it has used; None for a URL."""

    def cpu_seconds(self) -> float | None:
        """Processor time of all its processes so far; None if nobody says."""
        if self.container is None:
            return None
        text = self.container.execute("sh", "-c", f"cat {' '.join(CPU_FILES)} 2>/dev/null; true")
        return cpu_seconds_in(text)


def cpu_seconds_in(text: str) -> float | None:
    """The processor time in the contents of one of :data:`CPU_FILES`; None if it is in none of them.

    Version 2 writes ``usage_usec N`` among other lines, version 1 one line with nanoseconds.
    """
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if name == "usage_usec":
            return int(value) / 1e6
        if not name and value.isdecimal():
            return int(value) / 1e9
    return None


@dataclass(frozen=True)
class Asked:
    """What all servers of a run are asked."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    part: bytes
    """What the answer of a function holds."""


ASKED = {
    Protocol.V2021: Asked("POST", {"content-type": "application/json"}, BODY, PAYLOAD.encode()),
    Protocol.V5: Asked("GET", {}, b"", b"Hello World!"),
}


def ways(name: str, function: Function, protocol: Protocol) -> dict[str, dict[str, str]]:
    """The headers with which a function is asked, by the server's name: with logs and without, where there are logs."""
    headers = dict(function.protocol.from_fields({}, function.key).headers)
    if protocol is Protocol.V2021:
        return {name: headers}
    # One file for all requests: their number is no part of what is measured.
    logging = {f"{CONTROL}logging": "enabled", f"{CONTROL}log-id": "bench"}
    return {name: headers | {f"{CONTROL}logging": "disabled"}, name + LOGS: headers | logging}


@dataclass(frozen=True)
class BenchmarkEnvironment:
    """What every server needs."""

    engine: Engine
    load_image: str
    folder: Path
    """For files of this run."""
    platform: str
    asked: Asked = ASKED[Protocol.V2021]

    @contextmanager
    def functions(self, name: str, runtime: Runtime, archive: Path) -> Iterator[list[RunningServer]]:
        """Launch a built function, confined as its protocol says: one server for each of :func:`ways`."""
        with (
            launch(self.engine, runtime, archive=archive, platform=self.platform, folder=self.folder) as function,
            ExitStack() as stack,
        ):
            address = (function.container, function.host, function.port)
            yield [
                stack.enter_context(self._loaded(each, *address, headers))
                for each, headers in ways(name, function, runtime.protocol).items()
            ]

    @contextmanager
    def floor(self, runtime: Runtime, source: Path) -> Iterator[RunningServer]:
        """Build and start a floor in the runtime's images, confined like a function."""
        files = {FLOOR: source}
        if (source / "build.sh").exists():
            files[ARCHIVE] = self.build(runtime, source)
        with (
            containers.running(
                self.engine,
                runtime.run_image,
                ["sh", "-c", START_FLOOR],
                name=f"floor-{runtime.id.dashed}",
                platform=self.platform,
                profile=containers.Profile(memory=runtime.memory),
                files=files,
                publish=True,
            ) as container,
            self._loaded("floor", container, *container.address(), {}) as server,
        ):
            yield server

    def build(self, runtime: Runtime, source: Path) -> Path:
        """Run ``build.sh`` of a floor in the runtime's build image, and return the archive of what it made.

        Raises:
            BenchmarkError: It failed.
        """
        target = self.folder / f"{source.name}.floor.tar.gz"
        with containers.running(
            self.engine,
            runtime.build_image,
            ["sh", "-c", f"cd /usr/code && exec sh {FLOOR}/build.sh"],
            name=f"floor-build-{runtime.id.dashed}",
            platform=self.platform,
            profile=containers.BUILD_PROFILE,
            files={FLOOR: source},
        ) as container:
            if container.wait(BUILD_SECONDS) != 0:
                raise BenchmarkError(f"floor of {runtime}", f"it cannot be built: {container.logs(20)}")
            with atomic_files.writing(target) as archive:
                container.pack("/usr/code", archive)
        target.chmod(0o644)  # the server's user reads it
        return target

    @contextmanager
    def url(self, url: str, headers: Mapping[str, str]) -> Iterator[RunningServer]:
        """A server that runs already, at an address of this machine's network."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise BenchmarkError(url, "only addresses such as http://127.0.0.1:3000/ can be measured")
        body = self._answer(url, parts.hostname, parts.port or 80, parts.path or "/", headers)
        with self._generator(url, "host", url, headers, body) as generator:
            yield RunningServer(url, generator, None)

    @contextmanager
    def _loaded(
        self, name: str, container: Container, host: str, port: int, headers: Mapping[str, str]
    ) -> Iterator[RunningServer]:
        try:
            body = self._answer(name, host, port, "/", headers)
        except BenchmarkError as error:
            raise BenchmarkError(name, f"{error}\n{container.logs(20)}") from None
        if self.asked.part not in body:
            raise BenchmarkError(name, f"it answers {body[:200]!r}, which does not hold {self.asked.part!r}")
        local = f"http://127.0.0.1:{PORT}/"
        with self._generator(name, f"container:{container.id}", local, headers, body) as generator:
            yield RunningServer(name, generator, container)

    @contextmanager
    def _generator(
        self, name: str, network: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Iterator[load.LoadGenerator]:
        request = load.Request(
            url=url,
            method=self.asked.method,
            headers={**self.asked.headers, **headers},
            body=self.asked.body,
            expected_part=self.asked.part if self.asked.part in body else body,
            expected_size=len(body),
        )
        with (
            tempfile.TemporaryDirectory(dir=self.folder, prefix="load-") as scripts,
            load.generator(
                self.engine, self.load_image, name=name, network=network, request=request, folder=Path(scripts)
            ) as generator,
        ):
            yield generator

    def _answer(self, name: str, host: str, port: int, path: str, headers: Mapping[str, str]) -> bytes:
        """Return the body of the first answer. Ask until the server accepts connections.

        Raises:
            BenchmarkError: It does not answer in time, or not with 200.
        """
        end = time.monotonic() + READY_SECONDS
        while True:
            with (
                suppress(OSError, http.client.HTTPException),
                closing(http.client.HTTPConnection(host, port, timeout=READY_SECONDS)) as connection,
            ):
                sent = {**self.asked.headers, **headers}
                connection.request(self.asked.method, path, self.asked.body or None, sent)
                response = connection.getresponse()
                body = response.read()
                if response.status != http.client.OK:
                    what = f"it answers the request with status {response.status}: {body[:300]!r}"
                    raise BenchmarkError(name, what)
                return body
            if time.monotonic() > end:
                raise BenchmarkError(name, f"it did not answer within {READY_SECONDS} s")
            time.sleep(0.05)  # no event tells when it listens; a deadline bounds it
