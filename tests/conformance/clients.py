"""Clients that disconnect, are slow, or send nothing (contract R9, T4), and long-lived connections."""

from __future__ import annotations

import time
from contextlib import ExitStack

from runtimekit.conformance import (
    Subject,
    Target,
    case,
    expect,
    expect_json,
    expect_status,
    expect_text,
    expect_that,
    expect_within,
)

HEAD_SECONDS, BODY_SECONDS = 10, 30
"""When a slow sender is cut off (contract R9)."""
CUT_TOLERANCE = 4
MIB = 1024 * 1024
SOON = 2.0
"""The limit for a plain answer while other clients are slow."""


@case("transport.keep-alive-100", rule="R10", any_function=True)
def keep_alive(target: Target) -> None:
    """A hundred requests on one connection."""
    with target.raw() as connection:
        for _ in range(100):
            connection.send(target.post(target.plain()))
            expect_status(connection.answer(), target.launched.plain_status)


@case("transport.pipelining-in-order", rule="R10")
def pipelining_in_order(target: Target) -> None:
    """Requests sent without waiting are answered in their order, each with its own."""
    bodies = [f'{{"payload": "number {number}"}}'.encode() for number in range(20)]
    with target.raw() as connection:
        connection.send(b"".join(map(target.post, bodies)))
        for number in range(20):
            expect_json(connection.answer(), {"env": {}, "payload": f"number {number}", "headers": {}})


@case("transport.byte-by-byte", rule="R10", any_function=True)
def byte_by_byte(target: Target) -> None:
    """A request may come in as many pieces as it has bytes."""
    with target.raw() as connection:
        for byte in target.post(target.plain()):
            connection.send(bytes([byte]))
        expect_status(connection.answer(), target.launched.plain_status)


@case("transport.answer-after-half-close", rule="T4", any_function=True)
def answer_after_half_close(target: Target) -> None:
    """A client that half-closes its connection after the request still gets its answer."""
    with target.raw() as connection:
        connection.send(target.post(target.plain()))
        connection.half_close()
        expect_status(connection.answer(), target.launched.plain_status)


@case("transport.expect-continue", rule="R10", any_function=True)
def expect_continue(target: Target) -> None:
    """A client that sends ``Expect: 100-continue`` gets 100, then its answer."""
    request = target.post(target.plain(), "Expect: 100-continue")
    head, separator, body = request.partition(b"\r\n\r\n")
    with target.raw() as connection:
        connection.send(head + separator)
        expect(100, connection.wait_interim(), "the interim answer")
        connection.send(body)
        expect_status(connection.answer(), target.launched.plain_status)


def cut_off(target: Target, start: bytes, piece: bytes, seconds: float) -> None:
    """A sender that sends a piece every half second is cut off in time, and not before."""
    began = time.monotonic()
    with target.raw(seconds + 2 * CUT_TOLERANCE) as connection:
        connection.send(start)
        while not connection.ended and time.monotonic() - began < seconds + CUT_TOLERANCE:
            time.sleep(0.5)
            connection.send(piece)
        took = time.monotonic() - began
        bounds = f"cut off after about {seconds} s"
        expect_that(
            connection.ended and took > seconds - 2,
            "the slow sender",
            bounds,
            f"{took:.1f} s, ended: {connection.ended}",
        )


@case("transport.slow-head", rule="R9", bench=Subject.SLOW, any_function=True)
def slow_head(target: Target) -> None:
    """Headers that trickle in are cut off after 10 s."""
    cut_off(target, b"POST / HTTP/1.1\r\nHost: runtime\r\nX-Slow: ", b"a", HEAD_SECONDS)


