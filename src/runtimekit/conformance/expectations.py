"""Assertions for cases. Every failure reads the same way: what, expected, got."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runtimekit.conformance.failures import CaseFailedError, TooLateError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from runtimekit.functions.function import Answer

TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"
TIMED_OUT = "timed out after"
"""Part of the error message for a function that exceeded its timeout (contract T1)."""
MESSAGE_LIMIT = 8 * 1024
"""The most bytes that a 500's message has (contract E2)."""


def expect(expected: object, got: object, what: str) -> None:
    """Raise CaseFailedError unless both are equal."""
    if expected != got:
        raise CaseFailedError(what, expected, got)


def expect_that(condition: object, what: str, expected: object, got: object) -> None:
    """A condition must hold; ``expected`` says in words which."""
    if not condition:
        raise CaseFailedError(what, expected, got)


def expect_status(answer: Answer, status: int) -> None:
    """The status must be ``status``; a failure shows the body."""
    if answer.status != status:
        failure = TooLateError if TIMED_OUT in answer.body.decode(errors="replace") else CaseFailedError
        raise failure("the answer", f"status {status}", shown(answer))


def expect_json(answer: Answer, value: Any, status: int = 200) -> None:  # noqa: ANN401 - any JSON value
    """The function's answer must be this value as JSON (contract F3)."""
    expect_status(answer, status)
    expect(JSON, answer.headers.get("content-type"), "content-type")
    expect(value, decoded(answer), "the body")


def expect_text(answer: Answer, text: str, status: int = 200) -> None:
    """The function's answer must be this text, byte for byte (contract F3)."""
    expect_status(answer, status)
    expect(TEXT, answer.headers.get("content-type"), "content-type")
    expect(text.encode(), answer.body, "the body")


def expect_error(answer: Answer, status: int, *contains: str) -> str:
    """The answer must be one of the contract's errors, of exactly its shape (contract §5); returns the message."""
    expect_status(answer, status)
    kind = answer.headers.get("content-type", "")
    expect_that(kind.partition(";")[0] == "application/json", "content-type", "application/json", kind)
    value = decoded(answer)
    if not isinstance(value, dict) or value.keys() != {"code", "message"} or value["code"] != status:
        raise CaseFailedError("the error", f'exactly {{"code": {status}, "message": …}}', value)
    message = value["message"]
    expect_that(isinstance(message, str) and message, "the message", "some text", message)
    size = len(message.encode("utf-8", "surrogatepass"))
    expect_that(size <= MESSAGE_LIMIT, "the message's size", f"at most {MESSAGE_LIMIT} bytes", size)
    expect_contains(message, contains, "the message")
    return str(message)


def expect_contains(text: str, parts: Collection[str], what: str) -> None:
    """The text must contain every part, in upper or lower case."""
    missing = [part for part in parts if part.lower() not in text.lower()]
    if missing:
        failure = TooLateError if TIMED_OUT in text else CaseFailedError
        raise failure(what, " and ".join(map(repr, missing)), text)


@contextmanager
def expect_within(seconds: float, what: str, *, at_least: float = 0.0) -> Iterator[None]:
    """The block must take ``at_least`` to ``seconds`` seconds. These limits are never scaled for emulation."""
    began = time.monotonic()
    yield
    expect_took(time.monotonic() - began, seconds, what, at_least=at_least)


def expect_took(took: float, within: float, what: str, *, at_least: float = 0.0) -> None:
    """``took`` must be from ``at_least`` to ``within``, in seconds."""
    if not at_least <= took <= within:
        bounds = f"{at_least:g} s to {within:g} s" if at_least else f"at most {within:g} s"
        failure = TooLateError if took > within else CaseFailedError
        raise failure(what, bounds, f"{took:.3f} s")


def decoded(answer: Answer) -> Any:  # noqa: ANN401 - any JSON value
    """The body, parsed as JSON. Raises CaseFailedError if it is not JSON."""
    try:
        return answer.json()
    except ValueError as error:
        raise CaseFailedError("the body", "JSON", f"{error} in {answer.body[:300]!r}") from None


def shown(answer: Answer) -> str:
    """An answer in one line."""
    return f"status {answer.status} {answer.body[:500].decode(errors='backslashreplace')}"
