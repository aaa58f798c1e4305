"""Run ``docker buildx build``: decode its progress, keep the full log, stop it at a deadline or on cancellation.

python-on-whales cannot cancel a build: it leaves the docker process running. So this module starts the process itself,
with the command from python-on-whales' ``docker_cmd``.
"""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtimekit.engine.progress import Progress, chunks, decode
from runtimekit.errors import DeadlineError, ImageBuildError
from runtimekit.support import commands
from runtimekit.support.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine

TAIL_LINES = 30
LONGEST_LINE = 2_000
"""Characters of a line that an error shows. The log has the whole line."""
LINGER_SECONDS = 5.0
"""How long child processes of docker may keep its output open after docker has ended."""
RETRY_DELAYS_SECONDS = (2.0, 10.0)
"""Pauses after the first and the second attempt that failed with a transient error."""
TRANSIENT_ERRORS = re.compile(
    r"Failed to fetch|Unable to fetch|Temporary failure|Could not connect|Connection (?:reset|timed out|refused)"
    r"|context canceled|TLS handshake timeout|unexpected EOF(?! while)|\b(?:429 Too Many Requests|50[234] \w+)"
    r"|snapshot [\w:]+ does not exist: not found",
    re.IGNORECASE,
)
"""Output of package managers and BuildKit when the cause lies elsewhere: a server, or another build of the same step,
whose cancellation also cancelled this one or removed its files. (A build that we cancel is not examined.)"""
RETRIES_EXHAUSTED = re.compile(r"fetch\.sh: not reached: .* gave up after ")
"""What adapters/common/fetch.sh prints when it has used up its own attempts."""
CONNECTION_LOST = re.compile(
    r"^ERROR: (?!failed to solve: process )(?:.*rpc error: code = Unavailable|.*error reading from server"
    r"|failed to (?:receive status|dial|list workers)|listing workers|no valid drivers|context deadline exceeded$)"
)
"""How buildx's last error line begins when BuildKit itself is gone. Another attempt there would fail, too."""
_DOCKERFILE_LINE = re.compile(r"^Dockerfile:(\d+)$")


@dataclass(frozen=True)
class LayerCache:
    """A repository in a registry through which machines share layers. Each image and set of platforms has a tag.

    Published images are built without it, because their layers must come from a trusted source (docs/ci.md).
    """

    read: str = ""
    """``HOST/NAMESPACE/NAME`` to read layers from; empty means none. Missing layers are built."""
    write: str = ""
    """``HOST/NAMESPACE/NAME`` to write all layers of the build to; empty means nowhere."""

    def arguments(self, name: str, platforms: tuple[str, ...]) -> list[str]:
        """The cache options for the image ``name``. A cache that cannot be written does not fail the build."""
        tag = "-".join((name, *(platform.rpartition("/")[2] for platform in sorted(platforms))))
        arguments = [f"--cache-from=type=registry,ref={self.read}:{tag}"] if self.read else []
        if self.write:
            arguments.append(f"--cache-to=type=registry,ref={self.write}:{tag},mode=max,ignore-error=true")
        return arguments


NO_CACHE = LayerCache()


@dataclass(frozen=True)
class BuildRequest:
    """Everything that one call of ``buildx build`` depends on."""

    name: str
    folder: Path
    platforms: tuple[str, ...]
    tags: tuple[str, ...] = ()
    contexts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    build_args: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    """A stage of the Dockerfile; empty means its last."""
    output: str = ""
    """The value of ``--output``; empty means into the engine (``--load``)."""
    no_cache: bool = False
    cache: tuple[str, ...] = ()
    """The options from :meth:`LayerCache.arguments`."""
    builder: str = ""
    """The name of a buildx builder, as ``settings`` defines it; empty means the engine itself."""
    settings: Path | None = None
    """A folder for ``BUILDX_CONFIG`` that replaces the user's."""

    def arguments(self) -> list[str]:
        """The arguments after ``docker``; ``--provenance=false`` keeps the digest the same when nothing changed."""
        arguments = [
            "buildx",
            "build",
            *([f"--builder={self.builder}"] if self.builder else []),
            "--progress=rawjson",
            "--provenance=false",
            f"--platform={','.join(self.platforms)}",
        ]
        arguments += [f"--tag={tag}" for tag in self.tags]
        arguments += [f"--build-context={name}={value}" for name, value in sorted(self.contexts.items())]
        arguments += [f"--label={name}={value}" for name, value in sorted(self.labels.items())]
        arguments += [f"--build-arg={name}={value}" for name, value in sorted(self.build_args.items())]
        arguments += [f"--target={self.target}"] if self.target else []
        arguments += ["--no-cache"] if self.no_cache else []
        arguments += self.cache
        arguments += [f"--output={self.output}"] if self.output else ["--load"]
        return [*arguments, str(self.folder)]


