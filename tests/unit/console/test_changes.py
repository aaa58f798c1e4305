"""What a pull request changes, and nothing else."""

from __future__ import annotations

from typing import Any

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.console.changes import of_changes
from runtimekit.console.summary import SummaryTable
from runtimekit.images.results import BuildRow
from runtimekit.reports import history
from runtimekit.reports.history import Metric, Point

AMD = "linux/amd64"
SIZES = {("node-22", AMD): 100_000_000, ("php-8.4", AMD): 50_000_000}
EARLIER = {Metric.BUILD: 20.0, Metric.TESTS: 60.0, Metric.CASES: 2.0}


def rows(builds: list[BuildRow], suites: list[SuiteResult], before: Any = SIZES) -> list[tuple[str, ...]]:
    """The rows of the table."""
    where = {"runtime": "node-22", "platform": AMD, "commit": "c", "at": "2026-11-29T01:00:00Z"}
    earlier = history.series(Point(metric=metric, value=value, **where) for metric, value in EARLIER.items())
    (table,) = of_changes(builds, suites, before, earlier)
    assert isinstance(table, SummaryTable)
    assert bool(table.note) is not bool(table.rows)
    return list(table.rows)


def built(runtime: str = "node-22", seconds: float = 20, size: int = 100_000_000, result: str = "built") -> BuildRow:
    """An image."""
    return BuildRow(runtime=runtime, platform=AMD, result=result, seconds=seconds, size_bytes=size)


def suite(*outcomes: Outcome, seconds: float = 60, **facts: Any) -> SuiteResult:
    """A suite of Node.js."""
    cases = tuple(
        CaseResult(id=f"key.n{number}", rule="R1", area="key", outcome=outcome, seconds=0.1)
        for number, outcome in enumerate(outcomes)
    )
    return SuiteResult(runtime="node-22", platform=AMD, cases=cases, seconds=seconds, **facts)


BOTH = (Outcome.PASSED, Outcome.PASSED)


def test_what_is_as_it_was_has_no_row() -> None:
    """Times that differ as machines of CI do, are the same; so is a build that had nothing to do."""
    assert rows([built(seconds=24)], [suite(*BOTH, seconds=70)]) == []
    assert rows([built(seconds=0, result="up to date")], []) == []


def test_sizes_times_and_cases() -> None:
    """With what they were; an image that is new says so."""
    assert rows(
        [built(seconds=41, size=101_000_000), built("lua-5.4")], [suite(*BOTH, Outcome.PASSED, seconds=90)]
    ) == [
        ("node-22", AMD, "+1 MB (+1.0%)", "41 s, was 20 s", "1 min 30 s, was 1 min 0 s", "3 passed, was 2"),
        ("lua-5.4", AMD, "new", "", "", ""),
    ]


def test_failures_are_marked() -> None:
    """Whatever was before."""
    assert rows([], [suite(Outcome.PASSED, Outcome.FAILED)])[0][-1] == "✗ 1 failed"
    assert rows([], [suite(error="never ready")])[0][-1] == "✗ none was run"


def test_without_anything_to_compare_with_there_is_no_table() -> None:
    """On a laptop, and before the first night."""
    assert of_changes([built()], [suite(*BOTH)], None, {}) == []
