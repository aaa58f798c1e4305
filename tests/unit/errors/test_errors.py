"""Failures, their exit codes, and the table that documents them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from runtimekit import errors

DOCUMENT = Path(__file__).parents[3] / "docs" / "errors.md"


def test_every_exit_code_is_documented_with_the_errors_that_have_it() -> None:
    """`docs/errors.md` and the code say the same."""
    rows = re.findall(r"^\| (\d+) \| (.*?) \| (.*?) \|$", DOCUMENT.read_text(), re.MULTILINE)
    documented = {int(code): set(re.findall(r"`(\w+Error)`", names)) for code, _, names in rows}
    actual: dict[int, set[str]] = {int(code): set() for code in errors.ExitCode}
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if issubclass(error, errors.RuntimekitError) and error is not errors.RuntimekitError:
            actual[int(error.exit_code)].add(name)
    assert documented == actual


def test_exit_codes_are_unique() -> None:
    """Two meanings never share a number; an alias in an enum would be silent."""
    numbers = [member.value for member in errors.ExitCode.__members__.values()]
    assert len(numbers) == len(set(numbers))


def test_an_unknown_name_suggests_near_ones() -> None:
    """And says where the names are."""
    text = str(errors.UnknownNameError("pyton-3.10", ["python-3.10"]))
    assert "'pyton-3.10'" in text
    assert "Perhaps you meant 'python-3.10'?" in text
