"""Build, launch and call a function: source → ``build.sh`` → archive → container → requests.

Tests, ``serve`` and benchmarks use this module. What differs between protocols is in
:mod:`runtimekit.functions.protocols`.
"""

from __future__ import annotations

import http.client
import secrets
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from runtimekit.engine import containers
from runtimekit.errors import FunctionBuildError, FunctionLaunchError
from runtimekit.functions import caches, protocols
from runtimekit.functions.exchange import Answer, Request, received
from runtimekit.functions.exchange import send as send_request
from runtimekit.functions.protocols.base import SOURCE as ARCHIVE
from runtimekit.functions.watcher import message
from runtimekit.repository.identifiers import Kind
from runtimekit.support import atomic_files, machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container
    from runtimekit.engine.containers import Profile
    from runtimekit.functions.envelope import Settings
    from runtimekit.functions.protocols import FunctionProtocol
    from runtimekit.functions.watcher import Watcher
    from runtimekit.repository.catalogue import Runtime

__all__ = [
    "ARCHIVE",
    "BUILD_SECONDS",
    "READY_SECONDS",
    "Answer",
    "Function",
    "address",
    "build",
    "deadline_factor",
    "is_compiled",
    "launch",
    "memory_limit",
    "wait_ready",
]

BUILD_SECONDS = 300.0
BUILD_ATTEMPTS = 3
"""Attempts for a build that fails without output. ``build.sh`` always prints a reason, but on a busy machine the engine
sometimes loses the output of a container that ended at once."""
READY_SECONDS = 30.0
EMULATION_MEMORY_FACTOR = 3
"""The factor for a container's memory under emulation: every process needs an emulator of some 30 MB."""
EMULATION_DEADLINE_FACTOR = 12
"""The factor for deadlines under emulation, where everything takes longer. Budgets are never multiplied."""


def deadline_factor(platform: str) -> int:
    """The factor for deadlines on this platform."""
    return 1 if platform.rpartition("/")[2] == machine.native() else EMULATION_DEADLINE_FACTOR


def memory_limit(runtime: Runtime, platform: str) -> str:
    """The container's memory limit, such as ``256m``: the language's amount, and more under emulation."""
    amount = runtime.memory
    return amount if deadline_factor(platform) == 1 else f"{EMULATION_MEMORY_FACTOR * int(amount[:-1])}{amount[-1]}"


def build(
    engine: Engine,
    runtime: Runtime,
    *,
    source: Path,
    target: Path,
    platform: str,
    entrypoint: str = "",
    seconds: float = BUILD_SECONDS,
    cache: str = "",
    profile: Profile = containers.BUILD_PROFILE,
) -> str:
    """Build a function in the runtime's build image, as its protocol says, and return what ``build.sh`` printed.

    Args:
        engine: The engine that runs the build.
        runtime: The function's runtime; its build image must exist.
        source: The packed source, ``code.tar.gz``.
        target: The archive to write.
        platform: As docker calls it.
        entrypoint: The function's file; empty means the language's default.
        seconds: The time limit; multiplied under emulation.
        cache: A volume that keeps downloads (:func:`runtimekit.functions.caches.volume`); empty means none.
        profile: Limits and permissions.

    Raises:
        FunctionBuildError: ``build.sh`` failed. The error holds the compiler's output.
        DeadlineError: It took too long.
    """
    attempts = 0
    while True:
        attempts += 1
        status, output = _build_once(
            engine, runtime, source, target, platform, entrypoint, seconds * deadline_factor(platform), cache, profile
        )
        if status == 0:
            return output
        if output or attempts == BUILD_ATTEMPTS:
            raise FunctionBuildError(str(runtime), status, output[-4000:])


def _build_once(
    engine: Engine,
    runtime: Runtime,
    source: Path,
    target: Path,
    platform: str,
    entrypoint: str,
    deadline: float,
    cache: str,
    profile: Profile,
) -> tuple[int, str]:
    """The exit code and the output. The archive exists if the code is 0."""
    how = protocols.of(runtime.protocol)
    named = {how.entrypoint_variable: entrypoint} if entrypoint else {}
    with containers.running(
        engine,
        runtime.build_image,
        ["sh", "-c", how.build_script],
        name=f"build-{runtime.id.dashed}",
        platform=platform,
        profile=how.build_profile(profile),
        files={ARCHIVE: source},
        environment=named | caches.environment(cache, how.cache),
        volumes=caches.mounts(cache, how.cache),
    ) as container:
        status = container.wait(deadline)
        output = container.logs()
        if status == 0:
            with atomic_files.writing(target) as archive:
                how.fetch(container, archive)
            target.chmod(0o644)  # any user inside the container reads it
    return status, output


