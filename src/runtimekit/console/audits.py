"""Tables for ``audit`` and ``reproduce``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from runtimekit.console import printable
from runtimekit.console.tables import add_row, make_table
from runtimekit.supply_chain.audit import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from runtimekit.supply_chain.audit import Finding
    from runtimekit.supply_chain.reproduce import Reproduction

_VERDICT_STYLES = {Verdict.OK: "green", Verdict.NOTE: "cyan", Verdict.DUE: "bold red", Verdict.UNKNOWN: "yellow"}


def audit_table(findings: Iterable[Finding]) -> Table:
    """A row for each finding: what is due, what is worth knowing, and what could not be found out."""
    table = make_table("subject", "about", "verdict", "found", "what to do")
    for each in findings:
        verdict = Text(each.verdict.value, style=_VERDICT_STYLES[each.verdict])
        add_row(table, each.subject, each.about, verdict, each.found, each.todo)
    return table


def reproductions_table(results: Iterable[Reproduction]) -> Table:
    """A row for each image: whether its second build has the digest of the first."""
    table = make_table("runtime", "platform", "result", "digest")
    for each in results:
        result = Text("the same", style="green") if each.ok else Text("different", style="bold red")
        add_row(
            table, each.runtime, each.platform, result, each.digests[0] if each.ok else ", then ".join(each.digests)
        )
    return table


DIFFERENCES_SHOWN = 40
"""The most differences that are printed for an image. ``--json`` prints all."""


def differences_of(results: Iterable[Reproduction]) -> Text:
    """The files in which two builds of an image differ, layer by layer."""
    text = Text()
    for result in results:
        where = ""
        for each in result.differences[:DIFFERENCES_SHOWN]:
            if each.where != where:
                where = each.where
                text.append(f"\n{result.runtime} {result.platform}, {printable(where)}\n", style="bold")
            text.append(f"  {printable(each.name)}: {printable(each.what)}\n")
        if len(result.differences) > DIFFERENCES_SHOWN:
            text.append(f"  … and {len(result.differences) - DIFFERENCES_SHOWN} more\n")
    return text
