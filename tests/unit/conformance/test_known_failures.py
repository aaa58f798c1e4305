"""known_failures.toml is strict in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.conformance import known_failures
from runtimekit.conformance.results import CaseResult, Outcome
from runtimekit.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """
[[waiver]]
runtime = "go-*"
case = "time.spinning"
because = "a reason"
link = "https://example.org/1"
"""
RUNTIMES, CASES = ["go-1.24", "node-22"], ["time.spinning", "time.blocking"]


def load(folder: Path, text: str) -> tuple[known_failures.KnownFailure, ...]:
    """What a file with this text says."""
    path = folder / "known_failures.toml"
    path.write_text(text)
    return known_failures.load(path, RUNTIMES, CASES)


def result(outcome: Outcome, case: str = "time.spinning") -> CaseResult:
    """A case's result."""
    return CaseResult(id=case, rule="T1", area="time", outcome=outcome, seconds=1.0, message="too slow")


@pytest.fixture
def known(tmp_path: Path) -> tuple[known_failures.KnownFailure, ...]:
    """One waiver."""
    return load(tmp_path, ENTRY)


def test_no_file_waives_nothing(tmp_path: Path) -> None:
    """Nor does an empty one."""
    assert known_failures.load(tmp_path / "none.toml", RUNTIMES, CASES) == ()
    assert load(tmp_path, "") == ()


def test_a_known_failure_is_waived_with_its_reason(known: tuple[known_failures.KnownFailure, ...]) -> None:
    """On every run image."""
    for case in ("time.spinning", "time.spinning@ubuntu-24.04"):
        (found,) = known_failures.apply(known, "go-1.24", [result(Outcome.FAILED, case)])
        assert found.outcome is Outcome.WAIVED
        assert "a reason (https://example.org/1)" in found.message
        assert "too slow" in found.message


def test_a_waived_case_that_passes_fails(known: tuple[known_failures.KnownFailure, ...]) -> None:
    """So that the entry goes away."""
    (found,) = known_failures.apply(known, "go-1.24", [result(Outcome.PASSED)])
    assert found.outcome is Outcome.FAILED
    assert "Remove that entry" in found.message


def test_others_are_left_alone(known: tuple[known_failures.KnownFailure, ...]) -> None:
    """Other runtimes, other cases, and what was not run."""
    failed, blocking = result(Outcome.FAILED), result(Outcome.FAILED, "time.blocking")
    assert known_failures.apply(known, "node-22", [failed]) == (failed,)
    assert known_failures.apply(known, "go-1.24", [blocking]) == (blocking,)
    missed = result(Outcome.NOT_RUN)
    assert known_failures.apply(known, "go-1.24", [missed]) == (missed,)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('runtime = "go-*"', 'runtime = "gp-*"', "no runtime fits 'gp-*'"),
        ('case = "time.spinning"', 'case = "time.spining"', "Perhaps you meant 'time.spinning'?"),
        ('because = "a reason"\n', "", "exactly because, case, link, runtime"),
        ('because = "a reason"', 'because = " "', "exactly because"),
        ('link = "https://example.org/1"', "link = 1", "exactly because"),
        ("[[waiver]]", "[[waiver]", "cannot be read"),
    ],
)
def test_entries_that_fit_nothing_are_mistakes(tmp_path: Path, old: str, new: str, words: str) -> None:
    """Each says what is wrong."""
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, ENTRY.replace(old, new))
    assert words in str(caught.value)


def test_all_mistakes_are_shown_at_once(tmp_path: Path) -> None:
    """Not only the first."""
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, ENTRY.replace("go-*", "gp-*") + ENTRY.replace("spinning", "nothing"))
    assert "waiver 1" in str(caught.value)
    assert "waiver 2" in str(caught.value)
