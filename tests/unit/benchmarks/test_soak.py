"""When a soak has failed."""

from __future__ import annotations

from runtimekit.benchmarks.soak import FLAT, Soak
from runtimekit.benchmarks.soak_requests import KINDS


def test_the_kinds_add_up() -> None:
    """They are shares of 10,000 requests."""
    assert sum(KINDS.values()) == 10_000


def test_memory_that_stays_is_no_problem() -> None:
    """What it grows to in the beginning does not count: caches and pools fill."""
    soak = Soak(memory_mib=[10, 40, 50, 51, 52, 50, 51, 52])
    assert soak.problems == []


def test_memory_that_grows_is_a_problem() -> None:
    """Ten per cent between the second and the last quarter."""
    soak = Soak(memory_mib=[10, 40, 50, 50, 54, 56, 58, 60])
    assert soak.growth > FLAT
    assert len(soak.problems) == 1


def test_few_samples_say_nothing_about_memory() -> None:
    """A short soak only shows wrong answers."""
    assert Soak(memory_mib=[10, 100]).problems == []


def test_the_first_wrong_answers_are_shown() -> None:
    """Not a million lines."""
    assert Soak(wrong=[f"{number}" for number in range(15)]).problems[-1] == "and 5 more"
