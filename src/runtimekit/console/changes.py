"""What a pull request changes: sizes, times and cases, against the last night's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.conformance.results import Outcome
from runtimekit.console.summary import SummaryTable, growth
from runtimekit.console.tables import human_time
from runtimekit.images.results import BUILT
from runtimekit.reports.history import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.console.summary import Block
    from runtimekit.images.results import BuildRow
    from runtimekit.reports.history import Series

TITLE = "What this changes"
NOTABLE_SHARE, NOTABLE_SECONDS = 0.25, 5.0
"""A time is another one if it differs by this much: machines of CI differ by less."""


def of_changes(
    builds: Sequence[BuildRow],
    suites: Sequence[SuiteResult],
    before: Mapping[tuple[str, str], int] | None,
    history: Series,
) -> list[Block]:
    """Return a row for each image whose size, times or cases have changed.

    Args:
        builds: The results of builds.
        suites: The results of suites.
        before: Earlier sizes in bytes, by runtime and platform.
        history: Earlier numbers.
    """
    if before is None and not history:
        return []
    built = {(row.runtime, row.platform): row for row in builds}
    tested = {(suite.runtime, suite.platform): suite for suite in suites}
    rows = []
    for key in {**built, **tested}:
        row, suite = built.get(key), tested.get(key)
        told = (
            growth(row, before) if row and before is not None else "",
            _time(history, (*key, Metric.BUILD), row.seconds if row and row.result == BUILT else None),
            _time(history, (*key, Metric.TESTS), suite.seconds if suite and suite.cases else None),
            _cases(history, (*key, Metric.CASES), suite),
        )
        cells = ["" if cell == "same" else cell for cell in told]
        if any(cells):
            rows.append((*key, *cells))
    note = "" if rows else "No size, time or case differs from the last night's."
    return [SummaryTable(TITLE, ("runtime", "platform", "size", "build", "tests", "cases"), tuple(rows), note)]


def _last(history: Series, key: tuple[str, str, Metric]) -> float | None:
    points = history.get(key)
    return points[-1].value if points else None


def _time(history: Series, key: tuple[str, str, Metric], now: float | None) -> str:
    """``20 s, was 12 s``; empty if nothing is to be said."""
    old = _last(history, key)
    if now is None or old is None:
        return ""
    change = abs(now - old)
    if change < NOTABLE_SECONDS or change < NOTABLE_SHARE * old:
        return ""
    return f"{human_time(now)}, was {human_time(old)}"


def _cases(history: Series, key: tuple[str, str, Metric], suite: SuiteResult | None) -> str:
    """``✗ 2 failed``, ``231 passed, was 230``; empty if nothing is to be said."""
    if suite is None or suite.unavailable:
        return ""
    if not suite.ok:
        return f"✗ {suite.count(Outcome.FAILED)} failed" if suite.cases else "✗ none was run"
    passed, old = suite.count(Outcome.PASSED), _last(history, key)
    return f"{passed} passed, was {old:.0f}" if old is not None and old != passed else ""
