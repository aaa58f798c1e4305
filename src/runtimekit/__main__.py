"""``./dev TASK …`` and ``python -m runtimekit TASK …``: invoke, with names as plain words.

invoke has no optional positional arguments, so ``./dev build python-3.10`` becomes ``invoke build --only python-3.10``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUPS = frozenset({"engine"})
"""Tasks in two words: ``./dev engine start`` is ``invoke engine.start``."""

TAKING_NAMES = frozenset(
    {"build", "plan", "matrix", "explain", "bake-file", "test", "verify", "list", "package", "bench"}
)
FLAGS = frozenset({"--local", "--force", "--dry-run", "--json", "--all", "--help", "--if-possible"})
"""Options without a value; the word after any other option is its value."""


def translate(words: Sequence[str]) -> list[str]:
    """What was typed after ``./dev`` → invoke's arguments."""
    if not words:
        return ["--list"]
    first, *rest = words
    if first in GROUPS:
        return [f"{first}.{rest[0]}", *rest[1:]] if rest else ["--list", first]
    if first not in TAKING_NAMES:
        return list(words)
    translated = [first]
    value_follows = False
    for word in rest:
        if value_follows or word.startswith("-"):
            translated.append(word)
            value_follows = not value_follows and "=" not in word and word not in FLAGS
        else:
            translated += ["--only", word]
    return translated


def main() -> None:
    """Run invoke on the nearest tasks.py."""
    from invoke.main import program  # noqa: PLC0415 - a tenth of a second that translate's tests need not wait

    program.run(["invoke", *translate(sys.argv[1:])])


if __name__ == "__main__":
    main()
