"""Tables of results. Every cell is a :class:`~rich.text.Text`, so rich interprets no markup in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from runtimekit.conformance.results import Outcome
from runtimekit.console import printable
from runtimekit.images.results import NEEDS_REGISTRY
from runtimekit.reports.checks import CheckState

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from rich.console import JustifyMethod

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.images.explain import Input
    from runtimekit.images.results import BuildRow, SizeRow
    from runtimekit.reports.checks import Check
    from runtimekit.repository.catalogue import Runtime

_RESULT_STYLES = {"built": "green", "up to date": "dim", "failed": "bold red", "interrupted": "yellow"}
_CHECK_STYLES = {CheckState.OK: "green", CheckState.WARNING: "yellow", CheckState.MISSING: "bold red"}


def runtimes_table(
    runtimes: Iterable[Runtime], width: int, needing_registry: Container[Runtime] = frozenset()
) -> Table:
    """A row for each runtime: for ``list``. A column says which need a registry, if any does."""
    shown = list(runtimes)
    base = {each: NEEDS_REGISTRY for each in shown if each in needing_registry}
    heads = ["runtime", "name", "kind", "image", "runs on", "entrypoint", "platforms", "memory"]
    rows = [
        [
            str(each),
            each.name,
            each.kind.value,
            each.build_image,
            each.run_image if each.run_image != each.build_image else "",
            each.entrypoint,
            ", ".join(platform.name for platform in each.platforms),
            each.memory,
            *([base.get(each, "")] if base else []),
        ]
        for each in shown
    ]
    heads += ["base"] if base else []
    return _fitting(heads, rows, width, expendable=("name", "runs on", "memory", "entrypoint", "kind"))


def sizes_table(rows: Iterable[SizeRow]) -> Table:
    """The sizes of images. An interpreted language builds and runs in the same image."""
    table = make_table("runtime", "platform", "build image", "run image", right=("build image", "run image"))
    for row in rows:
        sizes = ("" if size is None else human_size(size) for size in (row.build_bytes, row.run_bytes))
        add_row(table, row.runtime, row.platform, *sizes)
    return table


def build_table(rows: Sequence[BuildRow], width: int) -> Table:
    """A row for each image that was to be built, with its result."""
    heads = ("runtime", "platform", "result", "time", "size", "log")
    cells = [
        (
            row.runtime,
            row.platform,
            Text(row.result, style=_RESULT_STYLES.get(row.result, "yellow")),
            human_time(row.seconds),
            "" if row.size_bytes is None else human_size(row.size_bytes),
            str(row.log or ""),
        )
        for row in rows
    ]
    return _fitting(heads, cells, width, expendable=("log", "size", "time"), right=("time", "size"))


def suite_table(suites: Sequence[SuiteResult], width: int) -> Table:
    """A row for each suite, and a column for each area of the contract with the number of passed cases.

    Heads show the first letters of areas; the caption lists their names. If the columns do not fit into ``width``, one
    column names the areas in which a case did not pass.
    """
    areas = list(dict.fromkeys(case.area for suite in suites for case in suite.cases))
    if len(areas) * (AREA_LETTERS + 2) + NAME_COLUMNS > width:
        return _narrow_suite_table(suites)
    heads = [area[:AREA_LETTERS] for area in areas]
    table = make_table("runtime", "on", "result", *heads, "time", right=(*heads, "time"))
    for suite in suites:
        by_area = [_counts([case.outcome for case in suite.cases if case.area == area]) for area in areas]
        platform = suite.platform.rpartition("/")[2]
        add_row(table, suite.runtime, platform, _result(suite), *by_area, human_time(suite.seconds))
    names = f" Areas: {', '.join(areas)}" if areas else ""
    table.caption = Text(f"{_passed(suites)}{names}")
    table.caption_justify = "left"
    return table


AREA_LETTERS = 3
"""How many letters of an area's name its column shows: enough to tell them apart."""

NAME_COLUMNS = 40
"""The width of the columns runtime, on, result and time together."""


def _narrow_suite_table(suites: Sequence[SuiteResult]) -> Table:
    """A row for each suite: the number of cases by outcome, and the areas in which a case did not pass."""
    table = make_table("runtime", "on", "result", "cases", "time", "areas", right=("cases", "time"))
    for suite in suites:
        bad = dict.fromkeys(case.area for case in suite.cases if case.outcome is not Outcome.PASSED)
        counts = _counts([case.outcome for case in suite.cases])
        platform = suite.platform.rpartition("/")[2]
        add_row(table, suite.runtime, platform, _result(suite), counts, human_time(suite.seconds), ", ".join(bad))
    table.caption = Text(_passed(suites))
    table.caption_justify = "left"
    return table


def _passed(suites: Sequence[SuiteResult]) -> str:
    """How many cases passed, and which of them needed more than one attempt."""
    passed = sum(suite.count(Outcome.PASSED) for suite in suites)
    again = [
        f"{case.id} ({suite.runtime})"
        for suite in suites
        for case in suite.cases
        if case.outcome is Outcome.PASSED and case.attempts > 1
    ]
    return f"{passed} cases passed" + (f", not at once: {', '.join(again)}." if again else ".")


