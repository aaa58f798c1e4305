"""A summary as GitHub's markdown. What tools and functions print must not become markup in it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from runtimekit.console import printable
from runtimekit.console.summary import SummaryTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtimekit.console.summary import Block, Details

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|&~@:$\"'])")
"""What could begin a tag, a link, a mention, an emoji, a formula or a cell; a backslash makes each a plain letter."""


def markdown(blocks: Iterable[Block]) -> str:
    """The whole summary; empty where there is nothing to say."""
    return "".join(_sheet(block) if isinstance(block, SummaryTable) else _folded(block) for block in blocks)


def _sheet(sheet: SummaryTable) -> str:
    lines = [f"### {_text(sheet.title)}", "", _line(sheet.columns), "|" + " --- |" * len(sheet.columns)]
    lines += [_line(row) for row in sheet.rows]
    lines += ["", _text(sheet.note)] if sheet.note else []
    return "\n".join(lines) + "\n\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_text(cell) for cell in cells)} |"


def _folded(block: Details) -> str:
    # Inside <pre> nothing is markdown, blank lines included, and escaped text cannot close it.
    title, text = (html.escape(printable(part)) for part in (block.title, block.text))
    return f"<details><summary>{' '.join(title.split())}</summary>\n\n<pre>{text.strip()}</pre>\n\n</details>\n\n"


def _text(text: str) -> str:
    """One line of plain text."""
    return _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))
