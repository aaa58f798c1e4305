"""Which sessions `test` runs."""

from __future__ import annotations

from runtimekit.cli import test_phases
from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult

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


def suite(name: str, outcome: Outcome, *, unavailable: str = "") -> SuiteResult:
    """A suite with one case."""
    case = CaseResult(id="a.case", rule="F1", area="a", outcome=outcome, seconds=0)
    return SuiteResult(runtime=name, platform="linux/amd64", cases=(case,), seconds=1, unavailable=unavailable)


def test_what_failed_is_named() -> None:
    """A phase of checks has no suites; an image that cannot be had here has failed nothing."""
    suites = [
        suite("go-1.27", Outcome.PASSED),
        suite("lua-5.4", Outcome.FAILED),
        suite("dotnet-8.0", Outcome.NOT_RUN, unavailable="its base needs a registry"),
    ]
    assert test_phases.with_runtimes(["checks", "newcomer"], suites) == ["checks", "newcomer"]
    assert test_phases.with_runtimes(["runtimes"], suites) == ["runtimes (lua-5.4 linux/amd64 (a.case))"]
    assert test_phases.with_runtimes([], suites) == []
