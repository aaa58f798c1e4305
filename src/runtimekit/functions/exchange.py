"""One request over HTTP and its answer, with the lines of its headers as they are sent."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose requests say that their body is empty (RFC 9110 §8.6)."""


@dataclass(frozen=True)
class Request:
    """One request. Header names may come several times."""

    method: str = ""
    """Empty: whatever is usual."""
    target: str = ""
    """Path and query, as they are sent. Empty: whatever is usual."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """A runtime's HTTP response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    lines: tuple[tuple[str, str], ...] = ()
    """All headers in their order; a name may come several times."""
    logs: str = ""
    """What the function has logged, if its protocol has logs of requests."""
    errors: str = ""
    """What it has logged as errors, or what the runtime says is wrong."""

    def json(self) -> Any:  # noqa: ANN401 - whatever the function answered
        """The body as JSON."""
        return json.loads(self.body)


def received(response: http.client.HTTPResponse) -> Answer:
    """Read an answer to its end."""
    lines = tuple((name.lower(), value) for name, value in response.getheaders())
    return Answer(response.status, dict(lines), response.read(), lines)


def send(host: str, port: int, request: Request, seconds: float) -> Answer:
    """Send a request, over a connection of its own. Nothing is added but the length of its body, and the host.

    Args:
        host: The server's address.
        port: Its port.
        request: The request, with a method and a target.
        seconds: How long to wait for each part of the answer.

    Raises:
        OSError: There is no answer.
        http.client.HTTPException: What came is no answer.
    """
    names = {name.lower() for name, _ in request.headers}
    with closing(http.client.HTTPConnection(host, port, timeout=seconds)) as connection:
        connection.putrequest(request.method, request.target, skip_host="host" in names, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, _encoded(value))
        if request.body or request.method in WITH_LENGTH:
            connection.putheader("content-length", str(len(request.body)))
        connection.endheaders(request.body or None)
        return received(connection.getresponse())


def _encoded(value: str) -> bytes:
    """A header's value: bytes that came over HTTP were read as ISO 8859-1; what that does not have was typed."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
