"""The shell blocks of documents: which are run by tests, and which are marked as not run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^(?:<!-- not run: (?P<why>.+?) -->\n)?```sh\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One block."""

    text: str
    not_run_because: str
    """What the comment above it says; empty if it has none, so that a test has to run it."""


def blocks(document: str) -> list[Block]:
    """The shell blocks of a document, in its order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [Block(found["text"], found["why"] or "") for found in _BLOCK.finditer(text)]


def to_run(document: str) -> list[str]:
    """The blocks that a test has to run: those without a mark whose lines are not all README's, too."""
    known = {line for block in blocks("README.md") for line in commands(block.text)}
    unmarked = [block.text for block in blocks(document) if not block.not_run_because]
    return [text for text in unmarked if document == "README.md" or not known.issuperset(commands(text))]


def commands(block: str) -> list[str]:
    """A block's lines without the comments behind them."""
    lines = (re.sub(r"(^|\s+)#.*", "", line).strip() for line in block.splitlines())
    return [line for line in lines if line]
