"""What a case is given."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.target import Target, first_and_last_lines


def test_ends_are_the_first_and_the_last_lines() -> None:
    """A program that aborts says why first."""
    short, long = "".join(f"{n}\n" for n in range(6)), "".join(f"{n}\n" for n in range(100))
    assert first_and_last_lines(short, 3) == short
    assert first_and_last_lines(long, 2) == "0\n1\n…\n98\n99\n"


def test_a_long_line_of_a_log_is_shortened() -> None:
    """Twenty kilobytes in one line once pushed the failed case's name out of what CI keeps."""
    assert first_and_last_lines(f"{'x' * 20_000}\nthe reason\n") == f"{'x' * 300}… (20000 characters)\nthe reason\n"


def test_a_failure_says_what_the_cases_own_container_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be gone with the container."""
    container = SimpleNamespace(logs=lambda: "fatal error: newosproc\n")
    launched = SimpleNamespace(function=SimpleNamespace(container=container), close=lambda: None)
    monkeypatch.setattr("runtimekit.conformance.target.LaunchedFunction", lambda *_: launched)
    environment: Any = SimpleNamespace(platform="linux/amd64", plain={})
    target = Target(environment, cast("Any", launched))
    with pytest.raises(CaseFailedError) as raised, target.fresh():
        raise CaseFailedError("the answer", "a whole HTTP answer", "the connection was closed")
    assert raised.value.log == "fatal error: newosproc\n"
