"""Cases that are data: what is sent, what is accepted."""

from __future__ import annotations

import json
import socketserver
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from runtimekit.conformance import toml_cases
from runtimekit.conformance.cases import Subject
from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.launched import CaseEnvironment, LaunchedFunction
from runtimekit.conformance.probes import Probe
from runtimekit.conformance.target import Target
from runtimekit.functions.function import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtimekit.conformance.cases import Case

KEY = "0123456789abcdef"


class Server(socketserver.ThreadingTCPServer):
    """Answers every connection with fixed bytes and remembers what it was sent."""

    allow_reuse_address = True
    daemon_threads = True
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    received: ClassVar[list[bytes]] = []


class Handler(socketserver.BaseRequestHandler):
    """One read, one answer."""

    server: Server

    def handle(self) -> None:
        """Serve one connection."""
        self.server.received.append(self.request.recv(1_000_000))
        self.request.sendall(self.server.answer)


@pytest.fixture
def server() -> Iterator[Server]:
    """A fake runtime."""
    with Server(("127.0.0.1", 0), Handler) as serving:
        serving.received.clear()
        threading.Thread(target=serving.serve_forever, args=(0.01,)).start()
        yield serving
        serving.shutdown()


@pytest.fixture
def target(server: Server) -> Target:
    """A target whose function is the fake runtime."""
    launched = LaunchedFunction(lambda: pytest.fail("not launched here"), {"payload": "plain"})
    launched._function = Function(None, "127.0.0.1", server.server_address[1], KEY)  # type: ignore[arg-type]
    runtime = SimpleNamespace()
    files = {"named": "named.py"}
    folder = Path("/nowhere")
    environment = CaseEnvironment(
        None, runtime, "linux/amd64", folder, "none", {}, files, Probe({"a.b": "Env"}), folder
    )  # type: ignore[arg-type]
    return Target(environment, launched)


def case(request: dict[str, Any], expect: dict[str, Any]) -> Case:
    """A case from its table."""
    return toml_cases.read({"id": "area.name", "rule": "R5", "request": request, "expect": expect})


def sent(target: Target, request: dict[str, Any]) -> bytes:
    """The bytes of a request."""
    exchange = case(request, {"called": True}).check
    assert isinstance(exchange, toml_cases.Exchange)
    return b"".join(exchange.request.pieces(target))


def test_a_plain_request_is_well_formed(target: Target) -> None:
    """Method, target, key, length, body."""
    head, _, body = sent(target, {}).partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert f"X-Internal-Challenge: {KEY}".encode() in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body) == {"payload": "plain"}


def test_fields_probe_and_file_make_the_body(target: Target) -> None:
    """The action becomes the payload, a name becomes the probe's file."""
    request = {"fields": {"timeout": 1}, "probe": {"action": "text"}, "named": "named"}
    body = json.loads(sent(target, request).partition(b"\r\n\r\n")[2])
    assert body == {"timeout": 1, "payload": '{"action": "text"}', "file": "named.py"}


def test_text_is_bytes_and_may_repeat(target: Target) -> None:
    """Latin-1, parts, words."""
    raw = ["\u00ff${key}", {"repeat": "ab", "times": 3}, "${unknown" + "}"]
    with pytest.raises(KeyError):
        sent(target, {"raw": raw})
    assert sent(target, {"raw": raw[:2]}) == b"\xff" + KEY.encode() + b"ababab"


def test_the_key_can_be_left_out_or_empty(target: Target) -> None:
    """Two different things."""
    assert b"Challenge" not in sent(target, {"key": False})
    assert b"Challenge: \r\n" in sent(target, {"key": ""})


def test_chunks_hold_the_same_body(target: Target) -> None:
    """And end with the empty one."""
    assert sent(target, {"chunked": True, "body": "x" * 70_000}).endswith(
        b"\r\n1170\r\n" + b"x" * 4464 + b"\r\n0\r\n\r\n"
    )


def test_a_called_function_is_recognised(target: Target) -> None:
    """By the status of a plain request."""
    case({}, {"called": True}).check(target)
    target.launched.plain_status = 418  # type: ignore[assignment]
    with pytest.raises(CaseFailedError, match="status 418"):
        case({}, {"called": True}).check(target)


def error(status: int, body: str, kind: str = "application/json") -> bytes:
    """An answer."""
    head = f"HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


@pytest.mark.parametrize(
    "answer",
    [
        error(400, '{"code":401,"message":"env"}'),
        error(400, '{"code":400,"message":"env","more":1}'),
        error(400, '{"code":400,"message":""}'),
        error(400, '{"code":400,"message":"something else"}'),
        error(400, "env"),
        error(400, '{"code":400,"message":"env"}', "text/plain"),
        error(500, '{"code":500,"message":"env"}'),
        error(400, '{"code":400,"message":"env' + "x" * 9000 + '"}'),
    ],
)
def test_errors_must_have_exactly_the_shape(target: Target, server: Server, answer: bytes) -> None:
    """Status, content type, two keys, a message that is not too long and names what it should."""
    server.answer = answer
    with pytest.raises(CaseFailedError):
        case({}, {"status": 400, "error": ["env"]}).check(target)


def test_an_error_of_the_right_shape_passes(target: Target, server: Server) -> None:
    """Letters' case does not matter in a message, but where it begins."""
    server.answer = error(400, '{"code":400,"message":"Env is wrong"}')
    case({}, {"status": 400, "error": ["env"], "starts": "Env"}).check(target)


def test_the_language_says_how_its_errors_begin(target: Target, server: Server) -> None:
    """By the case's id, beside its probe."""
    row = {"id": "a.b", "rule": "E2", "expect": {"status": 500, "own": "starts"}}
    server.answer = error(500, '{"code":500,"message":"Env is wrong"}')
    toml_cases.read(row).check(target)
    server.answer = error(500, '{"code":500,"message":"env is wrong"}')
    with pytest.raises(CaseFailedError, match="beginning"):
        toml_cases.read(row).check(target)


def test_mistakes_in_a_case_are_found(target: Target) -> None:
    """A misspelt key would silently check nothing."""
    with pytest.raises(TypeError):
        case({"metod": "GET"}, {"status": 405})
    with pytest.raises(TypeError):
        case({}, {"stauts": 405})
    with pytest.raises(ValueError, match="no rule"):
        toml_cases.read({"id": "area.name", "rule": "X1", "expect": {}})
    with pytest.raises(ValueError, match="no case's id"):
        toml_cases.read({"id": "name", "rule": "R1", "expect": {}})
    assert target


def test_what_needs_our_fixtures_is_told_apart() -> None:
    """The rest can be asked of any function."""
    assert case({"body": "{"}, {"status": 400}).any_function
    assert not case({"probe": {"action": "text"}}, {"called": True}).any_function
    assert not case({"named": "index"}, {"called": True}).any_function
    assert not case({}, {"text": "Hello"}).any_function
    hello = {"id": "area.name", "rule": "R5", "bench": "hello", "expect": {"called": True}}
    assert not toml_cases.read(hello).any_function
    assert toml_cases.read(dict(hello, bench="slow")).bench is Subject.SLOW
