"""Builds, launches and calls functions of the open-runtimes protocol with the commands and mounts of its executor."""

from __future__ import annotations

import http.client
import json
import secrets
import shlex
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.engine import containers
from runtimekit.errors import FunctionBuildError
from runtimekit.functions.function import (
    BUILD_SECONDS,
    EMULATION_MEMORY_FACTOR,
    READY_SECONDS,
    Answer,
    Function,
    address,
    deadline_factor,
    wait_ready,
)
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container
    from runtimekit.engine.containers import Profile
    from runtimekit.repository.catalogue import Runtime

SOURCE = "/tmp/code.tar.gz"  # noqa: S108 - inside the container
"""Where the executor puts a function: its source for the build, its archive for the start."""
BUILT = "/mnt/code/code.tar.gz"
"""Where ``build.sh`` leaves the archive."""
BUILD = f"tar -zxf {SOURCE} -C /mnt/code && helpers/build.sh"
START = f'cp {SOURCE} {BUILT} && nohup helpers/start.sh "bash helpers/server.sh"'
"""What an executor's containers run, in bash and in the image's working directory."""

LOG_ID = "x-open-runtimes-log-id"
SECRET_HEADER = "x-open-runtimes-secret"  # noqa: S105 - its name
MEMORY_MIB = 512
"""What an executor gives a function unless somebody says otherwise."""
PROFILE = containers.Profile(
    user="", memory=f"{MEMORY_MIB}m", pids=512, read_only=False, volumes=(), tmpfs=(), root=True
)
"""How an executor confines containers: hardly. The number of processes is ours, so that no case harms the machine."""
BUILD_PROFILE = replace(PROFILE, memory="2g")
DOWNLOADS = "local_download=0.100\nremote_download=0.200\n"
"""What an orchestrator has written to the timings before it starts a function."""


@dataclass(frozen=True)
class OpenFunction(Function):
    """A launched function. ``key`` is its secret."""

    logs: Path = field(default_factory=Path)
    """The folder of this machine that is ``/mnt/logs`` in the container."""
    telemetry: Path = field(default_factory=Path)
    """The folder of this machine that is ``/mnt/telemetry`` in the container."""

    def call(self, *, key: str | None = "", seconds: float = 60, **fields: Any) -> Answer:  # noqa: ANN401
        """Send one request over a connection of its own.

        Args:
            key: Replaces the right secret; None sends none.
            seconds: How long to wait for the answer.
            fields: ``method``, ``target``, ``headers``, ``body``; ``action`` of the probe and its ``parameters``.
        """
        headers = {} if key is None else {SECRET_HEADER: key or self.key}
        headers |= fields.get("headers", {})
        if "action" in fields:
            headers |= probe_headers(fields["action"], fields.get("parameters", {}))
        method, target = fields.get("method", "GET"), fields.get("target", "/")
        return self.send(method, target, fields.get("body"), headers, seconds=seconds)

    def ready(self) -> bool:
        """Whether the server listens (V3). Requests that come before the function is loaded wait for it (V36)."""
        try:
            return self.send("GET", "/__opr/health", None, {}, seconds=5).status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def logged(self, identifier: str) -> tuple[str, str]:
        """The texts of a request's two files, logs and errors. A file that is not there counts as empty (V13)."""
        found = [self.logs / f"{identifier}_{name}.log" for name in ("logs", "errors")]
        texts = [path.read_bytes().decode() if path.exists() else "" for path in found]
        return texts[0], texts[1]


