"""What ``bundle`` shows at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtimekit.console.tables import add_row, make_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table


def result_table(row: Mapping[str, Any]) -> Table:
    """The image, how fast it started, where it is, and the files that were written."""
    table = make_table("what", "")
    add_row(table, "image", row["image"])
    add_row(table, "digest", row["digest"])
    add_row(table, "on", f"{row['runtime']} {row['runtime_digest'][:19]} {row['platform']}")
    add_row(table, "started in", f"{row['ready_seconds']:.2f} s")
    for tag, sent in row["pushed"].get("tags", {}).items():
        add_row(table, "pushed", f"{tag} ({sent})")
    for file in row["files"]:
        add_row(table, "file", file)
    return table
