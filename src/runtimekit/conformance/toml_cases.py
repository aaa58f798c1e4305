r"""Cases written as data: a request and the expected answer, in ``tests/conformance/*.toml``.

The folder's README describes the form. Text of ``raw``, ``body``, ``headers`` and ``key`` is sent as Latin-1, so that
``\u00ff`` is the byte FF; ``${…}`` names one of the target's ``placeholders``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import expectations
from runtimekit.conformance.cases import EVERY_KIND, Case, Subject
from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.raw_http import NoAnswerError
from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.conformance.raw_http import RawConnection
    from runtimekit.conformance.target import BaseTarget
    from runtimekit.functions.function import Answer

Text = str | list[Any]
"""Text, or its parts: each a text or ``{repeat = "…", times = …}``."""

_PLACEHOLDER = re.compile(r"\$\{([a-z-]+)\}")
_FIXTURE_REQUESTS = {"probe", "named", "action"}
"""What only the fixtures of this repository understand."""
_FIXTURE_ANSWERS = {"text", "json", "value", "logs", "error", "own"}
"""Expectations about what the fixtures of this repository answer."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """The request to send: ``raw`` bytes, or the parts of a well-formed request."""

    raw: Text | None = None
    method: str = "POST"
    target: str = "/"
    key: Text | bool = "${key}"
    """False leaves the header out; the empty text sends it without a value."""
    headers: list[Text] = field(default_factory=list)
    body: Text | None = None
    """The body itself; without it a plain request with these ``fields``, or with this ``probe`` action."""
    fields: dict[str, Any] = field(default_factory=dict)
    probe: dict[str, Any] = field(default_factory=dict)
    named: str = ""
    """The probe's file with this name, whatever its ending, as ``file``."""
    chunked: bool = False
    half_close: bool = False
    """Whether to say, after sending, that nothing more will come."""

    def pieces(self, target: BaseTarget) -> Iterator[bytes]:
        """The bytes, in pieces."""
        placeholders = target.placeholders()
        if self.raw is not None:
            yield text_bytes(self.raw, placeholders)
            return
        body = self._body(target, placeholders)
        lines = [f"{self.method} {self.target} HTTP/1.1".encode("latin-1")]
        lines += [*self._control(placeholders), *(text_bytes(line, placeholders) for line in self.headers)]
        if body is not None:
            lines.append(b"Transfer-Encoding: chunked" if self.chunked else b"Content-Length: %d" % len(body))
        yield b"\r\n".join(lines) + b"\r\n\r\n"
        if body:
            yield _chunked(body) if self.chunked else body

    def _control(self, placeholders: Mapping[str, bytes]) -> list[bytes]:
        """The header lines that every request has."""
        key = [] if isinstance(self.key, bool) else [b"X-Internal-Challenge: " + text_bytes(self.key, placeholders)]
        return [b"Host: runtime", *key]

    def _body(self, target: BaseTarget, placeholders: Mapping[str, bytes]) -> bytes | None:
        """The body; None if nothing is said of one."""
        if self.body is not None:
            return text_bytes(self.body, placeholders)
        fields = dict(target.launched.plain) | self.fields
        if self.probe:
            fields["payload"] = json.dumps(self.probe)
        if self.named:
            fields["file"] = target.environment.files[self.named]
        return json.dumps(fields).encode()


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """The expected answer."""

    status: int | None = None
    statuses: list[int | str] = field(default_factory=list)
    """Of several answers on one connection; "called" is that of a plain request."""
    called: bool = False
    """The function was called: the answer is that of a plain request."""
    error: list[str] = field(default_factory=list)
    """What stands in the error's message."""
    starts: str = ""
    """How the error's message begins."""
    own: str = ""
    """``error`` or ``starts``: the language's probe says it (see :mod:`probes`)."""
    exact: str | None = None
    """The body, byte for byte."""
    text: str | None = None
    """What the function sent with ``res.send``."""
    json: str | None = None
    """What the function sent with ``res.json``, byte for byte (contract F3)."""
    value: dict[str, Any] = field(default_factory=dict)
    """Members of the function's JSON answer."""
    headers: dict[str, str] = field(default_factory=dict)
    interim: list[int] = field(default_factory=list)
    closes: bool = False
    """The connection is closed after the answer."""
    or_closed: bool = False
    """The server may also close the connection without an answer."""
    within: float | None = None
    """Budget in seconds for the whole exchange."""

    def check(self, target: BaseTarget, request: Request, connection: RawConnection) -> None:
        """Read the answers and compare."""
        wanted = self.statuses or ["called" if self.called else self.status or 200]
        for each in wanted:
            status = target.launched.plain_status if isinstance(each, str) else each
            try:
                answer = connection.answer(head=request.method == "HEAD")
            except NoAnswerError as error:
                if self.or_closed and "closed" in error.got:
                    return
                raise
            self._check_answer(answer, status, has_body=request.method != "HEAD")
            self._check_logs(target, answer)
        expectations.expect(self.interim, connection.interim, "interim answers")
        if self.closes and not connection.closed(target.deadline(5)):
            raise CaseFailedError("the connection after the answer", "closed, with nothing more sent", "still open")

    def _check_logs(self, target: BaseTarget, answer: Answer) -> None:
        """What the request's log files hold: the contract has none."""

    def _check_answer(self, answer: Answer, status: int, *, has_body: bool) -> None:
        expectations.expect_status(answer, status)
        if self.exact is not None:
            expectations.expect(self.exact.encode(), answer.body, "the body")
        if self.text is not None:
            expectations.expect_text(answer, self.text, status)
        elif self.json is not None:
            expectations.expect(expectations.JSON, answer.headers.get("content-type"), "content-type")
            expectations.expect(self.json, answer.body.decode(errors="replace"), "the body")
        elif self.value:
            found = expectations.decoded(answer)
            expectations.expect(self.value, {name: found.get(name) for name in self.value}, "the function's answer")
        elif status >= 400 and has_body and not self.called:  # noqa: PLR2004 - from there on it is an error (contract §5)
            message = expectations.expect_error(answer, status, *self.error)
            expectations.expect_that(message.startswith(self.starts), "the message's beginning", self.starts, message)
        for name, value in self.headers.items():
            expectations.expect(value, answer.headers.get(name), f"header {name}")


