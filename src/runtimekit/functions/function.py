"""Build, launch and call a function: source → ``build.sh`` → archive → container → requests.

Tests, ``serve`` and benchmarks use this module.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runtimekit.engine import containers
from runtimekit.errors import FunctionBuildError, FunctionLaunchError
from runtimekit.functions import caches
from runtimekit.repository.identifiers import Kind
from runtimekit.support import atomic_files, machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container
    from runtimekit.engine.containers import Profile
    from runtimekit.repository.catalogue import Runtime

BUILD_SECONDS = 300.0
BUILD_ATTEMPTS = 3
"""Attempts for a build that fails without output. ``build.sh`` always prints a reason, but on a busy machine the engine
sometimes loses the output of a container that ended at once."""
READY_SECONDS = 30.0
EMULATION_MEMORY_FACTOR = 3
"""The factor for a container's memory under emulation: every process needs an emulator of some 30 MB."""
EMULATION_DEADLINE_FACTOR = 12
"""The factor for deadlines under emulation, where everything takes longer. Budgets are never multiplied."""

ARCHIVE = "/tmp/code.tar.gz"  # noqa: S108 - inside the container (contract L1)


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
    """Build a function in the runtime's build image, as contract L1 says, and return what ``build.sh`` printed.

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
    script = f"tar -xzf {ARCHIVE} -C /usr/code && cd /usr/local/src && exec ./build.sh"
    with containers.running(
        engine,
        runtime.build_image,
        ["sh", "-c", script],
        name=f"build-{runtime.id.dashed}",
        platform=platform,
        profile=profile,
        files={ARCHIVE: source},
        environment=({"ENTRYPOINT_NAME": entrypoint} if entrypoint else {}) | caches.environment(cache),
        volumes=caches.mounts(cache),
    ) as container:
        status = container.wait(deadline)
        output = container.logs()
        if status == 0:
            with atomic_files.writing(target) as archive:
                container.pack("/usr/code", archive)
            target.chmod(0o644)  # any user inside the container reads it
    return status, output


@dataclass(frozen=True)
class Answer:
    """A runtime's HTTP response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whatever the function answered
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Function:
    """A launched function."""

    container: Container
    host: str
    port: int
    key: str

    def call(self, *, key: str | None = "", seconds: float = 60, **fields: Any) -> Answer:  # noqa: ANN401
        """Send one request (contract §3) over a connection of its own.

        Args:
            key: Replaces the right key; None sends no key at all.
            seconds: How long to wait for the answer.
            fields: The body's fields, such as ``payload="…"``.
        """
        headers = {} if key is None else {"x-internal-challenge": key or self.key}
        return self.send("POST", "/", json.dumps(fields).encode(), headers, seconds=seconds)

    def send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], *, seconds: float = 60
    ) -> Answer:
        """Send any HTTP request."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=seconds)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def ready(self) -> bool:
        """Whether ``/healthz`` says that the function is loaded (contract R10)."""
        try:
            return self.send("GET", "/healthz", None, {}, seconds=5).status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


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
) -> Iterator[Function]:
    """Launch a built function in a new, confined container with a random key. It is removed when the block ends.

    Args:
        engine: The engine that runs it.
        runtime: The function's runtime.
        archive: The result of :func:`build`.
        platform: As docker calls it.
        run_image: Replaces the runtime's own run image.
        profile: Limits and permissions. The language sets the memory.
        await_ready: Whether to wait until the function is loaded.
        environment: More variables for the container.
        folder: Holds a file with the key for a moment, because keys never appear on command lines.

    Raises:
        FunctionLaunchError: It ended or did not become ready. The error holds status, exit code and last lines.
    """
    key = secrets.token_hex(32)
    with (
        atomic_files.passing(folder / "key.env", f"INTERNAL_RUNTIME_KEY={key}\n") as environment_file,
        containers.running(
            engine,
            run_image or runtime.run_image,
            name=f"run-{runtime.id.dashed}",
            platform=platform,
            profile=replace(profile, memory=memory_limit(runtime, platform)),
            files={ARCHIVE: archive},
            environment_file=environment_file,
            environment=environment,
            publish=profile.network == "bridge",
        ) as container,
    ):
        environment_file.unlink()  # docker has read it, and no file should hold the key while the function runs
        function = Function(container, *address(runtime, container), key)
        if await_ready:
            wait_ready(function, str(runtime), READY_SECONDS * deadline_factor(platform))
        yield function


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
    """Wait until ``/healthz`` answers 200; fail at once when the container has ended.

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
            what = f"/healthz did not answer 200 within {seconds:g} s"
            raise FunctionLaunchError(runtime, what, function.container.logs(20))
        time.sleep(0.01)


def is_compiled(runtime: Runtime) -> bool:
    """Whether the function runs in another image than the one that built it."""
    return runtime.kind is Kind.COMPILED
