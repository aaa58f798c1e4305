"""A summary as one HTML page that needs nothing else: no script, no font, no picture, no other address."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from runtimekit.console import printable
from runtimekit.console.summary import SummaryTable

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
pre { background: #8881; overflow-x: auto; padding: 1rem }
summary { cursor: pointer; margin: .5rem 0 }
footer { margin-top: 3rem; opacity: .7 }
"""


def page(title: str, about: str, blocks: Iterable[Block]) -> str:
    """The whole page. ``about`` is a line on where the results come from."""
    body = "\n".join(_sheet(block) if isinstance(block, SummaryTable) else _folded(block) for block in blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_text(title)}</h1>\n{body or '<p>There are no results.</p>'}\n"
        f"<footer>{_text(about)}</footer>\n</body>\n</html>\n"
    )


def _sheet(sheet: SummaryTable) -> str:
    head = "".join(f'<th scope="col">{_text(column)}</th>' for column in sheet.columns)
    rows = "\n".join(_row(row) for row in sheet.rows)
    note = f"<p>{_text(sheet.note)}</p>\n" if sheet.note else ""
    return f"<h2>{_text(sheet.title)}</h2>\n<table>\n<tr>{head}</tr>\n{rows}\n</table>\n{note}"


def _row(cells: Iterable[str]) -> str:
    row = tuple(cells)
    mark = ' class="bad"' if any(cell.startswith("✗") for cell in row) else ""
    return f"<tr{mark}>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>"


def _folded(block: Details) -> str:
    return f"<details><summary>{_text(block.title)}</summary>\n<pre>{_text(block.text)}</pre>\n</details>"


def _text(text: str) -> str:
    return html.escape(printable(text))