@dataclass(frozen=True)
class Function:
    """A launched function."""

    container: Container
    host: str
    port: int
    key: str
    protocol: FunctionProtocol = protocols.CONTRACT
    logs: Path | None = None
    """The folder here in which requests have their logs, if their protocol has logs and somebody wants them."""
    watch: Callable[[], Watcher] | None = None
    """Makes a watcher for each connection; None for nobody who wants to know."""

    def watched(self, watch: Callable[[], Watcher]) -> Self:
        """The same function; what goes to and fro is told to watchers."""
        return replace(self, watch=watch)

    def call(self, *, key: str | None = "", seconds: float = 60, **fields: Any) -> Answer:  # noqa: ANN401
        """Send one request over a connection of its own.

        Args:
            key: Replaces the right key; None sends no key at all.
            seconds: How long to wait for the answer.
            fields: Of the contract's body (contract §3), such as ``payload="…"``. Of the open-runtimes protocol
                ``method``, ``path``, ``headers``, ``payload`` (text or bytes), ``timeout``.

        Raises:
            TypeError: The protocol has no such field.
            OSError: The container does not answer.
        """
        return self._ask(self.protocol.from_fields(fields, self.key if key == "" else key), seconds)

    def exchange(self, request: Request, settings: Settings, *, seconds: float = 60) -> Answer:
        """Send a request of the function's user, in the way of the protocol, over a connection of its own.

        Raises:
            NotTextError: The protocol's payload is text, and the request's is none.
            OSError: The container does not answer.
        """
        return self._ask(self.protocol.from_request(request, settings, self.key), seconds)

    def send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], *, seconds: float = 60
    ) -> Answer:
        """Send any HTTP request."""

        def ask() -> Answer:
            with closing(http.client.HTTPConnection(self.host, self.port, timeout=seconds)) as connection:
                connection.request(method, path, body, dict(headers))
                return received(connection.getresponse())

        return self._told(Request(method, path, tuple(headers.items()), body or b""), ask)

    def ready(self) -> bool:
        """Whether its server says that the function is loaded."""
        try:
            return self.protocol.is_ready(lambda path: self.send("GET", path, None, {}, seconds=5))
        except (OSError, http.client.HTTPException):
            return False

    def _ask(self, request: Request, seconds: float) -> Answer:
        answer = self._told(request, lambda: send_request(self.host, self.port, request, seconds))
        return self.protocol.with_logs(answer, self.logs)

    def _told(self, request: Request, ask: Callable[[], Answer]) -> Answer:
        """The answer; a watcher, if there is one, is told of it and of the request."""
        watcher = self.watch() if self.watch else None
        if watcher is None:
            return ask()
        watcher.sending()
        watcher.sent(message(f"{request.method} {request.target} HTTP/1.1", request.headers, request.body))
        answer = ask()
        reason = http.client.responses.get(answer.status, "")
        watcher.received(message(f"HTTP/1.1 {answer.status} {reason}", answer.lines, answer.body))
        return answer


@contextmanager
def launch(
    engine: Engine,
    runtime: Runtime,
    *,
    archive: Path,
    platform: str,
    run_image: str = "",
    profile: Profile = containers.LAUNCH_PROFILE,
    await_ready: bool = True,
    environment: Mapping[str, str] | None = None,
    folder: Path,
    logs: Path | None = None,
) -> Iterator[Function]:
    """Launch a built function in a new, confined container with a random key. It is removed when the block ends.

    How, its protocol says.

    Args:
        engine: The engine that runs it.
        runtime: The function's runtime.
        archive: The result of :func:`build`.
        platform: As docker calls it.
        run_image: Replaces the runtime's own run image.
        profile: Limits and permissions. The language sets the memory.
        await_ready: Whether to wait until the function is loaded.
        environment: More variables for the container. Those of one line do not appear on a command line, either.
        folder: Holds a file with the key for a moment, because keys never appear on command lines.
        logs: An empty folder for the logs of requests, if the protocol has them and somebody reads them.

    Raises:
        FunctionLaunchError: It ended or did not become ready. The error holds status, exit code and last lines.
    """
    how = protocols.of(runtime.protocol)
    lines, others = _one_line(environment or {})
    key = secrets.token_hex(32)
    with (
        atomic_files.passing(folder / "key.env", f"{how.key_variable}={key}\n{lines}") as environment_file,
        containers.running(
            engine,
            run_image or runtime.run_image,
            name=f"run-{runtime.id.dashed}",
            platform=platform,
            profile=how.launch_profile(replace(profile, memory=memory_limit(runtime, platform))),
            files={how.archive: archive},
            folders={how.logs: logs} if how.logs and logs else {},
            environment_file=environment_file,
            environment=others,
            publish=profile.network == "bridge",
        ) as container,
    ):
        environment_file.unlink()  # docker has read it, and no file should hold the key while the function runs
        function = Function(container, *address(runtime, container), key, how, logs)
        if await_ready:
            wait_ready(function, str(runtime), READY_SECONDS * deadline_factor(platform))
        yield function


def _one_line(environment: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Variables as a file for docker, and those that such a file cannot hold: with several lines."""
    fitting = {name: value for name, value in environment.items() if not {"\n", "\r"} & {*value}}
    lines = "".join(f"{name}={value}\n" for name, value in fitting.items())
    return lines, {name: value for name, value in environment.items() if name not in fitting}


def address(runtime: Runtime, container: Container) -> tuple[str, int]:
    """Host and port of a container. Raises FunctionLaunchError, with its last lines, if it has ended."""
    try:
        return container.address()
    except StopIteration:  # it has no address because it has ended
        raise FunctionLaunchError(str(runtime), _end(container), container.logs(20)) from None


def _end(container: Container) -> str:
    state = container.state()
    memory = ", out of memory" if state.out_of_memory else ""
    return f"the container {state.status} with exit code {state.exit_code}{memory}"


def wait_ready(function: Function, runtime: str, seconds: float) -> None:
    """Wait until the function is loaded; fail at once when the container has ended.

    Raises:
        FunctionLaunchError: It ended or was not ready in time. The error holds status, exit code and last lines.
    """
    end = time.monotonic() + seconds
    look_at_container = time.monotonic() + 1
    while not function.ready():
        now = time.monotonic()
        if now > look_at_container:
            look_at_container = now + 1
            if not function.container.state().running:
                raise FunctionLaunchError(runtime, _end(function.container), function.container.logs(20))
        if now > end:
            what = f"it was not loaded within {seconds:g} s"
            raise FunctionLaunchError(runtime, what, function.container.logs(20))
        time.sleep(0.01)


def is_compiled(runtime: Runtime) -> bool:
    """Whether the function runs in another image than the one that built it."""
    return runtime.kind is Kind.COMPILED
