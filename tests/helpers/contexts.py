"""Functions that take a context: the gateway's end of CALL, LOG and RESULT (docs/worker-protocol.md)."""

from __future__ import annotations

import contextlib
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers import CALL, LOG, RESULT, STARTED, Frame, Worker, mapping, started, string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOGS, ERRORS = 0, 1


def call(number: int, body: bytes = b"", *, logging: bool = True, **fields: object) -> bytes:
    """A CALL frame; fields that are not given are those of ``GET http://example.org/``."""
    texts = {"method": "GET", "scheme": "http", "host": "example.org", "port": 80}
    texts |= {"path": "/", "query_string": "", "url": "http://example.org/", **fields}
    content = struct.pack(">B", logging)
    content += b"".join(string(str(texts[name])) for name in ("method", "scheme", "host"))
    content += struct.pack(">H", texts["port"])
    content += b"".join(string(str(texts[name])) for name in ("path", "query_string", "url"))
    for name in ("query", "headers"):
        pairs = fields.get(name, {})
        assert isinstance(pairs, dict)
        content += mapping(pairs)
    return Frame(CALL, number, content + body).encode()


@dataclass
class Outcome:
    """What a call has brought: its entries by stream, what was printed, and the frame that ended it."""

    last: Frame
    entries: list[tuple[int, str]] = field(default_factory=list)
    printed: list[tuple[int, str]] = field(default_factory=list)

    @property
    def logs(self) -> list[str]:
        """Entries of ``context.log``."""
        return [text for stream, text in self.entries if stream == LOGS]

    def result(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body of RESULT."""
        assert self.last.kind == RESULT, self.last
        status, count = struct.unpack_from(">iI", self.last.body)
        rest, texts = self.last.body[8:], []
        for _ in range(2 * count):
            (size,) = struct.unpack_from(">I", rest)
            texts.append(rest[4 : 4 + size].decode())
            rest = rest[4 + size :]
        return status, list(zip(texts[::2], texts[1::2], strict=True)), rest


def outcomes(worker: Worker, *numbers: int) -> dict[int, Outcome]:
    """How calls end that were sent; the worker has no others."""
    found: dict[int, Outcome] = {number: Outcome(Frame(0, number)) for number in numbers}
    waiting = set(numbers)
    while waiting:
        frame = worker.next()
        outcome = found[frame.id]
        assert frame.id in waiting, f"{frame} comes after the end of its call"
        if frame.kind == LOG:
            kept = outcome.printed if frame.body[1] else outcome.entries
            kept.append((frame.body[0], frame.body[2:].decode()))
        elif frame.kind != STARTED:
            outcome.last = frame
            waiting.remove(frame.id)
    return found


def ask(worker: Worker, **fields: object) -> Outcome:
    """One call, to its end."""
    body = fields.pop("body", b"")
    assert isinstance(body, bytes)
    worker.send(call(1, body, **fields))  # type: ignore[arg-type]
    return outcomes(worker, 1)[1]


@contextlib.contextmanager
def serving(command: list[str], file: Path, folder: Path | None = None) -> Iterator[Worker]:
    """A worker that is told that functions take a context, before its READY; ``folder`` is the function's."""
    with started(command, file, folder or file.parent, {"RUNTIME_SHAPE": "context"}) as worker:
        yield worker
