"""A failed case shows the right request and answer, readable, of bounded length, and without any key."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any, cast

import pytest

from runtimekit.conformance import exchanges
from runtimekit.conformance.exchanges import Exchanges, Transcript
from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.launched import CaseEnvironment
from runtimekit.conformance.raw_http import RawConnection
from runtimekit.conformance.target import Target
from runtimekit.functions.function import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "0123456789abcdef" * 4


def plain(text: str) -> str:
    """Nothing is secret."""
    return text


def redacted(text: str) -> str:
    """As an environment with one key does it."""
    environment = CaseEnvironment(*[cast("Any", None)] * 9, keys=[KEY])  # type: ignore[arg-type]
    return environment.redacted(text)


@pytest.fixture
def function() -> Iterator[Function]:
    """Something that answers over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Say how much has come."""
            body = f"{len(self.rfile.read(int(self.headers['content-length'])))} bytes".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Function(cast("Any", None), "127.0.0.1", server.server_port, KEY)
        server.shutdown()
        thread.join()


def test_a_call_is_noted(function: Function) -> None:
    """Request and answer, as they went over the wire."""
    noted = Exchanges()
    function.watched(noted.converse).call(payload="a")
    assert noted.last
    assert noted.last.request.text(redacted) == ('POST / HTTP/1.1\nx-internal-challenge: <key>\n\n{"payload": "a"}')
    assert noted.last.answer.text(plain).startswith("HTTP/1.1 200 OK\n")
    assert noted.last.answer.text(plain).endswith("\n\n16 bytes")


def test_a_raw_connection_is_noted_request_by_request(function: Function) -> None:
    """Parts of one request belong together; what follows an answer is the next one."""
    noted = Exchanges()
    with RawConnection(function.host, function.port, 5, noted.converse()) as connection:
        connection.send(b"POST /one HTTP/1.1\r\nContent-")
        connection.send([b"Length: 2\r\n\r\n", b"ab"])
        connection.answer()
        assert noted.last
        assert noted.last.request.text(plain) == "POST /one HTTP/1.1\nContent-Length: 2\n\nab"
        connection.send(b"POST /two HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        connection.answer()
    assert noted.last.request.text(plain) == "POST /two HTTP/1.1\nContent-Length: 0\n\n"
    assert noted.last.answer.text(plain).endswith("0 bytes")


def test_an_interim_answer_ends_no_request() -> None:
    """The body that a client sends after 100 belongs to the head before it."""
    noted = Exchanges()
    conversation = noted.converse()
    conversation.sending()
    conversation.sent(b"head ")
    conversation.received(b"HTTP/1.1 100 Continue\r\n\r\n")
    conversation.sending()
    conversation.sent(b"body")
    assert noted.last
    assert noted.last.request.text(plain) == "head body"


def test_long_texts_are_cut_and_counted() -> None:
    """No report holds a million keys."""
    transcript = Transcript()
    for _ in range(1000):
        transcript.add(b"0123456789")
    text = transcript.text(plain)
    assert text == "0123456789" * 200 + "… (10,000 bytes)"
    assert len(transcript.kept) == exchanges.KEPT_BYTES


@pytest.mark.parametrize("before", range(exchanges.KEPT_BYTES - 70, exchanges.KEPT_BYTES + 1))
def test_no_part_of_a_key_is_left_where_a_text_is_cut(before: int) -> None:
    """Wherever the cut falls, and although keys that were taken out make room for more."""
    transcript = Transcript()
    times, rest = divmod(before, len(KEY))
    transcript.add(KEY.encode() * times + b"." * rest + KEY.encode() + b"." * 5000)
    assert KEY[:8] not in transcript.text(redacted)


def test_keys_that_are_nearly_right_do_not_give_the_key_away() -> None:
    """Cases send them, and the report says what they were."""
    text = f"{KEY} {KEY[:-1]}0 {KEY[:-1]} {KEY.upper()}"
    assert redacted(text) == "<key> <key but for its end>0 <key but for its end> <key in upper case>"


def test_of_many_at_once_the_one_that_failed_is_shown(function: Function) -> None:
    """Not the one that happened to be last."""
    environment = CaseEnvironment(*[cast("Any", None)] * 9)  # type: ignore[arg-type]
    environment.platform = "linux/amd64"
    target = Target(environment, None)
    watched = target.watched(function)
    all_called = Barrier(4, timeout=10)

    def work(number: int) -> None:
        watched.call(payload=str(number))
        all_called.wait()
        if number == 2:
            raise CaseFailedError("number 2", "nothing", "something")

    with pytest.raises(CaseFailedError) as failure:
        target.in_parallel(work, range(4), 4)
    assert failure.value.exchange
    assert failure.value.exchange.request.text(plain).endswith('{"payload": "2"}')
