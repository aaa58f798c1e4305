"""An HTTP server on loopback that fails as it is told to: before, in the middle of, and after a request."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BAD_HEADERS = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})
"""What the server itself says about an answer."""


@dataclass(frozen=True)
class Answer:
    """What a server says."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Fault:
    """What goes wrong with the next ``times`` requests that fit."""

    how: str
    """``answer``: that answer, unasked. ``reset``: nothing is read. ``reset in the middle``: half is read. ``lose``: it
    is done, but nobody hears of it. ``truncate``: half of the answer. ``corrupt``: another byte in it. ``spoil``:
    another byte in what is sent. ``hang``: nothing, for ``seconds``. ``slow``: the same, and then all is well."""
    method: str = ".*"
    path: str = ".*"
    times: int = 1
    answer: Answer = Answer(500)
    seconds: float = 0.0
    after: int = 0
    """Requests that fit and are let through first."""

    def fits(self, method: str, path: str) -> bool:
        """Whether it is this one's turn."""
        if not re.fullmatch(self.method, method) or not re.search(self.path, path):
            return False
        self.after -= 1
        if self.after >= 0 or self.times <= 0:
            return False
        self.times -= 1
        return True


class FaultyServer:
    """Answers with what ``respond`` says, unless a fault has its turn; to be used in a ``with``."""

    def __init__(
        self, respond: Callable[[str, str, Mapping[str, str], bytes], Answer], address: str = "127.0.0.1"
    ) -> None:
        self.respond = respond
        self.faults: list[Fault] = []
        self.seen: list[tuple[str, str]] = []
        self.lock = threading.Lock()
        self.ending = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self.server = ThreadingHTTPServer((address, 0), handler)
        self.server.daemon_threads = True
        self.host = f"{address}:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()

    def fail(self, how: str, **what: Any) -> Fault:
        """Have something go wrong from now on."""
        fault = Fault(how, **what)
        with self.lock:
            self.faults.append(fault)
        return fault

    def heal(self) -> None:
        """Have nothing go wrong any more, and forget what was seen."""
        with self.lock:
            self.faults.clear()
            self.seen.clear()

    def counted(self, method: str, path: str = "") -> int:
        """How many requests of this kind came."""
        return sum(seen == method and bool(re.search(path, where)) for seen, where in self.seen)

    @property
    def methods(self) -> Counter[str]:
        """How many requests came, by method."""
        return Counter(method for method, _ in self.seen)

    def next_fault(self, method: str, path: str) -> Fault | None:
        """The fault whose turn it is."""
        with self.lock:
            self.seen.append((method, path))
            return next((fault for fault in self.faults if fault.fits(method, path)), None)


class _Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement
    owner: FaultyServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ValueError):  # the client, or a fault of ours, has closed it
            self.close_connection = True

    def handle_any(self) -> None:
        fault = self.owner.next_fault(self.command, self.path)
        how = fault.how if fault else ""
        length = int(self.headers.get("Content-Length") or 0)
        if how == "reset":
            return self.reset()
        if how == "reset in the middle":
            self.rfile.read(length // 2)
            return self.reset()
        if fault and how in {"hang", "slow"}:
            end = time.monotonic() + fault.seconds
            while time.monotonic() < end and not self.owner.ending.wait(0.02):
                pass
            if how == "hang":
                return self.reset()
        body = self.rfile.read(length)
        if fault and how == "answer":
            return self.send(fault.answer)
        if how == "spoil":
            body = spoiled(body)
        answer = self.owner.respond(self.command, self.path, dict(self.headers.items()), body)
        if how == "lose":
            return self.reset()
        return self.send(answer, how)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - http.server's names

    def send(self, answer: Answer, how: str = "") -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in BAD_HEADERS:
                self.send_header(name, value)
        length = {name.lower(): value for name, value in answer.headers.items()}.get("content-length")
        self.send_header("Content-Length", length if self.command == "HEAD" and length else str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        body = spoiled(answer.body) if how == "corrupt" else answer.body
        if how == "truncate":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
        else:
            self.wfile.write(body)

    def reset(self) -> None:
        """End the connection the hard way."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def spoiled(content: bytes) -> bytes:
    """The same length, one byte of it another."""
    return content[:-1] + bytes([content[-1] ^ 1]) if content else content