@case("transport.slow-second-head", rule="R9", bench=Subject.SLOW, any_function=True)
def slow_second_head(target: Target) -> None:
    """Those of a connection's second request, too."""
    second = b"POST / HTTP/1.1\r\nX-Slow: "
    began = time.monotonic()
    with target.raw(HEAD_SECONDS + 2 * CUT_TOLERANCE) as connection:
        connection.send(target.post(target.plain()) + second)
        expect_status(connection.answer(), target.launched.plain_status)
        while not connection.ended and time.monotonic() - began < HEAD_SECONDS + CUT_TOLERANCE:
            time.sleep(0.5)
            connection.send(b"a")
        expect_that(connection.ended, "the slow sender", "cut off after about 10 s", "still connected")


@case("transport.slow-body", rule="R9", bench=Subject.SLOW, any_function=True)
def slow_body(target: Target) -> None:
    """A body that trickles in is cut off after 30 s."""
    head = target.post(b"").replace(b"Content-Length: 0", b"Content-Length: 1000")
    cut_off(target, head + b'{"payload": "', b"a", BODY_SECONDS)


@case("transport.slow-chunks", rule="R9", bench=Subject.SLOW, any_function=True)
def slow_chunks(target: Target) -> None:
    """Chunks that trickle in are cut off, too."""
    head = target.post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    cut_off(target, head + b'd\r\n{"payload": "\r\n', b"1\r\na\r\n", BODY_SECONDS)


@case("transport.200-idle-connections", rule="T4", bench=Subject.SLOW, any_function=True)
def idle_connections(target: Target) -> None:
    """Idle connections delay no other client."""
    with ExitStack() as stack:
        for number in range(200):
            connection = stack.enter_context(target.raw())
            if number % 2:
                connection.send(b"POST / HTTP/1.1\r\nHost: run")
        with expect_within(SOON, "a request beside 200 idle connections"):
            expect_status(target.call(**target.launched.plain), target.launched.plain_status)


@case("crowds.small-beside-stalled", rule="T5", bench=Subject.SLOW, any_function=True)
def small_beside_stalled(target: Target) -> None:
    """Uploads of 20 MiB that stall, of which memory holds one, do not keep a request of 100 KB waiting."""
    start = target.post(b"").replace(b"Content-Length: 0", f"Content-Length: {20 * MIB}".encode()) + bytes(30_000)
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(target.raw()).send(start)
        with expect_within(SOON, "a request of 100 KB beside uploads that stall"):
            answer = target.call(**target.launched.plain, disregarded="x" * 100_000)
        expect_status(answer, target.launched.plain_status)


@case("time.client-gone", rule="T4")
def client_gone(target: Target) -> None:
    """Clients that disconnect before, during and after sending do no harm."""
    whole = target.post(b'{"payload": "{\\"action\\": \\"sleep\\", \\"seconds\\": 0.2}"}')
    for part in (whole, whole[:-5], whole[:40], whole[:1], b""):
        for _ in range(6):
            with target.raw() as connection:
                connection.send(part)
                connection.abort()
    expect_text(target.probe("text", text="still here"), "still here")


@case("time.client-gone-while-answering", rule="T4", alone=True)
def client_gone_while_answering(target: Target) -> None:
    """Clients that disconnect during a large answer do no harm."""
    body = b'{"payload": "{\\"action\\": \\"big\\", \\"bytes\\": 10000000}"}'
    for _ in range(5):
        with target.raw() as connection:
            connection.send(target.post(body))
            connection.wait_for_bytes()
            connection.abort()
    expect_text(target.probe("text", text="still here"), "still here")


@case("time.slow-reader", rule="T4", bench=Subject.SLOW)
def slow_reader(target: Target) -> None:
    """A client that does not read its large answer delays no other client, and gets the whole answer once it reads."""
    body = b'{"payload": "{\\"action\\": \\"big\\", \\"bytes\\": 10485760}"}'
    with target.raw(25) as connection:
        connection.limit_receiving(4096)
        connection.send(target.post(body))
        connection.wait_for_bytes()
        for _ in range(10):
            with expect_within(SOON, "a request beside a slow reader"):
                expect_status(target.probe("answer"), 200)
            time.sleep(0.2)
        expect(10 * MIB, len(connection.answer().body), "the slow reader's answer")
