"""Cases of the second protocol as data: ``tests/conformance/v5/*.toml``. The folder's README describes the form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from runtimekit.conformance import expectations, toml_cases
from runtimekit.conformance.open_runtimes.function import LOG_ID
from runtimekit.conformance.toml_cases import Expectation, Request, Text, text_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtimekit.conformance.cases import Case
    from runtimekit.conformance.open_runtimes.target import OpenTarget
    from runtimekit.conformance.target import BaseTarget
    from runtimekit.functions.function import Answer

FRESH_ID = re.compile(r"[0-9a-f]{20}")
"""An id that the server has made itself (V10)."""


@dataclass(frozen=True, kw_only=True)
class OpenRequest(Request):
    """A request of any method; without a body unless one is named."""

    method: str = "GET"
    host: Text = "runtime"
    action: str = ""
    """What the probe does; without it it says what it has seen."""
    parameters: dict[str, Any] = field(default_factory=dict)

    def _control(self, placeholders: Mapping[str, bytes]) -> list[bytes]:
        lines = [b"Host: " + text_bytes(self.host, placeholders)]
        if not isinstance(self.key, bool):
            lines.append(b"X-Open-Runtimes-Secret: " + text_bytes(self.key, placeholders))
        if self.action:
            lines.append(f"X-Action: {self.action}".encode())
        if self.parameters:
            lines.append(f"X-With: {json.dumps(self.parameters)}".encode())
        return lines

    def _body(self, target: BaseTarget, placeholders: Mapping[str, bytes]) -> bytes | None:
        return None if self.body is None else super()._body(target, placeholders)


@dataclass(frozen=True, kw_only=True)
class OpenExpectation(Expectation):
    """The expected answer, and what stands in the request's log files."""

    absent: list[str] = field(default_factory=list)
    """Headers that the answer must not have."""
    id: str | None = None
    """The answer's log id: ``fresh``, ``none`` if there is no such header, or the id itself; empty with logging off."""
    logs: str | None = None
    """The logs file, exactly. ``error`` and ``starts`` are about the errors file."""
    quiet: bool = False
    """Neither file may be there."""

    def _check_answer(self, answer: Answer, status: int, *, has_body: bool) -> None:
        expectations.expect_status(answer, status)
        if self.exact is not None:
            expectations.expect(self.exact.encode(), answer.body, "the body")
        elif self.value:
            found = expectations.decoded(answer)
            expectations.expect(self.value, {name: found.get(name) for name in self.value}, "the function's answer")
        elif status in {500, 503} and has_body:  # no error of the function ever appears in a body
            expectations.expect(b"", answer.body, "the body of an error")
        for name, value in self.headers.items():
            expectations.expect(value, answer.headers.get(name), f"header {name}")
        for name in self.absent:
            expectations.expect(None, answer.headers.get(name), f"header {name}")
        self._check_id(answer.headers.get(LOG_ID))

    def _check_id(self, found: str | None) -> None:
        match self.id:
            case None:
                pass
            case "none":
                expectations.expect(None, found, f"header {LOG_ID}")
            case "fresh":
                is_fresh = found is not None and FRESH_ID.fullmatch(found)
                expectations.expect_that(is_fresh, f"header {LOG_ID}", "20 hexadecimal digits", found)
            case wanted:
                expectations.expect(wanted, found, f"header {LOG_ID}")

    def _check_logs(self, target: BaseTarget, answer: Answer) -> None:
        if self.logs is None and not self.quiet and not self.error and not self.starts:
            return
        logs, errors = cast("OpenTarget", target).logged(answer)
        if self.logs is not None:
            expectations.expect(self.logs, logs, "the logs file")
        if self.quiet:
            expectations.expect(("", ""), (logs, errors), "the log files")
        expectations.expect_contains(errors, self.error, "the errors file")
        expectations.expect_that(errors.startswith(self.starts), "the errors file's beginning", self.starts, errors)


def read(row: dict[str, Any]) -> Case:
    """One ``[[case]]``. Raises ValueError or TypeError with what is wrong in it."""
    return toml_cases.read(row, OpenRequest, OpenExpectation)
