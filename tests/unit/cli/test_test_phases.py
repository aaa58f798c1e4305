"""Which sessions `test` runs."""

from __future__ import annotations

from runtimekit.cli import test_phases

PHASES = {"checks": ["lint", "unit"], "system": ["system"], "newcomer": ["newcomer"]}


def test_what_is_left_out_is_said() -> None:
    """And its phase goes with it."""
    said: list[str] = []
    kept = test_phases.leave_out(PHASES, ["newcomer", "lint"], said.append)
    assert kept == {"checks": ["unit"], "system": ["system"]}
    assert said == ["left out: newcomer, lint (RUNTIMEKIT_WITHOUT in the environment)"]


def test_by_default_nothing_is() -> None:
    """And nothing is said."""
    said: list[str] = []
    assert test_phases.leave_out(PHASES, [], said.append) == PHASES
    assert said == []
