"""A summary as GitHub's Markdown. All text is escaped: output of tools and functions must not become markup."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from runtimekit.console import printable
from runtimekit.console.summary import Chart, SummaryTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtimekit.console.summary import Block, Details

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|&~@:$\"'])")
"""Characters that could start a tag, link, mention, emoji, formula or cell. A backslash escapes each."""


def markdown(blocks: Iterable[Block]) -> str:
    """Return the whole summary; empty if there are no blocks."""
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:
    if isinstance(block, Chart):  # Markdown has no bars
        return _table(SummaryTable(block.title, ("", ""), tuple((bar.label, bar.shown) for bar in block.bars)))
    return _table(block) if isinstance(block, SummaryTable) else _details(block)


def _table(table: SummaryTable) -> str:
    lines = [f"### {_text(table.title)}", "", _line(table.columns), "|" + " --- |" * len(table.columns)]
    lines += [_line(row) for row in table.rows]
    lines += ["", _text(table.note)] if table.note else []
    return "\n".join(lines) + "\n\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_text(cell) for cell in cells)} |"


def _details(block: Details) -> str:
    # Inside <pre> nothing is markdown, blank lines included, and escaped text cannot close it.
    title, text = (html.escape(printable(part)) for part in (block.title, block.text))
    return f"<details><summary>{' '.join(title.split())}</summary>\n\n<pre>{text.strip()}</pre>\n\n</details>\n\n"


def _text(text: str) -> str:
    """One line of escaped text."""
    return _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))
