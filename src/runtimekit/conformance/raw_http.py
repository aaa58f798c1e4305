"""A raw HTTP client: sends any bytes and parses answers strictly. HTTP libraries would correct what cases send."""

from __future__ import annotations

import re
import select
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from runtimekit.conformance.failures import CaseFailedError, TooLateError
from runtimekit.functions.function import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from runtimekit.functions.watcher import Watcher

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d) [^\r\n]*")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*")

CONTINUE, NO_CONTENT, NOT_MODIFIED = 100, 204, 304
REPEATED = "set-cookie"
"""The one header that may come several times; its values are then joined by line feeds."""


class NoAnswerError(CaseFailedError):
    """The connection ended, or the time was up, before a whole answer had come."""

    def __init__(self, why: str, received: bytes | bytearray) -> None:
        super().__init__("the answer", "a whole HTTP answer", f"{why}, after {bytes(received[:300])!r}")


class NoAnswerInTimeError(NoAnswerError, TooLateError):
    """The time was up."""

    def __init__(self, received: bytes | bytearray) -> None:
        super().__init__("the time is up", received)


class RawConnection:
    """One TCP connection. Everything on it must end within ``seconds``."""

    def __init__(self, host: str, port: int, seconds: float, watcher: Watcher | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._socket = socket.create_connection((host, port), timeout=seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self._ended = ""
        self._watcher = watcher
        self.interim: list[int] = []
        """The 1xx statuses that have come."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, data: bytes | Iterable[bytes]) -> None:
        """Send bytes while taking in what comes back; stops without complaint when the other side has closed."""
        if self._watcher:
            self._watcher.sending()
        for piece in [data] if isinstance(data, bytes) else data:
            if self._watcher:
                self._watcher.sent(piece)
            rest = memoryview(piece)
            while rest and not self._ended:
                ready = self._wait(select.POLLIN | select.POLLOUT)
                if not ready:
                    raise NoAnswerError("the other side takes no more bytes", self._received)
                if ready & ~select.POLLOUT:
                    self._receive()
                elif not self._ended:
                    with suppress(BrokenPipeError, ConnectionResetError):
                        rest = rest[self._socket.send(rest[:65536]) :]

    def half_close(self) -> None:
        """Shut down the sending side."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def abort(self) -> None:
        """Close the socket in the middle of an exchange, as a client that crashed (contract T4)."""
        self._socket.close()

    def reset(self) -> None:
        """Close the connection with RST: the client no longer wants an answer."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def interrupt(self) -> None:
        """End both directions at once; a thread that waits for this connection wakes up. Any thread may call it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def limit_receiving(self, size: int) -> None:
        """Let the kernel take in no more than about so many bytes that were not read yet."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)

    def answer(self, *, head: bool = False) -> Answer:
        """Read one answer, interim ones set aside.

        Args:
            head: Whether the request was a HEAD, whose answer has no body.

        Raises:
            NoAnswerError: None came, or a broken one.
        """
        while True:
            status, headers = self._head()
            if status != CONTINUE:
                break
            self.interim.append(status)
        if head or status in {NO_CONTENT, NOT_MODIFIED}:
            body = b""
        elif "content-length" in headers:
            body = self._take(int(headers["content-length"]))
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks()
        else:
            body = self._rest()
        return Answer(status, headers, body)

    @property
    def ended(self) -> str:
        """How the server ended the connection; empty while no end was seen."""
        return self._ended

    def wait_for_bytes(self) -> None:
        """Wait until something of an answer has come, and leave it unread."""
        if not self._received and not self._wait(select.POLLIN):
            raise NoAnswerInTimeError(b"")

    def has_bytes(self, within: float) -> bool:
        """Whether something of an answer has come, or comes within so many seconds; it is left unread."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(self._received or poll.poll(within * 1000))

    def wait_interim(self) -> int:
        """Read one interim answer, such as 100."""
        status, _ = self._head()
        return status

    def closed(self, within: float) -> bool:
        """Whether the other side ends the connection in time, sending nothing more."""
        self._end = min(self._end, time.monotonic() + within)
        with suppress(NoAnswerError):
            while not self._ended and not self._received:
                self._fill()
        return bool(self._ended) and not self._received

    def _head(self) -> tuple[int, dict[str, str]]:
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            self._fill()
        first, *lines = bytes(self._received[:end]).split(b"\r\n")
        del self._received[: end + 4]
        status = _STATUS_LINE.fullmatch(first)
        if not status:
            raise NoAnswerError("no HTTP status line", first)
        headers: dict[str, str] = {}
        for line in lines:
            header = _HEADER.fullmatch(line)
            value = header[2].decode("latin-1") if header else ""
            name = header[1].decode().lower() if header else ""
            if name == REPEATED and name in headers:
                headers[name] += f"\n{value}"
            elif header and name not in headers:
                headers[name] = value
            else:
                raise NoAnswerError("a header line that is malformed or there twice", line)
        return int(status[1]), headers

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            while (end := self._received.find(b"\r\n")) < 0:
                self._fill()
            size = int(bytes(self._received[:end]).partition(b";")[0], 16)
            del self._received[: end + 2]
            body += self._take(size)
            if self._take(2) != b"\r\n":
                raise NoAnswerError("a chunk without its end", self._received)
            if size == 0:
                return bytes(body)

    def _take(self, size: int) -> bytes:
        while len(self._received) < size:
            self._fill()
        taken = bytes(memoryview(self._received)[:size])
        del self._received[:size]
        return taken

    def _rest(self) -> bytes:
        while not self._ended:
            self._fill(end_is_error=False)
        return self._take(len(self._received))

    def _fill(self, *, end_is_error: bool = True) -> None:
        if not self._ended:
            if not self._wait(select.POLLIN):
                raise NoAnswerInTimeError(self._received)
            self._receive()
        if self._ended and end_is_error:
            raise NoAnswerError(self._ended, self._received)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(262144)
        except ConnectionResetError:
            self._ended = "the connection was reset"
        else:
            self._received += data
            if self._watcher and data:
                self._watcher.received(data)
            if not data:
                self._ended = "the connection was closed"

    def _wait(self, events: int) -> int:
        """Wait for one of these events; 0 after the time is up. poll, as select fails for descriptors above 1023."""
        poll = select.poll()
        poll.register(self._socket, events)
        left = max(0.0, self._end - time.monotonic())
        return sum(ready for _, ready in poll.poll(left * 1000))
