"""The raw client reads answers strictly, and says what came when none did."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from runtimekit.conformance.failures import TooLateError
from runtimekit.conformance.raw_http import NoAnswerError, RawConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@contextmanager
def answering(*pieces: bytes, hold: bool = False) -> Iterator[RawConnection]:
    """A wire to a server that sends these pieces, then closes (or holds on until the test is over)."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            accepted, _ = server.accept()
            with accepted:
                for piece in pieces:
                    accepted.sendall(piece)
                if hold:
                    done.wait(5)

        thread = threading.Thread(target=serve)
        thread.start()
        with RawConnection("127.0.0.1", server.getsockname()[1], 0.5 if hold else 5) as connection:
            yield connection
        done.set()
        thread.join()


def test_reads_an_answer_by_its_length() -> None:
    """Status, headers in lower case, body."""
    with answering(OK) as connection:
        answer = connection.answer()
    assert (answer.status, answer.headers, answer.body) == (200, {"content-length": "2"}, b"hi")


def test_reads_several_answers_from_one_read() -> None:
    """What comes after an answer belongs to the next one."""
    with answering(OK + OK.replace(b"hi", b"yo")) as connection:
        assert [connection.answer().body, connection.answer().body] == [b"hi", b"yo"]


def test_reads_chunks_that_come_in_pieces() -> None:
    """A chunked body is put together."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with answering(head + b"2\r\nh", b"i\r\n1;x=y\r", b"\n!\r\n0\r\n\r\n") as connection:
        assert connection.answer().body == b"hi!"


def test_a_body_without_length_goes_on_to_the_end() -> None:
    """As HTTP/1.0 has it."""
    with answering(b"HTTP/1.0 200 OK\r\n\r\nall of it") as connection:
        assert connection.answer().body == b"all of it"


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(status: int) -> None:
    """Whatever else the head says."""
    with answering(b"HTTP/1.1 %d x\r\n\r\n" % status + OK) as connection:
        assert connection.answer().body == b""
        assert connection.answer().body == b"hi"


def test_the_answer_to_head_has_no_body() -> None:
    """Though it has a length."""
    with answering(b"HTTP/1.1 405 x\r\nContent-Length: 99\r\n\r\n" + OK) as connection:
        assert connection.answer(head=True).status == 405
        assert connection.answer().status == 200


def test_interim_answers_are_set_aside() -> None:
    """100 is no answer, but is remembered."""
    with answering(b"HTTP/1.1 100 Continue\r\n\r\n" + OK) as connection:
        assert connection.answer().status == 200
        assert connection.interim == [100]


@pytest.mark.parametrize(
    "broken",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 99 no\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"",
    ],
)
def test_refuses_what_is_no_whole_answer(broken: bytes) -> None:
    """Malformed heads, headers that are there twice, bodies that are cut off."""
    with answering(broken) as connection, pytest.raises(NoAnswerError):
        connection.answer()


def test_does_not_wait_for_ever() -> None:
    """The deadline is for the whole connection; the failure shows what has come, and is about time (case_runner.py)."""
    with answering(b"HTTP/1.1 200 OK\r\n", hold=True) as connection, pytest.raises(TooLateError) as caught:
        connection.answer()
    assert isinstance(caught.value, NoAnswerError)
    assert "the time is up" in caught.value.got
    assert "HTTP/1.1 200 OK" in caught.value.got


def test_closed_tells_ended_from_open() -> None:
    """Only an end without further bytes counts."""
    with answering() as connection:
        assert connection.closed(2)
    with answering(hold=True) as connection:
        assert not connection.closed(0.1)
    with answering(b"more") as connection:
        assert not connection.closed(2)


def test_sending_stops_when_nobody_listens_any_more() -> None:
    """A server that answers early and closes is no error of the sender: the answer can be read."""
    with answering(OK) as connection:
        connection.send(b"x" * 8_000_000)
        assert connection.answer().status == 200


def test_bytes_are_noticed_and_left() -> None:
    """What has come can still be read."""
    with answering(OK, hold=True) as connection:
        assert connection.has_bytes(5)
        assert connection.answer().body == b"hi"
        assert not connection.has_bytes(0)


def test_a_reset_is_more_than_a_close() -> None:
    """The other side is told that nobody wants an answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = RawConnection("127.0.0.1", server.getsockname()[1], 5)
        accepted, _ = server.accept()
        with accepted:
            accepted.settimeout(5)
            connection.reset()
            with pytest.raises(ConnectionResetError):
                accepted.recv(1)


def test_cookies_may_come_several_times() -> None:
    """They are the only header that may; any other one that is there twice is a broken answer."""
    twice = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n%b: a=1\r\n%b: b=2\r\n\r\n"
    with answering(twice % (b"Set-Cookie", b"set-cookie")) as connection:
        assert connection.answer().headers["set-cookie"] == "a=1\nb=2"
    with answering(twice % (b"X-Own", b"x-own")) as connection, pytest.raises(NoAnswerError, match="there twice"):
        connection.answer()
