"""A summary as one self-contained HTML page: it loads no script, font, picture or other resource."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from runtimekit.console import printable
from runtimekit.console.summary import Chart, SummaryTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtimekit.console.summary import Block, Details

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; margin: 0 0 2rem; width: 100% }
th, td { border-bottom: 1px solid #8884; padding: .3rem .8rem .3rem 0; text-align: left }
td { font-variant-numeric: tabular-nums }
tr.bad td { color: #d1242f; font-weight: 600 }
td.bar { width: 60% }
td.bar div { background: #2f81f7; height: 1rem }
pre { background: #8881; overflow-x: auto; padding: 1rem }
summary { cursor: pointer; margin: .5rem 0 }
footer { margin-top: 3rem; opacity: .7 }
"""


def page(title: str, about: str, blocks: Iterable[Block]) -> str:
    """Return the whole page. ``about`` is a line that says where the results come from."""
    body = "\n".join(map(_block, blocks))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_text(title)}</h1>\n{body or '<p>There are no results.</p>'}\n"
        f"<footer>{_text(about)}</footer>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, SummaryTable):
        return _table(block)
    return _chart(block) if isinstance(block, Chart) else _details(block)


def _chart(chart: Chart) -> str:
    longest = max((bar.value for bar in chart.bars), default=0) or 1
    rows = "\n".join(
        f'<tr><td>{_text(bar.label)}</td><td class="bar"><div style="width: {bar.value / longest:.1%}"></div></td>'
        f"<td>{_text(bar.shown)}</td></tr>"
        for bar in chart.bars
    )
    return f"<h2>{_text(chart.title)}</h2>\n<table>\n{rows}\n</table>"


def _table(table: SummaryTable) -> str:
    head = "".join(f'<th scope="col">{_text(column)}</th>' for column in table.columns)
    rows = "\n".join(_row(row) for row in table.rows)
    note = f"<p>{_text(table.note)}</p>\n" if table.note else ""
    return f"<h2>{_text(table.title)}</h2>\n<table>\n<tr>{head}</tr>\n{rows}\n</table>\n{note}"


def _row(cells: Iterable[str]) -> str:
    row = tuple(cells)
    mark = ' class="bad"' if any(cell.startswith("✗") for cell in row) else ""
    return f"<tr{mark}>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>"


def _details(block: Details) -> str:
    return f"<details><summary>{_text(block.title)}</summary>\n<pre>{_text(block.text)}</pre>\n</details>"


def _text(text: str) -> str:
    return html.escape(printable(text))
