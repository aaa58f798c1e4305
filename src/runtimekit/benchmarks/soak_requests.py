"""The requests of a soak, as each protocol sends them, and what is right of an answer."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from runtimekit.conformance.open_runtimes.function import LOG_ID, SECRET_HEADER, probe_headers

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from runtimekit.conformance.open_runtimes.function import OpenFunction
    from runtimekit.functions.function import Function

ANSWER_SECONDS = 60
KINDS = {"text": 9600, "large": 200, "gone": 190, "overrun": 5, "exit": 5}
"""Of 10,000 requests, how many are of each kind."""
SMALL_BYTES, LARGE_BYTES = 200, 300_000
MAY_FAIL_BESIDE = ("exit", "overrun")
"""Kinds that may end the process of a shared worker, and its neighbours with it."""
MIXED_EVERY = 50
"""One of so many texts of the second protocol is logged in all ways, also by a child process."""
MIXED_LINES = 10
NOTICE = "Native logs detected."
"""How the line begins that stands before what a function prints."""


class SoakRequests(Protocol):
    """A launched probe, and how it is asked."""

    @property
    def function(self) -> Function:
        """The launched probe."""

    def request(
        self, connection: http.client.HTTPConnection, kind: str, name: str, chance: random.Random
    ) -> str | None:
        """Send one request of a kind; return what is wrong with its answer, or with what it has left."""

    def left_over(self) -> list[str]:
        """What is wrong with what all requests together have left."""


@dataclass(frozen=True)
class ContractRequests:
    """Those of the contract."""

    function: Function

    def request(
        self, connection: http.client.HTTPConnection, kind: str, name: str, chance: random.Random
    ) -> str | None:
        """As :class:`SoakRequests`."""
        filler = "x" * (chance.randrange(LARGE_BYTES) if kind == "large" else chance.randrange(SMALL_BYTES))
        text = f"{name} {filler}"
        payload: dict[str, object] = {"action": "text", "text": text}
        fields: dict[str, object] = {}
        if kind == "overrun":
            payload, fields = {"action": "sleep", "seconds": 30}, {"timeout": 1}
        elif kind == "exit":
            payload = {"action": "exit", "code": 3}
        body = json.dumps({"payload": json.dumps(payload), **fields}).encode()
        headers = {"x-internal-challenge": self.function.key}
        if kind == "gone":
            _go_away(self.function, body, headers, chance)
            return None
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        answer = response.read()
        if kind in MAY_FAIL_BESIDE:
            right = response.status == http.client.INTERNAL_SERVER_ERROR
            return None if right else f"status {response.status}, not 500: {answer[:200]!r}"
        if response.status != http.client.OK:
            return f"status {response.status}: {answer[:200].decode(errors='replace')}"
        return None if answer == text.encode() else f"another's answer, or not all of it: {answer[:80]!r}"

    def left_over(self) -> list[str]:
        """Nothing stays."""
        return []


@dataclass(frozen=True)
class OpenRequests:
    """Those of the second protocol: each looks into its log files, too, and deletes them, as executors do."""

    function: OpenFunction

    def request(
        self, connection: http.client.HTTPConnection, kind: str, name: str, chance: random.Random
    ) -> str | None:
        """As :class:`SoakRequests`."""
        headers = {SECRET_HEADER: self.function.key, "x-open-runtimes-timeout": "1" if kind == "overrun" else "60"}
        text = f"{name} {'x' * chance.randrange(SMALL_BYTES)}"
        if kind == "gone":
            headers |= {**probe_headers("log", {"logs": [text], "prints": [text]}), LOG_ID: f"gone-{name}"}
            _go_away(self.function, b"", headers, chance)
            return None
        if kind == "text" and chance.randrange(MIXED_EVERY) == 0:
            return self._mixed(connection, name, headers)
        large = f"{name} {'x' * chance.randrange(LARGE_BYTES)}".encode() if kind == "large" else b""
        expected: dict[str, tuple[str, dict[str, Any], tuple[int, bytes, str]]] = {
            "text": ("log", {"logs": [text], "errors": [name]}, (200, b"logged", f"{text}\n")),
            "large": ("echo", {}, (200, large, "")),
            "overrun": ("sleep", {"seconds": 30, "logs": [text]}, (500, b"", f"{text}\n")),
            "exit": ("exit", {"code": 3}, (500, b"", "before\n")),
        }
        action, parameters, wanted = expected[kind]
        response, body = _exchange(connection, headers | probe_headers(action, parameters), large)
        logs, errors = self._take(response)
        if kind in MAY_FAIL_BESIDE and response.status == wanted[0] and not logs:
            return None  # it had not begun when another one ended its process, or its worker was busy
        if response.status != wanted[0]:
            return f"status {response.status}: {errors[:200]}"
        if (body, logs) != wanted[1:]:
            return f"another's answer or log, or not all of it: {body[:80]!r}, {logs[:200]!r}"
        return f"not its own errors: {errors[:200]!r}" if kind == "text" and errors != f"{name}\n" else None

    def _mixed(self, connection: http.client.HTTPConnection, name: str, headers: Mapping[str, str]) -> str | None:
        """Lines by the API, by print and by a child process: all that the rules promise (V16), and nobody else's."""
        action = probe_headers("mixed", {"name": name, "lines": MIXED_LINES})
        response, body = _exchange(connection, {**headers, **action}, b"")
        logs, errors = self._take(response)
        if response.status != http.client.OK:
            return f"status {response.status}: {errors[:200]}"
        if body != name.encode():
            return f"another's answer: {body[:80]!r}"
        lines = [line for line in logs.splitlines() if not line.startswith(NOTICE)]
        others = [line for line in lines if not line.startswith(f"{name} ")]
        if others:
            return f"lines of others in its log: {others[:3]}"
        missing = [
            line
            for kind in ("log", "print")
            for number in range(MIXED_LINES)
            if (line := f"{name} {kind} {number}") not in lines
        ]
        return f"lines that are missing in its log: {missing[:3]}" if missing else None

    def left_over(self) -> list[str]:
        """Files of requests whose clients have gone hold their own lines; others have none left."""
        wrong = []
        for path in self.function.logs.iterdir():
            name = path.name.removeprefix("gone-").rpartition("_")[0]
            lines = path.read_text(errors="replace").splitlines()
            others = [line for line in lines if not line.startswith((f"{name} ", NOTICE))]
            if not path.name.startswith("gone-"):
                wrong.append(f"{path.name}: nobody's log: {lines[:3]}")
            elif others and path.name.endswith("_logs.log"):
                wrong.append(f"{path.name}: lines of others: {others[:3]}")
        return wrong

    def _take(self, response: http.client.HTTPResponse) -> tuple[str, str]:
        """Read a request's files, and delete them."""
        identifier = response.getheader(LOG_ID) or "none"
        found = self.function.logged(identifier)
        for name in ("logs", "errors"):
            (self.function.logs / f"{identifier}_{name}.log").unlink(missing_ok=True)
        return found


def _exchange(
    connection: http.client.HTTPConnection, headers: Mapping[str, str], body: bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request("POST" if body else "GET", "/", body or None, dict(headers))
    response = connection.getresponse()
    return response, response.read()


def _go_away(function: Function, body: bytes, headers: Mapping[str, str], chance: random.Random) -> None:
    """Send a request, or a part of it, and close the connection without waiting for the answer."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    whole = f"POST / HTTP/1.1\r\nHost: runtime\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body
    with socket.create_connection((function.host, function.port), timeout=ANSWER_SECONDS) as gone:
        gone.sendall(whole[: chance.randrange(1, len(whole) + 1)])