def build(
    engine: Engine,
    request: BuildRequest,
    *,
    log: Path,
    deadline: float,
    watch: Callable[[Progress], None],
    cancelled: threading.Event,
) -> None:
    """Run one build to its end. After a transient error of a mirror or registry, run it again from its cached steps.

    Args:
        engine: Where to build.
        request: What to build.
        log: The full log of all attempts is appended here, line by line.
        deadline: Seconds for each attempt; after that the build is stopped.
        watch: Called whenever the build makes progress.
        cancelled: Ends the build when set.

    Raises:
        ImageBuildError: The build failed; holds its last lines and the Dockerfile's line.
        DeadlineError: It took too long.
        KeyboardInterrupt: ``cancelled`` was set.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    for pause in RETRY_DELAYS_SECONDS:
        try:
            _build_once(engine, request, log=log, deadline=deadline, watch=watch, cancelled=cancelled)
        except ImageBuildError as error:
            if not _is_transient(error):
                raise
            cancelled.wait(pause)
        else:
            return
    _build_once(engine, request, log=log, deadline=deadline, watch=watch, cancelled=cancelled)


def is_connection_lost(error: ImageBuildError) -> bool:
    """Whether the connection to BuildKit was lost, so that the build itself did not fail.

    Only buildx's own last error line shows that.
    """
    errors = [line for line in error.tail.splitlines() if line.startswith("ERROR: ")]
    return bool(errors and CONNECTION_LOST.search(errors[-1]))


def _is_transient(error: ImageBuildError) -> bool:
    """Whether another attempt may succeed."""
    if is_connection_lost(error) or RETRIES_EXHAUSTED.search(error.tail):
        return False
    return bool(TRANSIENT_ERRORS.search(error.tail))


def _build_once(
    engine: Engine,
    request: BuildRequest,
    *,
    log: Path,
    deadline: float,
    watch: Callable[[Progress], None],
    cancelled: threading.Event,
) -> None:
    argv = [*engine.command, *request.arguments()]
    progress = Progress()
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    at_line: int | None = None
    end = time.monotonic() + deadline
    environment = engine.environment()
    if request.settings:
        environment["BUILDX_CONFIG"] = str(request.settings)
    with (
        log.open("a", encoding="utf-8", buffering=1) as log_file,  # a line is there as soon as it is printed
        commands.process(argv, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment) as running,
    ):
        log_file.write(f"$ {commands.quoted(argv)}\n")
        threading.Thread(target=_guard, args=(running, end, cancelled), daemon=True).start()
        assert running.stderr is not None  # noqa: S101 - for the type checker: asked for above
        for event in decode(chunks(running.stderr)):
            for line in progress.update(event):
                log_file.write(redact(f"{line}\n"))
                tail.append(line[:LONGEST_LINE])
                if found := _DOCKERFILE_LINE.match(line):
                    at_line = int(found[1])
            if event:  # an empty one brings nothing new
                watch(progress)
        status = running.wait()
    if cancelled.is_set():
        raise KeyboardInterrupt
    if status != 0:
        output = "\n".join(tail)
        if time.monotonic() >= end:
            raise DeadlineError(f"building {request.name}", deadline, output)
        raise ImageBuildError(request.name, status, output, log, request.folder / "Dockerfile", at_line)


def _guard(running: subprocess.Popen[bytes], end: float, cancelled: threading.Event) -> None:
    """Stop the build when it is cancelled or late, and child processes that outlive it.

    Stopping docker also cancels the job in BuildKit.
    """
    while running.poll() is None:
        if cancelled.wait(0.1) or time.monotonic() > end:
            commands.end_group(running)
            return
    # A process that docker left behind may hold the pipe open: reading it would never end.
    time.sleep(LINGER_SECONDS)
    commands.end_group(running)
