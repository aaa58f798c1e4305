"""docs/performance.md, made from one result of `bench`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.console.benchmarks import (
    LOAD_COLUMNS,
    MEMORY_COLUMNS,
    START_COLUMNS,
    load_rows,
    memory_row,
    start_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runtimekit.benchmarks.results import Document

HEAD = """# Speed

How fast is each runtime, how fast could it be, and on which machine? This page is made by `./dev performance` from one
run of `./dev bench`. Compare numbers and ratios of one run only: another machine, or another day, gives others.

* The load comes from wrk, in a container that shares the server's network namespace. Every answer was checked before
  the rounds; a run with one answer that is not 2xx, or of another size, is void.
* All servers of a language are measured in turns. Numbers are medians; ± is how far the farthest round lies from it.
* **floor** is a bare handler of the language's own HTTP server in the same image, without any check
  (`benchmarks/floors`). "Of floor" is requests per second as a multiple of that.
* **gateway** is the gateway with an echo worker (`benchmarks/echo`): as fast as any language can be here.
* CPU is processor time for each request, of all processes of the server's container.
"""
START_NOTE = """Milliseconds from the container's first process until `/healthz` answers 200, and the parts of a start.
`container` comes before: from docker's command to that process.
"""


def page(document: Document) -> str:
    """The whole page."""
    machine = ", ".join(f"{name} {value}" for name, value in document.machine.items())
    runs = f"{document.rounds} rounds of {document.seconds:g} s"
    about = f"Measured on {document.created[:10]}, commit {document.commit[:12]}, {runs}. Machine: {machine}."
    parts = [HEAD, about, "\n## Requests\n"]
    for each in document.measurements:
        parts += [f"### {each.runtime}\n", _table(LOAD_COLUMNS, load_rows(each)), ""]
    parts += [
        "## Starts\n",
        START_NOTE,
        _table(START_COLUMNS, map(start_row, document.measurements)),
        "\n## Memory and size\n",
        "With one function loaded, as `docker stats` counts it: at rest, and after all those requests.\n",
        _table(MEMORY_COLUMNS, map(memory_row, document.measurements)),
    ]
    return "\n".join(parts) + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---", *["--:"] * (len(columns) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
