"""The table of builders' nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from runtimekit.console.tables import add_row, human_time, make_table
from runtimekit.engine.builders import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from runtimekit.engine.builders import NodeAnswer

_STYLES = {State.RUNNING: "green", State.NOT_STARTED: "yellow", State.SILENT: "bold red"}


def nodes_table(answers: Iterable[NodeAnswer]) -> Table:
    """A row for each node: its state, and how long it took to answer. A star marks platforms assigned by ``--node``."""
    table = make_table("builder", "node", "endpoint", "driver", "platforms", "state", "BuildKit", "answer")
    for each in answers:
        platforms = ", ".join(f"{name}*" if name in each.node.declared else name for name in each.known_platforms)
        cells = (each.node.builder, each.node.name, each.node.endpoint, each.node.driver, platforms)
        add_row(
            table, *cells, Text(each.state.value, style=_STYLES[each.state]), each.version, human_time(each.seconds)
        )
    return table