def failures_of(suite: SuiteResult) -> Text:
    """Every failed case with its rule, what was expected, what came instead, and the container's last lines."""
    text = Text()
    for case in suite.cases:
        if case.outcome is not Outcome.FAILED:
            continue
        text.append(f"\n✗ {case.id}", style="bold red")
        text.append(f"  (rule {case.rule}; {suite.runtime} {suite.platform}; {human_time(case.seconds)})\n")
        for title, body in (
            ("what", case.message),
            ("expected", case.expected),
            ("got", case.got),
            ("container's last lines", case.log),
        ):
            if body.strip():
                indented = "\n".join(f"      {line}" for line in printable(body).strip().splitlines())
                text.append(f"    {title}:\n", style="bold").append(f"{indented}\n")
    left = suite.error or suite.unavailable or ("" if suite.cases else "no case was run")
    if left:
        style = "yellow" if suite.unavailable else "bold red"
        text.append(f"\n✗ {suite.runtime} {suite.platform}: ", style=style).append(f"{printable(left)}\n")
    return text


def _result(suite: SuiteResult) -> Text:
    if suite.unavailable:
        return Text("needs a registry", style="yellow")
    return Text("passed", style="green") if suite.ok else Text("failed", style="bold red")


def _counts(outcomes: Sequence[Outcome]) -> Text:
    """``12`` if all passed, else also the other outcomes: ``11 1✗``."""
    signs = ((Outcome.WAIVED, "w", "yellow"), (Outcome.FAILED, "✗", "bold red"), (Outcome.NOT_RUN, "?", "dim"))
    text = Text(str(outcomes.count(Outcome.PASSED)) if outcomes else "")
    for outcome, sign, style in signs:
        if number := outcomes.count(outcome):
            text.append(f" {number}{sign}", style=style)
    return text


def checks_table(checks: Iterable[Check]) -> Table:
    """What this machine has and lacks: for ``doctor``."""
    table = make_table("what", "state", "found", "what to do")
    for check in checks:
        add_row(table, check.what, Text(check.state.value, style=_CHECK_STYLES[check.state]), check.found, check.fix)
    return table


def plan_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """A row for each step of a build, in order. The column "on" is there only if nodes of a builder do the work."""
    placed = any("nodes" in row for row in rows)
    table = make_table("step", "what", "for", *(["on"] if placed else []), "why")
    for row in rows:
        what = str(row.get("runtime") or row.get("reference") or "its compilation")
        platforms = ", ".join(name.rpartition("/")[2] for name in row.get("platforms", ()))
        nodes = [", ".join(row.get("nodes", {}).values())] if placed else []
        add_row(table, row["step"], what, platforms, *nodes, str(row.get("because", "")))
    if not rows:
        add_row(table, "nothing to do", "", "", "no image is concerned")
    return table


def inputs_table(inputs: Iterable[Input]) -> Table:
    """A row for each input of an image, now and when the image was built. Hashes are shortened."""
    table = make_table("runtime", "input", "now", "when built", "")
    for each in inputs:
        mark = Text("changed" if each.changed else "", style="yellow")
        add_row(table, each.runtime, each.name, _short(each.now), _short(each.built), mark)
    return table


def _short(value: str) -> str:
    """Shorten a hash; return any other value whole."""
    is_hash = len(value) == 64 and set(value) <= set("0123456789abcdef")  # noqa: PLR2004 - SHA-256 in hexadecimal
    return value[:12] if is_hash else value


def human_size(size: int) -> str:
    """Format bytes as Docker does, in powers of 1000: ``46 MB``."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:  # noqa: PLR2004  # the unit's own meaning
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def human_time(seconds: float) -> str:
    """Format a duration: ``0.4 s``, ``41 s``, ``2 min 5 s``."""
    if seconds < 10:  # noqa: PLR2004  # above that, nobody wants tenths
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def make_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table. Its first column, the name, never wraps, so that people can search for and copy names."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        is_name = column == columns[0]
        justify: JustifyMethod = "right" if column in right else "left"
        table.add_column(Text(column), justify=justify, overflow="fold", no_wrap=is_name)
    return table


def _fitting(
    heads: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    width: int,
    *,
    expendable: Sequence[str],
    right: Sequence[str] = (),
) -> Table:
    """Return a table that fits into ``width``. If it is too wide, columns of ``expendable`` go, in that order."""
    columns = dict(zip(heads, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(heads, ())
    for head in expendable:
        if sum(max(cell_len(str(cell)) for cell in (name, *columns[name])) + 1 for name in columns) <= width:
            break
        del columns[head]
    table = make_table(*columns, right=right)
    for cells in zip(*columns.values(), strict=True):
        add_row(table, *cells)
    return table


def add_row(table: Table, *cells: str | Text) -> None:
    """Add a row. Control characters and secrets are removed from plain strings."""
    table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in cells))
