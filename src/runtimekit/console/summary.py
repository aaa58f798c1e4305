"""The content of a summary, before any markup: tables, and output that readers can unfold.

GitHub's step summary (:mod:`~runtimekit.console.markdown`) and the HTML report (:mod:`~runtimekit.console.page`) are
both made from it, so both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.conformance.results import Outcome
from runtimekit.console.tables import human_size, human_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtimekit.conformance.results import CaseResult, SuiteResult
    from runtimekit.images.results import BuildRow


@dataclass(frozen=True)
class SummaryTable:
    """A table. Cells are plain text, never markup."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Details:
    """Output under a title, as in HTML's ``<details>``. It is shown verbatim when a reader opens it."""

    title: str
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar of a chart."""

    label: str
    value: float
    shown: str
    """The value as text."""


@dataclass(frozen=True)
class Chart:
    """Horizontal bars with a common zero."""

    title: str
    bars: tuple[Bar, ...]


Block = SummaryTable | Details | Chart


def of_builds(rows: Sequence[BuildRow], before: Mapping[tuple[str, str], int] | None = None) -> list[Block]:
    """Return the results of builds, the change of sizes, and the last lines of each failure.

    Args:
        rows: The results.
        before: Earlier sizes in bytes, by runtime and platform. Without them no sizes are compared.
    """
    columns = ("runtime", "platform", "result", "time", "size") + (("against main",) if before is not None else ())
    cells = []
    for row in rows:
        size = "" if row.size_bytes is None else human_size(row.size_bytes)
        line: tuple[str, ...] = (row.runtime, row.platform, _marked(row.result, bad=bool(row.error)))
        line = (*line, human_time(row.seconds), size)
        cells.append((*line, _growth(row, before)) if before is not None else line)
    blocks: list[Block] = [SummaryTable("Images", columns, tuple(cells))] if rows else []
    blocks += [Details(f"{row.runtime} {row.platform}: the build failed", row.error) for row in rows if row.error]
    return blocks


def of_suites(suites: Sequence[SuiteResult]) -> list[Block]:
    """Return the number of cases by outcome for each suite, and the evidence of each failed case."""
    columns = ("runtime", "platform", "result", *(outcome.value for outcome in Outcome), "time")
    cells = []
    for suite in suites:
        result = "needs a registry" if suite.unavailable else "passed" if suite.ok else "failed"
        counts = [str(suite.count(outcome) or "") for outcome in Outcome]
        bad = not suite.ok and not suite.unavailable
        cells.append((suite.runtime, suite.platform, _marked(result, bad=bad), *counts, human_time(suite.seconds)))
    blocks: list[Block] = [SummaryTable("Tests", columns, tuple(cells))] if suites else []
    for suite in suites:
        name = f"{suite.runtime} {suite.platform}"
        if suite.error or suite.unavailable:
            blocks.append(Details(f"{name}: no case was run", suite.verdict))
        blocks += [
            Details(f"{name}: {case.id} (rule {case.rule})", _evidence(case))
            for case in suite.cases
            if case.outcome is Outcome.FAILED
        ]
    return blocks


def _marked(word: str, *, bad: bool) -> str:
    """``✗ failed``: the mark makes failures stand out."""
    return f"✗ {word}" if bad else word


def _growth(row: BuildRow, before: Mapping[tuple[str, str], int]) -> str:
    """The change of a size, as in ``+1 MB (+3.2 %)``."""
    old = before.get((row.runtime, row.platform))
    if row.size_bytes is None:
        return ""
    if not old:
        return "new"
    change = row.size_bytes - old
    if not change:
        return "same"
    sign = "+" if change > 0 else "-"
    return f"{sign}{human_size(abs(change))} ({sign}{abs(change) / old:.1%})"


def _evidence(case: CaseResult) -> str:
    parts = (("", case.message), ("expected: ", case.expected), ("got: ", case.got), ("log:\n", case.log))
    return "\n".join(f"{title}{text.strip()}" for title, text in parts if text.strip())
