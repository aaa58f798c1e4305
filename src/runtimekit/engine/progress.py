"""Decode buildx's ``--progress=rawjson``: how far a build is, and the lines of its log."""

from __future__ import annotations

import base64
import codecs
import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass
class Times:
    """When a step began and ended, in seconds since 1970 by BuildKit's clock; None before that."""

    began: float | None = None
    ended: float | None = None


@dataclass
class Progress:
    """How far a build is, collected from BuildKit's vertexes by digest."""

    steps: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    cached: set[str] = field(default_factory=set)
    current: str = ""
    times: dict[str, Times] = field(default_factory=dict)
    lag: float = float("inf")
    """At most how many seconds this machine's clock is ahead of BuildKit's: the smallest delay of any event."""
    clock: Callable[[], float] = time.time

    def local_times(self) -> dict[str, Times]:
        """The times of completed steps by digest, converted to this machine's clock."""
        return {
            digest: Times(times.began + self.lag, times.ended + self.lag)
            for digest, times in self.times.items()
            if times.began is not None and times.ended is not None
        }

    def update(self, event: Mapping[str, Any] | str) -> list[str]:
        """Take one event and return the lines that it adds to the log. Plain text is returned unchanged."""
        if isinstance(event, str):
            return [event]
        try:
            return list(self._lines(event))
        except (AttributeError, KeyError, TypeError, ValueError):
            return [json.dumps(event)]

    def _lines(self, event: Mapping[str, Any]) -> Iterator[str]:
        for vertex in event.get("vertexes") or ():
            digest, name = vertex["digest"], vertex.get("name", "")
            self.steps[digest] = name
            self._note_times(digest, vertex.get("started"), vertex.get("completed"))
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

    def _note_times(self, digest: str, started: object, completed: object) -> None:
        """Store a step's times. A step may begin more than once: the first start and the last end count."""
        times = self.times.setdefault(digest, Times())
        began, ended = _moment(started), _moment(completed)
        times.began = began if times.began is None else times.began
        times.ended = ended or times.ended
        if latest := ended or began:
            self.lag = min(self.lag, self.clock() - latest)


def _moment(stamp: object) -> float | None:
    """BuildKit's timestamp as seconds since 1970; None if it is no timestamp."""
    try:
        return datetime.fromisoformat(str(stamp)).timestamp()
    except ValueError:
        return None


def decode(pieces: Iterator[str]) -> Iterator[Mapping[str, Any] | str]:
    """Split buildx's rawjson stream into events, and into the plain text that it prints between or after them.

    buildx 0.13 writes indented objects, later versions one per line, and a failure ends with plain text. So this
    decodes objects from a buffer instead of line by line.
    """
    decoder = json.JSONDecoder()
    buffer = ""
    for chunk in pieces:
        buffer += chunk
        # Do not try to decode an object that cannot be complete: that would make long ones slow.
        while buffer and ("}" in chunk or "\n" in chunk):
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


def chunks(stream: IO[bytes]) -> Iterator[str]:
    """The text from a pipe as it arrives. Bytes that are not UTF-8 are replaced."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while data := stream.read1(65_536):  # type: ignore[attr-defined]  # BufferedReader's; IO[bytes] does not say it
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)
