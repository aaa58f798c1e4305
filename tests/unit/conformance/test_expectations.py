"""What cases say of answers: above all what was too late, and is looked at again, and what is plainly wrong."""

from __future__ import annotations

import json

import pytest

from runtimekit.conformance import expect_contains, expect_error, expect_status, expect_within
from runtimekit.conformance.failures import CaseFailedError, TooLateError
from runtimekit.functions.function import Answer


def error(message: str) -> Answer:
    """A 500 with this message."""
    body = json.dumps({"code": 500, "message": message}).encode()
    return Answer(500, {"content-type": "application/json"}, body)


def test_a_function_that_overran_where_it_should_not_was_too_late() -> None:
    """Whatever was expected instead."""
    late = error("the function timed out after 15 s")
    with pytest.raises(TooLateError):
        expect_status(late, 200)
    with pytest.raises(TooLateError):
        expect_error(late, 500, "exit code 9")
    expect_error(late, 500, "timed out after 15 s")


def test_another_error_is_plainly_wrong() -> None:
    """It is not looked at again."""
    wrong = error("the function ended its process: exit code 1")
    for check in (
        lambda: expect_status(wrong, 200),
        lambda: expect_error(wrong, 500, "exit code 9"),
        lambda: expect_contains("text", ["other"], "the text"),
    ):
        with pytest.raises(CaseFailedError) as caught:
            check()
        assert not isinstance(caught.value, TooLateError)


def test_early_is_wrong_and_late_is_late() -> None:
    """A machine can delay things, but make nothing faster."""
    with pytest.raises(TooLateError), expect_within(-1, "the block", at_least=-2):
        pass
    with pytest.raises(CaseFailedError) as caught, expect_within(10, "the block", at_least=5):
        pass
    assert not isinstance(caught.value, TooLateError)
