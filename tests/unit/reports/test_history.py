"""Numbers of earlier runs: each once, the newest of them, whatever order reports come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.errors import OptionError
from runtimekit.images.results import BuildRow
from runtimekit.reports import history
from runtimekit.reports.history import Metric, Point

if TYPE_CHECKING:
    from pathlib import Path

WHERE = {"runtime": "node-22-v5", "platform": "linux/amd64"}


def built(**changes: Any) -> BuildRow:
    """A row of a run."""
    facts: dict[str, Any] = {"result": "built", "seconds": 4.04, "size_bytes": 7, "at": "2026-11-29T01:00:00Z"}
    return BuildRow(**(WHERE | facts | changes))


def suite(**changes: Any) -> SuiteResult:
    """A suite of a run."""
    case = CaseResult(id="key.none", rule="R1", area="key", outcome=Outcome.PASSED, seconds=0.1)
    facts: dict[str, Any] = {"cases": (case,), "seconds": 30, "at": "2026-11-29T02:00:00Z"}
    return SuiteResult(**(WHERE | facts | changes))


def numbers(*results: Any) -> dict[Metric, float]:
    """What a run adds."""
    builds = [each for each in results if isinstance(each, BuildRow)]
    suites = [each for each in results if isinstance(each, SuiteResult)]
    return {point.metric: point.value for point in history.points_of(builds, suites, "c0ffee")}


def test_a_run_adds_its_numbers() -> None:
    """A size, a build's time, a suite's time, and how many of its cases passed."""
    assert numbers(built(), suite()) == {Metric.SIZE: 7, Metric.BUILD: 4.0, Metric.TESTS: 30, Metric.CASES: 1}


@pytest.mark.parametrize(
    ("result", "left"),
    [
        (built(result="up to date", seconds=0), {Metric.SIZE}),
        (built(result="failed", size_bytes=None, error="x"), set()),
        (built(at=""), set()),
        (suite(at=""), set()),
        (suite(cases=()), set()),
        (suite(error="never ready"), set()),
    ],
)
def test_what_measures_nothing_adds_nothing(result: Any, left: set[Metric]) -> None:
    """A build that had nothing to do took no time, and a failed one has no size."""
    assert set(numbers(result)) == left


def test_the_same_run_counts_once_and_old_ones_go(tmp_path: Path) -> None:
    """A report may be made again; the file does not grow for ever."""
    points = [
        Point(at=f"2026-11-{day:02}T01:00:00Z", commit="c", metric=Metric.SIZE, value=day, **WHERE)
        for day in range(1, 30)
    ] + [
        Point(at=f"2026-12-{day:02}T01:00:00Z", commit="c", metric=Metric.SIZE, value=day, **WHERE)
        for day in range(1, 30)
    ]
    path = tmp_path / "site" / history.FILE
    assert history.read(path) == []
    history.write(path, history.series(reversed(points + points)))
    (kept,) = history.series(history.read(path)).values()
    assert [point.at for point in kept] == [point.at for point in points[-history.KEPT :]]


@pytest.mark.parametrize("text", ["{", "[1]\n", '{"metric": "other"}\n', '{"at": 1}\n'])
def test_a_file_of_another_kind_is_a_mistake(tmp_path: Path, text: str) -> None:
    """It is not overwritten: the error comes first."""
    path = tmp_path / "history.jsonl"
    path.write_text(text)
    with pytest.raises(OptionError, match="history"):
        history.read(path)
