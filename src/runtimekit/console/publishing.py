"""Tables for ``publish``: its plan and its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from runtimekit.console.tables import add_row, human_time, make_table
from runtimekit.publishing.batch import FAILED, PUBLISHED, REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from runtimekit.publishing.batch import PublicationRow
    from runtimekit.publishing.dry_run import Step

_STYLES = {PUBLISHED: "green", FAILED: "bold red", REFUSED: "bold red"}
DIGEST_CHARACTERS = 19
"""``sha256:`` and twelve digits, as Docker shows a digest."""


def steps_table(steps: Iterable[Step]) -> Table:
    """A row for each planned step, in order."""
    table = make_table("runtime", "step", "for", "how")
    for step in steps:
        add_row(table, step.runtime, step.what, step.platform, step.how)
    return table


def publications_table(rows: Iterable[PublicationRow]) -> Table:
    """A row for each image: its result, how many blobs were sent or already there, and how long it took."""
    table = make_table("runtime", "result", "index", "tags", "sent", "there", "time", right=("sent", "there", "time"))
    for row in rows:
        sent = row.counts.get("blobs uploaded", 0)
        there = row.counts.get("blobs present", 0) + row.counts.get("blobs mounted", 0)
        result = Text(row.result, style=_STYLES.get(row.result, "yellow"))
        tags = ", ".join(row.tags)
        cells = (row.index[:DIGEST_CHARACTERS], tags, str(sent), str(there), human_time(row.seconds))
        add_row(table, row.runtime, result, *cells)
    return table
