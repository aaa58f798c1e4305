"""Clients that wait, go away or are slow: V1, V8, V25."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

from runtimekit.conformance import case, expect, expect_status, expect_that

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget

MIB = 1024 * 1024


@case("transport.expect-continue", rule="V25", core=True)
def expect_continue(target: OpenTarget) -> None:
    """A client that asks first, as executors do for bodies above 1 MB, is told to go on."""
    body = bytes(range(256)) * 8192
    head, _, _ = target.get("Expect: 100-continue", f"Content-Length: {len(body)}", method="POST").partition(
        b"\r\n\r\n"
    )
    with target.raw() as connection:
        connection.send(head + b"\r\n\r\n")
        expect(100, connection.wait_interim(), "the interim answer")
        connection.send(body)
        answer = connection.answer()
    expect_status(answer, 200)
    expect(hashlib.sha256(body).hexdigest(), json.loads(answer.body)["sha256"], "the body's digest")


@case("transport.expect-continue-wrong-secret", rule="V2")
def expect_continue_wrong_secret(target: OpenTarget) -> None:
    """It is refused before it has sent its body."""
    with target.raw() as connection:
        connection.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
        expect_status(connection.answer(), 401)
    expect([], connection.interim, "interim answers")


@case("transport.keep-alive", rule="V1")
def keep_alive(target: OpenTarget) -> None:
    """Thirty requests on one connection, of all methods and sizes."""
    with target.raw() as connection:
        for number in range(30):
            method = ("GET", "POST", "DELETE", "PUT", "HEAD")[number % 5]
            body = b"x" * (number * 1000 if method in {"POST", "PUT"} else 0)
            connection.send(target.get(method=method, target=f"/{number}", body=body))
            answer = connection.answer(head=method == "HEAD")
            expect_status(answer, 200)
            if method != "HEAD":
                found = json.loads(answer.body)
                expect(
                    (method, f"/{number}", len(body)), (found["method"], found["path"], found["size"]), "what was seen"
                )


@case("transport.byte-by-byte", rule="V1")
def byte_by_byte(target: OpenTarget) -> None:
    """A request that comes in single bytes is whole in the end."""
    with target.raw() as connection:
        connection.send(bytes([byte]) for byte in target.get(method="POST", body=b"hello"))
        expect(5, json.loads(connection.answer().body)["size"], "the size")


@case("transport.client-gone", rule="V35")
def client_gone(target: OpenTarget) -> None:
    """Clients that go away before the answer disturb nobody, and their logs are written."""
    with target.raw() as connection:
        more = 'X-With: {"seconds": 0.3, "logs": ["gone"]}', "X-Open-Runtimes-Log-Id: client-gone"
        connection.send(target.get(*more, action="sleep"))
        time.sleep(0.1)  # it has begun
        connection.abort()
    expect_status(target.call(), 200)
    end = time.monotonic() + target.deadline(10)
    while time.monotonic() < end and not (logs := target.function.logged("client-gone")[0]):
        time.sleep(0.05)
    expect_that(logs.startswith("gone\n"), "the log of the one whose client has gone", "its entries", logs)


@case("transport.17-mb", rule="V25")
def seventeen_megabytes(target: OpenTarget) -> None:
    """Large bodies arrive and come back, several at a time."""

    def one(number: int) -> None:
        body = bytes([number]) * (17 * MIB)
        answer = target.call(method="PUT", action="echo", body=body, within=60)
        expect_status(answer, 200)
        expect(hashlib.sha256(body).digest(), hashlib.sha256(answer.body).digest(), "the digest of what came back")

    target.in_parallel(one, range(3), 3)
