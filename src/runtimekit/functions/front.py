"""A plain local URL in front of a function: any method and path, no key, no envelope.

uvicorn speaks HTTP, on the loopback address only. Requests are wrapped (:mod:`runtimekit.functions.envelope`) and sent
to the function by threads.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from runtimekit.errors import FunctionLaunchError, PortsTakenError
from runtimekit.functions import envelope
from runtimekit.functions.function import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtimekit.functions.envelope import Settings
    from runtimekit.functions.local_function import LocalFunction

HOST = "127.0.0.1"
PORTS_TRIED = 100
AT_ONCE = 256
"""The most requests that are in flight at a time. More wait."""
GRACE_SECONDS = 1.0
"""How long requests in flight may take when the server is stopped."""
MORE_SECONDS = 30.0
"""How much longer than its time-out an answer is waited for: requests may wait for a worker (contract R7)."""
DEFAULT_TIMEOUT = 15.0
"""The contract's own (R6)."""


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
    """What the function, or this server, says is wrong; empty if nothing is."""


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
    function: LocalFunction, settings: Settings, listener: socket.socket, on_request: Callable[[Record], None]
) -> Iterator[None]:
    """Answer requests on ``listener`` until the block ends. ``on_request`` is called from another thread."""
    threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="request")
    config = uvicorn.Config(
        _Front(function, settings, threads, on_request),
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
        settings: Settings,
        threads: ThreadPoolExecutor,
        on_request: Callable[[Record], None],
    ) -> None:
        self.function = function
        self.settings = settings
        self.threads = threads
        self.on_request = on_request

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own untyped values
        """Answer one request."""
        if scope["type"] != "http":
            return
        began = time.monotonic()
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        body = await _body(receive)
        if body is None:
            answer = _own_answer(413, f"the body may have {envelope.MAX_BODY:,} bytes (contract R9)")
        else:
            answer = await self._answer(scope, target, body)
        kind = answer.headers.get("content-type", "text/plain")
        headers = [(b"content-type", kind.encode("latin-1")), (b"content-length", str(len(answer.body)).encode())]
        self.on_request(
            Record(
                scope["method"], target, answer.status, time.monotonic() - began, len(answer.body), error_text(answer)
            )
        )
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Any, target: str, body: bytes) -> Answer:  # noqa: ANN401 - as above
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        try:
            fields = envelope.fields(self.settings, method=scope["method"], target=target, headers=headers, body=body)
        except envelope.NotTextError as error:
            return _own_answer(400, str(error))
        seconds = (self.settings.timeout or DEFAULT_TIMEOUT) + MORE_SECONDS
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self.threads, lambda: self.function.call(seconds=seconds, **fields)
            )
        except FunctionLaunchError:
            return _own_answer(503, "the function is not running: its last build failed; see the terminal")
        except (OSError, http.client.HTTPException) as error:
            return _own_answer(502, f"the function's container did not answer: {error}")


async def _body(receive: Any) -> bytes | None:  # noqa: ANN401 - as above
    """The whole body; None if it is too large. What is too large is not kept."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= envelope.MAX_BODY:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= envelope.MAX_BODY else None


def _own_answer(status: int, message: str) -> Answer:
    """An answer of this server, in the form of the contract's errors."""
    body = json.dumps({"code": status, "message": message}, ensure_ascii=False).encode()
    return Answer(status, {"content-type": "application/json"}, body)


def error_text(answer: Answer) -> str:
    """The message of a runtime's error (contract E1): exactly ``code`` and ``message``. Empty for any other answer."""
    if answer.status < http.client.BAD_REQUEST:
        return ""
    try:
        found = answer.json()
    except ValueError:
        return ""
    if isinstance(found, dict) and found.keys() == {"code", "message"} and found["code"] == answer.status:
        return str(found["message"])
    return ""