@dataclass(frozen=True)
class Exchange:
    """One request and what is expected: a case's check."""

    id: str
    request: Request
    expectation: Expectation

    def __call__(self, target: BaseTarget) -> None:
        """Send, read, compare."""
        expectation, own = self.expectation, self.expectation.own
        if own:
            expectation = replace(expectation, **{own: getattr(target.environment.probe, own)[self.id]})
        budget = expectation.within
        with target.raw() as connection, expectations.expect_within(budget or float("inf"), "the exchange's time"):
            connection.send(self.request.pieces(target))
            if self.request.half_close:
                connection.half_close()
            expectation.check(target, self.request, connection)


def read(
    row: dict[str, Any], of_request: type[Request] = Request, of_expectation: type[Expectation] = Expectation
) -> Case:
    """One ``[[case]]`` in the form of its protocol. Raises ValueError or TypeError with what is wrong in it."""
    row = dict(row)
    request, expectation = row.pop("request", {}), row.pop("expect")
    kinds = frozenset(map(Kind, row.pop("kinds", EVERY_KIND)))
    bench = Subject(row.pop("bench", Subject.PROBE))
    fixed = bool(request.keys() & _FIXTURE_REQUESTS or expectation.keys() & _FIXTURE_ANSWERS or bench is Subject.HELLO)
    exchange = Exchange(
        row["id"], of_request(**_with_underscores(request)), of_expectation(**_with_underscores(expectation))
    )
    own = exchange.expectation.own
    return Case(check=exchange, kinds=kinds, bench=bench, own=own, any_function=not fixed, **row)


def _with_underscores(table: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("-", "_"): value for name, value in table.items()}


def text_bytes(text: Text, placeholders: Mapping[str, bytes]) -> bytes:
    """The bytes of a text of a case, with the placeholders' values."""
    parts = text if isinstance(text, list) else [text]
    return b"".join(
        _filled(part, placeholders) if isinstance(part, str) else _filled(part["repeat"], placeholders) * part["times"]
        for part in parts
    )


def _filled(text: str, placeholders: Mapping[str, bytes]) -> bytes:
    pieces = _PLACEHOLDER.split(text)  # text, word, text, word, …, text
    return b"".join(placeholders[piece] if at % 2 else piece.encode("latin-1") for at, piece in enumerate(pieces))


def _chunked(body: bytes, size: int = 65536) -> bytes:
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for at in range(0, len(body), size) if (part := body[at : at + size])]
    return b"".join([*chunks, b"0\r\n\r\n"])
