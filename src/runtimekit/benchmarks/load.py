"""The load generator: wrk, in a container that shares the network namespace of the server that it loads.

wrk's own Lua callback for responses would slow it down. So every answer is checked in the warm-up only; in measured
rounds wrk counts statuses other than 2xx and errors, and the bytes of all answers must add up.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runtimekit.engine import containers
from runtimekit.errors import BenchmarkError
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container

PROFILE = containers.Profile(user="65534:65534", volumes=(), memory="512m")
"""How the load generator's container is confined; its network is the server's."""
TIMEOUT_SECONDS = 10
"""After how long wrk counts a request as timed out; a round with one is void."""
GRACE_SECONDS = 60
"""How much longer than it was told wrk may take before it is given up."""

_DONE = """
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"requests": %d, "seconds": %f, "bytes": %d, "p50_us": %f, "p95_us": %f, "p99_us": %f, ' ..
    '"failed": %d, "not_2xx": %d, "wrong": %d}\\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50), latency:percentile(95), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status, wrong_answers()))
end
"""
_UNCHECKED = "wrong_answers = function() return 0 end\n"
_CHECKED = """
local threads = {}
setup = function(thread) table.insert(threads, thread) end
wrong = 0
response = function(status, headers, body)
  if status ~= 200 or #body ~= expected_size or not body:find(expected_part, 1, true) then wrong = wrong + 1 end
end
wrong_answers = function()
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + thread:get("wrong") end
  return sum
end
"""


@dataclass(frozen=True, kw_only=True)
class Request:
    """The request that is repeated, and what its answer must be."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str]
    body: bytes
    expected_part: bytes
    """A part of the answer's body; the members of JSON may come in any order."""
    expected_size: int
    """How many bytes the answer's body has."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round has measured, all answers right."""

    clients: int
    requests: int
    requests_per_second: float
    p50_us: float
    p95_us: float
    p99_us: float


class LoadGenerator:
    """One server's load generator. It waits in its container until a round is asked for."""

    def __init__(self, container: Container, name: str, request: Request) -> None:
        self._container = container
        self._name = name
        self._request = request
        self._answer_size = 0.0

    def check(self, clients: int, seconds: float) -> None:
        """Send requests and look at every answer; they warm the server up, too.

        Raises:
            BenchmarkError: An answer was wrong, or a request failed.
        """
        found = self._run("checked.lua", clients, seconds)
        if found["wrong"] or not found["requests"]:
            raise BenchmarkError(self._name, f"{found['wrong']} of {found['requests']} answers were wrong")
        self._answer_size = found["bytes"] / found["requests"]

    def round(self, clients: int, seconds: float) -> Round:
        """Send requests as fast as answers come, over this many connections, for this many seconds.

        Raises:
            BenchmarkError: Something failed, so the round is void.
        """
        found = self._run("measured.lua", clients, seconds)
        size = found["bytes"] / max(found["requests"], 1)
        # Of each connection, one answer may have come in part when the time was over.
        tolerance = 1 + self._answer_size * clients / max(found["requests"], 1)
        if abs(size - self._answer_size) > tolerance:
            what = f"answers have {size:.1f} bytes, {self._answer_size:.1f} while they were checked"
            raise BenchmarkError(self._name, what)
        return Round(
            clients=clients,
            requests=found["requests"],
            requests_per_second=found["requests"] / found["seconds"],
            p50_us=found["p50_us"],
            p95_us=found["p95_us"],
            p99_us=found["p99_us"],
        )

    def _run(self, script: str, clients: int, seconds: float) -> dict[str, Any]:
        argv = ["wrk", "--threads=1", f"--connections={clients}", f"--duration={max(1, round(seconds))}s"]
        argv += [f"--timeout={TIMEOUT_SECONDS}s", "--latency", f"--script=/load/{script}", self._request.url]
        printed = self._container.execute(*argv, deadline=seconds + GRACE_SECONDS)
        try:
            found: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise BenchmarkError(self._name, f"wrk did not say what it measured: {printed[-300:]}") from None
        bad = {name: found[name] for name in ("failed", "not_2xx") if found[name]}
        if bad or not found["requests"]:
            what = f"{found['requests']} requests with {clients} clients, of which {bad or 'none was answered'}"
            raise BenchmarkError(self._name, what)
        return found


@contextmanager
def generator(
    engine: Engine, image: str, *, name: str, network: str, request: Request, folder: Path
) -> Iterator[LoadGenerator]:
    """Start the load generator of one server, and remove it when the block ends.

    Args:
        engine: The engine that runs it.
        image: From :func:`runtimekit.images.tools.provide`.
        name: The server's name, for errors.
        network: Docker's name of the network, such as ``container:ID``.
        request: What is sent.
        folder: An empty folder for wrk's scripts. They hold the request with its key, which is valid in this run only.
    """
    head = _request_script(request)
    for file, checks in (("checked.lua", _CHECKED), ("measured.lua", _UNCHECKED)):
        path = folder / file
        path.write_text(head + checks + _DONE, encoding="ascii")
        path.chmod(0o644)  # wrk's user reads it
    folder.chmod(0o755)
    with containers.running(
        engine,
        image,
        name="load",
        platform=f"linux/{machine.native()}",
        profile=replace(PROFILE, network=network),
        files={"/load": folder},
    ) as container:
        yield LoadGenerator(container, name, request)


def _request_script(request: Request) -> str:
    lines = [f"wrk.method = {lua_string(request.method.encode())}"]
    lines += [f"wrk.body = {lua_string(request.body)}"] if request.body else []
    lines += [
        f"wrk.headers[{lua_string(name.encode())}] = {lua_string(value.encode())}"
        for name, value in request.headers.items()
    ]
    lines += [f"expected_size = {request.expected_size}", f"expected_part = {lua_string(request.expected_part)}"]
    return "\n".join(lines) + "\n"


def lua_string(text: bytes) -> str:
    """Write bytes as a string of Lua, each by its number: nothing has to be escaped."""
    return '"' + "".join(f"\\{byte:03d}" for byte in text) + '"'
