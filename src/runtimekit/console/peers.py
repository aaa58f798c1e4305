"""The tables of other projects' programs that were run against our images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from runtimekit.conformance.results import Outcome
from runtimekit.console import printable
from runtimekit.console.tables import add_row, human_time, make_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from runtimekit.conformance.results import SuiteResult

_SIGNS = {Outcome.FAILED: ("✗", "bold red"), Outcome.WAIVED: ("○", "yellow"), Outcome.NOT_RUN: ("-", "yellow")}


def suites_table(suites: Sequence[SuiteResult]) -> Table:
    """A row for each image: its cases by outcome."""
    numbers = ("cases", "passed", "failed", "known", "not run", "time")
    table = make_table("runtime", "result", *numbers, right=numbers)
    for suite in suites:
        counted = [suite.count(each) for each in (Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED, Outcome.NOT_RUN)]
        result = Text("ok", style="green") if suite.ok else Text("failed", style="bold red")
        add_row(table, suite.runtime, result, str(len(suite.cases)), *map(str, counted), human_time(suite.seconds))
    return table


def reasons(suite: SuiteResult) -> Text:
    """Why cases did not pass, one a line, or why there are none."""
    text = Text()
    for case in suite.cases:
        if case.outcome in _SIGNS:
            sign, style = _SIGNS[case.outcome]
            text.append(f"{sign} {suite.runtime} {case.id}", style=style).append(f": {printable(case.message)}\n")
    if suite.error:
        text.append(f"✗ {suite.runtime}", style="bold red").append(f": {printable(suite.error)}\n")
    return text
