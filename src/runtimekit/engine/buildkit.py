"""``docker buildx build`` as a process of our own: progress decoded, full log kept, deadline, cancel.

python-on-whales cannot cancel a build (its stream leaves docker running behind it), so the process is ours; the command
comes from its ``docker_cmd``.
"""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from runtimekit import commands
from runtimekit.errors import DeadlineError, ImageBuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine

TAIL_LINES = 30


@dataclass(frozen=True)
class BuildRequest:
    """One call of buildx: everything that it depends on."""

    name: str
    folder: Path
    platforms: tuple[str, ...]
    tags: tuple[str, ...] = ()
    contexts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    """A stage of the Dockerfile; empty means its last."""
    output: str = ""
    """Where the result goes, in buildx's words; empty means into the engine."""
    no_cache: bool = False

    def words(self) -> list[str]:
        """The arguments after ``docker``; ``--provenance=false`` keeps the digest the same when nothing changed."""
        words = [
            "buildx",
            "build",
            "--progress=rawjson",
            "--provenance=false",
            f"--platform={','.join(self.platforms)}",
        ]
        words += [f"--tag={tag}" for tag in self.tags]
        words += [f"--build-context={name}={value}" for name, value in sorted(self.contexts.items())]
        words += [f"--label={name}={value}" for name, value in sorted(self.labels.items())]
        words += [f"--build-arg={name}={value}" for name, value in sorted(self.arguments.items())]
        words += [f"--target={self.target}"] if self.target else []
        words += ["--no-cache"] if self.no_cache else []
        words += [f"--output={self.output}"] if self.output else ["--load"]
        return [*words, str(self.folder)]


@dataclass
class Progress:
    """How far a build is, from BuildKit's vertexes: steps are merged by digest as they change."""

    steps: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    cached: set[str] = field(default_factory=set)
    current: str = ""

    def take(self, event: Mapping[str, Any]) -> Iterator[str]:
        """Note one event and give the lines that it adds to the log."""
        for vertex in event.get("vertexes") or ():
            digest, name = vertex["digest"], vertex.get("name", "")
            self.steps[digest] = name
            if vertex.get("completed"):
                if digest not in self.done:
                    yield f"{'CACHED' if vertex.get('cached') else 'done'} {name}"
                self.done.add(digest)
                if vertex.get("cached"):
                    self.cached.add(digest)
            elif vertex.get("started"):
                self.current = name
                yield f"=> {name}"
            if vertex.get("error"):
                yield f"ERROR {name}: {vertex['error']}"
        for entry in event.get("logs") or ():
            yield from base64.b64decode(entry["data"]).decode(errors="replace").rstrip("\n").split("\n")
        for warning in event.get("warnings") or ():
            yield "WARNING " + base64.b64decode(warning.get("short") or "").decode(errors="replace")


def decode(chunks: Iterator[str]) -> Iterator[Mapping[str, Any] | str]:
    """Split buildx's rawjson stream into events, and into the plain text that it prints between or after them.

    buildx 0.13 writes indented objects, later versions one a line, and a failure ends with plain text: so objects are
    read off a buffer and never line by line.
    """
    decoder = json.JSONDecoder()
    buffer = ""
    for chunk in chunks:
        buffer += chunk
        while buffer:
            buffer = buffer.lstrip()
            if not buffer.startswith("{"):
                line, newline, rest = buffer.partition("\n")
                if not newline:
                    break
                yield line
                buffer = rest
                continue
            try:
                event, end = decoder.raw_decode(buffer)
            except ValueError:
                first, newline, rest = buffer.partition("\n")
                if newline and first != "{" and not first.rstrip().endswith(("{", "[", ",", ":")):
                    yield first  # a line of text that only looks like JSON
                    buffer = rest
                    continue
                break
            yield event
            buffer = buffer[end:]
    yield from (line for line in buffer.splitlines() if line.strip())


def build(
    engine: Engine,
    request: BuildRequest,
    *,
    log: Path,
    deadline: float,
    watch: Callable[[Progress], None],
    cancelled: threading.Event,
) -> None:
    """Run one build to its end.

    Args:
        engine: Where to build.
        request: What to build.
        log: The full log goes here.
        deadline: Seconds; after them the build is ended.
        watch: Called as the build moves on.
        cancelled: Ends the build when set.

    Raises:
        ImageBuildError: The build failed; holds its last lines.
        DeadlineError: It took too long.
        KeyboardInterrupt: ``cancelled`` was set.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    argv = [*engine.command, *request.words()]
    progress = Progress()
    end = time.monotonic() + deadline
    with (
        log.open("w", encoding="utf-8") as sink,
        commands.process(argv, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=engine.environment()) as running,
    ):
        sink.write(f"$ {commands.quoted(argv)}\n")
        guard = threading.Thread(target=_guard, args=(running, end, cancelled), daemon=True)
        guard.start()
        assert running.stderr is not None  # noqa: S101 - for the type checker: asked for above
        for event in decode(_chunks(running.stderr)):
            lines = [event] if isinstance(event, str) else progress.take(event)
            for line in lines:
                sink.write(f"{line}\n")
            watch(progress)
        status = running.wait()
    if cancelled.is_set():
        raise KeyboardInterrupt
    if status != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        if time.monotonic() >= end:
            raise DeadlineError(f"building {request.name}", deadline, tail)
        raise ImageBuildError(request.name, status, tail, log)


def _chunks(stream: IO[bytes]) -> Iterator[str]:
    while chunk := stream.read1(65_536):  # type: ignore[attr-defined]  # BufferedReader's; IO[bytes] does not say it
        yield chunk.decode(errors="replace")


def _guard(running: subprocess.Popen[bytes], end: float, cancelled: threading.Event) -> None:
    """End the build when it is cancelled or late. Ending the docker client cancels BuildKit's job too."""
    while running.poll() is None:
        if cancelled.wait(0.1) or time.monotonic() > end:
            commands.end_group(running)
            return