def probe_headers(action: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The headers that choose an action of the probe (tests/resources/probe_v5/README.md)."""
    return {"x-action": action} | ({"x-with": json.dumps(parameters)} if parameters else {})


def build(
    engine: Engine,
    runtime: Runtime,
    *,
    source: Path,
    target: Path,
    platform: str,
    entrypoint: str,
    install: str = "",
    variables: Mapping[str, str] | None = None,
    command: str = "",
    built: str = BUILT,
    profile: Profile = BUILD_PROFILE,
) -> str:
    """Build a function with ``helpers/build.sh`` (B1), and return what it printed.

    Args:
        engine: The engine that runs the build.
        runtime: The function's runtime, whose image is the second protocol's.
        source: The packed source.
        target: The archive to write.
        platform: As docker calls it.
        entrypoint: The function's file.
        install: The install command; may be empty.
        variables: More of the environment, such as the archive's compression.
        command: What the container runs, for bash; empty means what an executor does.
        built: Where the archive is then.
        profile: Limits and permissions.

    Raises:
        FunctionBuildError: It failed. The error holds its output.
        DeadlineError: It took too long.
    """
    with containers.running(
        engine,
        runtime.build_image,
        ["bash", "-c", command or f"{BUILD} {shlex.quote(install)}"],
        name=f"build-{runtime.id.dashed}",
        platform=platform,
        profile=profile,
        files={SOURCE: source},
        environment={"OPEN_RUNTIMES_ENTRYPOINT": entrypoint, "CI": "true", **(variables or {})},
    ) as container:
        status = container.wait(BUILD_SECONDS * deadline_factor(platform))
        output = container.logs()
        if status != 0:
            raise FunctionBuildError(str(runtime), status, output[-4000:])
        with atomic_files.writing(target) as archive:
            container.copy_file(built, archive)
    target.chmod(0o644)
    return output


@dataclass(frozen=True)
class Started:
    """A container that was started to serve a function, and may have ended."""

    container: Container
    key: str
    logs: Path
    telemetry: Path

    def function(self, runtime: Runtime) -> OpenFunction:
        """The function in it. Raises FunctionLaunchError if the container has ended."""
        host, port = address(runtime, self.container)
        return OpenFunction(self.container, host, port, self.key, logs=self.logs, telemetry=self.telemetry)


@contextmanager
def start(
    engine: Engine,
    runtime: Runtime,
    *,
    archive: Path,
    platform: str,
    folder: Path,
    profile: Profile = PROFILE,
    secret: str | None = None,
    variables: Mapping[str, str | None] | None = None,
    command: str = START,
) -> Iterator[Started]:
    """Start a container for a built function as an executor does. It is removed when the block ends, with its folders.

    Args:
        engine: The engine that runs it; it must be this machine's.
        runtime: The function's runtime, whose image is the second protocol's.
        archive: The result of :func:`build`.
        platform: As docker calls it.
        folder: Holds its logs and, for a moment, a file with the secret.
        profile: Limits and permissions.
        secret: The secret; None means a random one, empty that everybody is let in (V6).
        variables: More of the environment; None takes one away.
        command: The container's command, for bash.
    """
    key = secrets.token_hex(16) if secret is None else secret
    given: dict[str, str | None] = {"OPEN_RUNTIMES_SECRET": key, "OPEN_RUNTIMES_HOSTNAME": "executor", "CI": "true"}
    given |= variables or {}
    lines = "".join(f"{name}={value}\n" for name, value in given.items() if value is not None)
    with tempfile.TemporaryDirectory(dir=folder, prefix="mounts-") as made:
        logs, telemetry = Path(made, "logs"), Path(made, "telemetry")
        for each in (logs, telemetry):
            each.mkdir(mode=0o755)
        (telemetry / "timings.txt").write_text(DOWNLOADS)
        with (
            atomic_files.passing(folder / "key.env", lines) as environment_file,
            containers.running(
                engine,
                runtime.run_image,
                ["bash", "-c", command],
                name=f"run-{runtime.id.dashed}",
                platform=platform,
                profile=_with_memory(profile, platform),
                files={SOURCE: archive},
                folders={"/mnt/logs": logs, "/mnt/telemetry": telemetry},
                environment_file=environment_file,
                publish=profile.network == "bridge",
            ) as container,
        ):
            environment_file.unlink()  # docker has read it
            yield Started(container, key, logs, telemetry)


@contextmanager
def launch(
    engine: Engine,
    runtime: Runtime,
    *,
    await_ready: bool = True,
    platform: str,
    **how: Any,  # noqa: ANN401 - of start
) -> Iterator[OpenFunction]:
    """Start a container as :func:`start` does, and by default wait until it listens.

    Raises:
        FunctionLaunchError: It ended or did not listen in time. The error holds status, exit code and last lines.
    """
    with start(engine, runtime, platform=platform, **how) as started:
        function = started.function(runtime)
        if await_ready:
            wait_ready(function, str(runtime), READY_SECONDS * deadline_factor(platform))
        yield function


def _with_memory(profile: Profile, platform: str) -> Profile:
    if deadline_factor(platform) == 1:
        return profile
    return replace(profile, memory=f"{EMULATION_MEMORY_FACTOR * MEMORY_MIB}m")
