"""The matrix: a row for each runtime and platform, a column for each area of the contract; what failed comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.conformance.results import Outcome, SuiteResult
from runtimekit.console.page import troubles
from runtimekit.console.page.contents import natural, slug
from runtimekit.console.summary import SummaryTable
from runtimekit.console.tables import human_time
from runtimekit.images.results import FAILED, NEEDS_REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runtimekit.console.page.contents import Contents
    from runtimekit.images.results import BuildRow

NOT_TESTED = "not tested"
"""The result of an image without a suite."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One area of one suite."""

    area: str
    passed: int = 0
    failed: int = 0
    waived: int = 0
    not_run: int = 0
    anchor: str = ""
    """Where the page shows what failed; empty if nothing did."""

    @property
    def total(self) -> int:
        """How many cases there are."""
        return self.passed + self.failed + self.waived + self.not_run

    @property
    def state(self) -> str:
        """``failed``, ``unknown`` (something was not run), ``waived``, ``passed``, or ``none`` (no such case)."""
        states = (("failed", self.failed), ("unknown", self.not_run), ("waived", self.waived), ("passed", self.passed))
        return next((state for state, number in states if number), "none")

    @property
    def words(self) -> str:
        """The cell for those who hear it: ``2 of 31 failed``."""
        if not self.total:
            return "no cases"
        counts = ((self.failed, "failed"), (self.not_run, "not run"), (self.waived, "waived"))
        told = [f"{number} {word}" for number, word in counts if number]
        return f"{', '.join(told)}, of {self.total}" if told else f"{self.passed} passed"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One runtime on one platform."""

    runtime: str
    platform: str
    result: str
    state: str
    """``failed``, ``unknown`` or ``passed``."""
    cells: tuple[Cell, ...]
    """As many as :attr:`Matrix.areas`."""
    failed: int
    seconds: float | None
    time: str
    anchor: str
    """Where the page says what is wrong with the whole; empty if it is only some cases."""


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The whole."""

    areas: tuple[str, ...]
    rows: tuple[Row, ...]


def matrix(contents: Contents) -> Matrix:
    """Rows and columns in which something failed come first, then what is unknown, then what passed."""
    suites = {(suite.runtime, suite.platform): suite for suite in contents.suites}
    builds = {(row.runtime, row.platform): row for row in contents.builds}
    areas = _areas(contents.suites)
    rows = [_row(*key, builds.get(key), suites.get(key), areas) for key in {**builds, **suites}]
    weight = {"failed": 0, "unknown": 1, "passed": 2}
    rows.sort(key=lambda row: (weight[row.state], -row.failed, natural(row.runtime), row.platform))
    return Matrix(areas=areas, rows=tuple(rows))


def table(found: Matrix) -> SummaryTable:
    """The same rows and columns for a job's summary. An empty cell: no such case."""
    rows = [
        (row.runtime, row.platform, f"✗ {row.result}" if row.state == "failed" else row.result, *map(_short, row.cells))
        for row in found.rows
    ]
    return SummaryTable("Matrix", ("runtime", "platform", "result", *found.areas), tuple(rows))


def _short(cell: Cell) -> str:
    if cell.state in {"none", "passed"}:
        return str(cell.total or "")
    return f"✗ {cell.words}" if cell.failed else cell.words


def _areas(suites: Iterable[SuiteResult]) -> tuple[str, ...]:
    cases = [case for suite in suites for case in suite.cases]
    failed = {case.area for case in cases if case.outcome is Outcome.FAILED}
    every = dict.fromkeys(case.area for case in cases)
    return tuple(sorted(every, key=lambda area: area not in failed))  # stable: else as the suite has them


def _row(runtime: str, platform: str, built: BuildRow | None, suite: SuiteResult | None, areas: Sequence[str]) -> Row:
    result, state = _result(built, suite)
    cells = tuple(_cell(suite, area) for area in areas)
    return Row(
        runtime=runtime,
        platform=platform,
        result=result,
        state=state,
        cells=cells,
        failed=sum(cell.failed for cell in cells),
        seconds=suite.seconds if suite and suite.cases else None,
        time=human_time(suite.seconds) if suite and suite.cases else "",
        anchor=slug("why", runtime, platform) if troubles.of(built, suite) else "",
    )


def _result(built: BuildRow | None, suite: SuiteResult | None) -> tuple[str, str]:
    """In words, and as a state."""
    if built and built.result == FAILED:
        return "not built", "failed"
    if suite and suite.ok:
        return "passed", "passed"
    if (suite and suite.unavailable) or (built and built.result == NEEDS_REGISTRY):
        return "needs a registry", "unknown"
    if suite is None:
        return NOT_TESTED, "unknown"
    return "failed", "failed"


def _cell(suite: SuiteResult | None, area: str) -> Cell:
    outcomes = [case.outcome for case in suite.cases if case.area == area] if suite else []
    failed = outcomes.count(Outcome.FAILED)
    return Cell(
        area=area,
        passed=outcomes.count(Outcome.PASSED),
        failed=failed,
        waived=outcomes.count(Outcome.WAIVED),
        not_run=outcomes.count(Outcome.NOT_RUN),
        anchor=slug(suite.runtime, suite.platform, area) if suite and failed else "",
    )
