"""A plain local URL in front of a function: any method and path, no key, no envelope.

uvicorn speaks HTTP, on the loopback address only. Threads send requests to the function, as its protocol says.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from runtimekit.errors import FunctionLaunchError, PortsTakenError
from runtimekit.functions.envelope import NotTextError
from runtimekit.functions.exchange import Request
from runtimekit.functions.protocols.base import MAX_BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtimekit.functions.exchange import Answer
    from runtimekit.functions.local_function import LocalFunction

HOST = "127.0.0.1"
PORTS_TRIED = 100
AT_ONCE = 256
"""The most requests that are in flight at a time. More wait."""
GRACE_SECONDS = 1.0
"""How long requests in flight may take when the server is stopped."""


@dataclass(frozen=True)
class Record:
    """One request that was answered."""

    method: str
    target: str
    """Path and query, as sent."""
    status: int
    seconds: float
    size: int
    """The answer's bytes."""
    error: str = ""
    """What the runtime, or this server, says is wrong; empty if nothing is."""
    logs: str = ""
    """What the function has logged, if its protocol has logs of requests."""
    errors: str = ""
    """What it has logged as errors."""


def listen(port: int) -> socket.socket:
    """Listen on the first free port from ``port`` on.

    Raises:
        PortsTakenError: None of a hundred is free.
    """
    for number in range(port, min(port + PORTS_TRIED, 1 << 16)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, number))
            listener.listen(AT_ONCE)
        except OSError:
            listener.close()
        else:
            return listener
    raise PortsTakenError(port, port + PORTS_TRIED - 1)


@contextmanager
def serving(
    function: LocalFunction,
    listener: socket.socket,
    on_request: Callable[[Record], None],
    on_begin: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Answer requests on ``listener`` until the block ends.

    ``on_begin`` is told that a request has come, ``on_request`` that it is answered; both from another thread.
    """
    threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="request")
    config = uvicorn.Config(
        _Front(function, threads, on_request, on_begin),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=int(GRACE_SECONDS),
    )
    server = uvicorn.Server(config)
    runner = threading.Thread(target=server.run, args=([listener],), name="front")
    runner.start()
    try:
        yield
    finally:
        server.should_exit = True
        runner.join()
        listener.close()
        threads.shutdown(wait=False, cancel_futures=True)


class _Front:
    """The ASGI application."""

    def __init__(
        self,
        function: LocalFunction,
        threads: ThreadPoolExecutor,
        on_request: Callable[[Record], None],
        on_begin: Callable[[], None],
    ) -> None:
        self.function = function
        self.threads = threads
        self.on_request = on_request
        self.on_begin = on_begin

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own untyped values
        """Answer one request."""
        if scope["type"] != "http":
            return
        began = time.monotonic()
        self.on_begin()
        protocol = self.function.protocol
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        body = await _body(receive)
        if body is None:
            answer = protocol.own_answer(413, f"the body may have {MAX_BODY:,} bytes (contract R9)")
        else:
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
            answer = await self._answer(Request(scope["method"], target, headers, body))
        self.on_request(
            Record(
                scope["method"],
                target,
                answer.status,
                time.monotonic() - began,
                len(answer.body),
                protocol.error_text(answer),
                answer.logs,
                answer.errors,
            )
        )
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in protocol.passed_on(answer)]
        await send({"type": "http.response.start", "status": answer.status, "headers": lines})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, request: Request) -> Answer:
        own = self.function.protocol.own_answer
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self.threads, lambda: self.function.exchange(request)
            )
        except NotTextError as error:
            return own(400, str(error))
        except FunctionLaunchError:
            return own(503, "the function is not running: its last build failed; see the terminal")
        except (OSError, http.client.HTTPException) as error:
            return own(502, f"the function's container did not answer: {error}")


async def _body(receive: Any) -> bytes | None:  # noqa: ANN401 - as above
    """The whole body; None if it is too large. What is too large is not kept."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= MAX_BODY else None
