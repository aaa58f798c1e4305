"""Clients that go away, dawdle, or only sit there (contract R9, T4), and connections that are used for long."""

from __future__ import annotations

import time
from contextlib import ExitStack

from runtimekit.conformance import (
    Bench,
    Suite,
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
"""A plain answer while others dawdle: they must not hold it up."""


@case("transport.keep-alive-100", rule="R10", any_function=True)
def keep_alive(suite: Suite) -> None:
    """A hundred requests on one connection."""
    with suite.raw() as wire:
        for _ in range(100):
            wire.send(suite.post(suite.plain()))
            expect_status(wire.answer(), suite.stand.plain_status)


@case("transport.pipelining-in-order", rule="R10")
def pipelining_in_order(suite: Suite) -> None:
    """Requests sent without waiting are answered in their order, each with its own."""
    bodies = [f'{{"payload": "number {number}"}}'.encode() for number in range(20)]
    with suite.raw() as wire:
        wire.send(b"".join(map(suite.post, bodies)))
        for number in range(20):
            expect_json(wire.answer(), {"env": {}, "payload": f"number {number}", "headers": {}})


@case("transport.byte-by-byte", rule="R10", any_function=True)
def byte_by_byte(suite: Suite) -> None:
    """A request may come in as many pieces as it has bytes."""
    with suite.raw() as wire:
        for byte in suite.post(suite.plain()):
            wire.send(bytes([byte]))
        expect_status(wire.answer(), suite.stand.plain_status)


@case("transport.answer-after-half-close", rule="T4", any_function=True)
def answer_after_half_close(suite: Suite) -> None:
    """A client that has said all it has to say still gets its answer."""
    with suite.raw() as wire:
        wire.send(suite.post(suite.plain()))
        wire.half_close()
        expect_status(wire.answer(), suite.stand.plain_status)


@case("transport.expect-continue", rule="R10", any_function=True)
def expect_continue(suite: Suite) -> None:
    """A client that asks before sending its body is told to go on, then answered."""
    request = suite.post(suite.plain(), "Expect: 100-continue")
    head, separator, body = request.partition(b"\r\n\r\n")
    with suite.raw() as wire:
        wire.send(head + separator)
        expect(100, wire.wait_interim(), "the interim answer")
        wire.send(body)
        expect_status(wire.answer(), suite.stand.plain_status)


def cut_off(suite: Suite, start: bytes, piece: bytes, seconds: float) -> None:
    """A sender that sends a piece every half second is cut off in time, and not before."""
    began = time.monotonic()
    with suite.raw(seconds + 2 * CUT_TOLERANCE) as wire:
        wire.send(start)
        while not wire.ended and time.monotonic() - began < seconds + CUT_TOLERANCE:
            time.sleep(0.5)
            wire.send(piece)
        took = time.monotonic() - began
        bounds = f"cut off after about {seconds} s"
        expect_that(wire.ended and took > seconds - 2, "the slow sender", bounds, f"{took:.1f} s, ended: {wire.ended}")


@case("transport.slow-head", rule="R9", bench=Bench.SLOW, any_function=True)
def slow_head(suite: Suite) -> None:
    """Headers that trickle in are cut off after 10 s."""
    cut_off(suite, b"POST / HTTP/1.1\r\nHost: runtime\r\nX-Slow: ", b"a", HEAD_SECONDS)


@case("transport.slow-second-head", rule="R9", bench=Bench.SLOW, any_function=True)
def slow_second_head(suite: Suite) -> None:
    """Those of a connection's second request, too."""
    second = b"POST / HTTP/1.1\r\nX-Slow: "
    began = time.monotonic()
    with suite.raw(HEAD_SECONDS + 2 * CUT_TOLERANCE) as wire:
        wire.send(suite.post(suite.plain()) + second)
        expect_status(wire.answer(), suite.stand.plain_status)
        while not wire.ended and time.monotonic() - began < HEAD_SECONDS + CUT_TOLERANCE:
            time.sleep(0.5)
            wire.send(b"a")
        expect_that(wire.ended, "the slow sender", "cut off after about 10 s", "still connected")


@case("transport.slow-body", rule="R9", bench=Bench.SLOW, any_function=True)
def slow_body(suite: Suite) -> None:
    """A body that trickles in is cut off after 30 s."""
    head = suite.post(b"").replace(b"Content-Length: 0", b"Content-Length: 1000")
    cut_off(suite, head + b'{"payload": "', b"a", BODY_SECONDS)


@case("transport.slow-chunks", rule="R9", bench=Bench.SLOW, any_function=True)
def slow_chunks(suite: Suite) -> None:
    """Chunks that trickle in are cut off, too."""
    head = suite.post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    cut_off(suite, head + b'd\r\n{"payload": "\r\n', b"1\r\na\r\n", BODY_SECONDS)


@case("transport.200-idle-connections", rule="T4", bench=Bench.SLOW, any_function=True)
def idle_connections(suite: Suite) -> None:
    """Connections that only sit there hold nobody up."""
    with ExitStack() as stack:
        for number in range(200):
            wire = stack.enter_context(suite.raw())
            if number % 2:
                wire.send(b"POST / HTTP/1.1\r\nHost: run")
        with expect_within(SOON, "a request beside 200 idle connections"):
            expect_status(suite.call(**suite.stand.plain), suite.stand.plain_status)


@case("crowds.small-beside-stalled", rule="T5", bench=Bench.SLOW, any_function=True)
def small_beside_stalled(suite: Suite) -> None:
    """Uploads of 20 MiB that stall, of which memory holds one, do not keep a request of 100 KB waiting."""
    start = suite.post(b"").replace(b"Content-Length: 0", f"Content-Length: {20 * MIB}".encode()) + bytes(30_000)
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(suite.raw()).send(start)
        with expect_within(SOON, "a request of 100 KB beside uploads that stall"):
            answer = suite.call(**suite.stand.plain, disregarded="x" * 100_000)
        expect_status(answer, suite.stand.plain_status)


@case("time.client-gone", rule="T4")
def client_gone(suite: Suite) -> None:
    """Clients that go away before, during and after sending leave nothing behind that hurts."""
    whole = suite.post(b'{"payload": "{\\"action\\": \\"sleep\\", \\"seconds\\": 0.2}"}')
    for part in (whole, whole[:-5], whole[:40], whole[:1], b""):
        for _ in range(6):
            with suite.raw() as wire:
                wire.send(part)
                wire.abort()
    expect_text(suite.probe("text", text="still here"), "still here")


@case("time.client-gone-while-answering", rule="T4", alone=True)
def client_gone_while_answering(suite: Suite) -> None:
    """So do clients that go away amid a large answer."""
    body = b'{"payload": "{\\"action\\": \\"big\\", \\"bytes\\": 10000000}"}'
    for _ in range(5):
        with suite.raw() as wire:
            wire.send(suite.post(body))
            wire.wait_for_bytes()
            wire.abort()
    expect_text(suite.probe("text", text="still here"), "still here")


@case("time.slow-reader", rule="T4", bench=Bench.SLOW)
def slow_reader(suite: Suite) -> None:
    """A client that does not read its large answer holds nobody up, and gets it whole when it reads at last."""
    body = b'{"payload": "{\\"action\\": \\"big\\", \\"bytes\\": 10485760}"}'
    with suite.raw(25) as wire:
        wire.limit_receiving(4096)
        wire.send(suite.post(body))
        wire.wait_for_bytes()
        for _ in range(10):
            with expect_within(SOON, "a request beside a slow reader"):
                expect_status(suite.probe("answer"), 200)
            time.sleep(0.2)
        expect(10 * MIB, len(wire.answer().body), "the slow reader's answer")
