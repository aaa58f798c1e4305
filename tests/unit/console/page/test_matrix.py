"""The matrix and the failures: what is wrong comes first, has its reason, and leads to its evidence."""

from __future__ import annotations

from typing import Any

import pytest

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.console.page import failures, troubles
from runtimekit.console.page.contents import Contents, natural, slug
from runtimekit.console.page.matrix import Cell, matrix, table
from runtimekit.images.results import BuildRow

AMD = "linux/amd64"


def suite(runtime: str, *outcomes: tuple[str, Outcome], **facts: Any) -> SuiteResult:
    """A suite whose cases have these areas and outcomes."""
    cases = tuple(
        CaseResult(id=f"{area}.n{number}", rule="R1", area=area, outcome=outcome, seconds=0.1, log="the log")
        for number, (area, outcome) in enumerate(outcomes)
    )
    return SuiteResult(runtime=runtime, platform=AMD, cases=cases, seconds=2, **facts)


def image(runtime: str, result: str = "built", error: str = "") -> BuildRow:
    """An image."""
    return BuildRow(runtime=runtime, platform=AMD, result=result, seconds=1, error=error)


def contents(*results: Any) -> Contents:
    """A run."""
    builds = [each for each in results if isinstance(each, BuildRow)]
    suites = [each for each in results if isinstance(each, SuiteResult)]
    return Contents(title="", commit="", created="", builds=builds, suites=suites)


def test_rows_and_columns_with_failures_come_first() -> None:
    """Then by name, with numbers as numbers, whatever form a name has."""
    passed = (("key", Outcome.PASSED), ("body", Outcome.PASSED))
    made = matrix(
        contents(
            *(suite(name, *passed) for name in ("python-3.10", "python-3.9", "node-22-v5", "node-22", "odd")),
            suite("z-1", *passed, ("body", Outcome.FAILED)),
            suite("z-2", *passed, ("body", Outcome.FAILED), ("body", Outcome.FAILED)),
            image("a-1"),
        )
    )
    assert made.areas == ("body", "key")
    assert [(row.runtime, row.result) for row in made.rows] == [
        ("z-2", "failed"),
        ("z-1", "failed"),
        ("a-1", "not tested"),
        ("node-22", "passed"),
        ("node-22-v5", "passed"),
        ("odd", "passed"),
        ("python-3.9", "passed"),
        ("python-3.10", "passed"),
    ]
    (body, key) = made.rows[0].cells
    assert (body.state, body.words, body.anchor) == ("failed", "2 failed, of 3", "z-2-linux-amd64-body")
    assert (key.state, key.words, key.anchor) == ("passed", "1 passed", "")


@pytest.mark.parametrize(
    ("counts", "state", "words"),
    [
        ({}, "none", "no cases"),
        ({"passed": 3}, "passed", "3 passed"),
        ({"passed": 3, "waived": 1}, "waived", "1 waived, of 4"),
        ({"passed": 3, "not_run": 2}, "unknown", "2 not run, of 5"),
        ({"passed": 3, "failed": 1, "not_run": 2}, "failed", "1 failed, 2 not run, of 6"),
    ],
)
def test_a_cell_shows_the_worst(counts: dict[str, int], state: str, words: str) -> None:
    """And says all."""
    cell = Cell(area="key", **counts)
    assert (cell.state, cell.words) == (state, words)


@pytest.mark.parametrize(
    ("results", "result", "title"),
    [
        ((image("a-1", "failed", "no\nlog"), suite("a-1", error="x")), "not built", "the image was not built"),
        ((suite("a-1", error="never ready"),), "failed", "the suite broke off"),
        ((suite("a-1", unavailable="no recipe"),), "needs a registry", "could not be had here"),
        ((image("a-1", "needs a registry"),), "needs a registry", "could not be had here"),
        ((suite("a-1"),), "failed", "no case was run"),
        ((suite("a-1", ("key", Outcome.NOT_RUN), ("key", Outcome.PASSED)),), "failed", "1 case was not run"),
        ((image("a-1"),), "not tested", ""),
        ((suite("a-1", ("key", Outcome.PASSED)),), "passed", ""),
    ],
)
def test_a_runtime_without_its_cases_says_why(results: tuple[Any, ...], result: str, title: str) -> None:
    """And its row leads there."""
    run = contents(*results)
    (row,) = matrix(run).rows
    assert row.result == result
    assert [(group.anchor, group.failures[0].id) for group in failures.groups(run)] == (
        [(row.anchor, title)] if title else []
    )
    assert bool(row.anchor) is bool(title)


def test_what_only_this_machine_lacks_is_no_failure_and_comes_last() -> None:
    """A broken image comes before failed cases."""
    run = contents(
        suite("a-1", unavailable="no recipe"), suite("b-1", ("key", Outcome.FAILED)), image("c-1", "failed", "no")
    )
    groups = failures.groups(run)
    assert [(group.runtime, group.is_failure, group.is_open) for group in groups] == [
        ("c-1", True, True),
        ("b-1", True, True),
        ("a-1", False, False),
    ]
    assert troubles.of(None, None) is None


def test_a_page_stays_readable_when_everything_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first failures of each cell have their evidence; then all are only named. None is lost, none is unfolded."""
    monkeypatch.setattr(failures, "MAX_SHOWN", 25)
    broken = [suite(f"a-{number}", *[("key", Outcome.FAILED)] * 12) for number in range(4)]
    groups = failures.groups(contents(*broken))
    assert [(len(group.failures), len(group.others)) for group in groups] == [(10, 2), (10, 2), (5, 7), (0, 12)]
    assert not any(group.is_open for group in groups)
    assert groups[0].failures[0].evidence == (("Log", "the log"),)


def test_addresses_inside_the_page_are_plain() -> None:
    """Whatever a runtime is called."""
    assert slug("why", "Node 22/v5", AMD) == "why-node-22-v5-linux-amd64"
    assert sorted(["b-10", "b-9", "b", "10"], key=natural) == ["10", "b", "b-9", "b-10"]


def test_the_jobs_summary_has_the_same_matrix() -> None:
    """Rows, columns and their order; what failed is marked, and no area is left out."""
    passed, failed = (("key", Outcome.PASSED), ("key", Outcome.PASSED)), (("body", Outcome.FAILED),)
    found = table(matrix(contents(suite("node-22", *passed), suite("php-8.4", *passed, *failed), image("lua-5.4"))))
    assert found.columns == ("runtime", "platform", "result", "body", "key")
    assert found.rows == (
        ("php-8.4", AMD, "✗ failed", "✗ 1 failed, of 1", "2"),
        ("lua-5.4", AMD, "not tested", "", ""),
        ("node-22", AMD, "passed", "", "2"),
    )
