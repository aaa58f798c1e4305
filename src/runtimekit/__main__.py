"""``./dev TASK …`` and ``python -m runtimekit TASK …``: invoke, with names as plain words.

invoke has no optional positional arguments, so ``./dev build python-3.10`` becomes ``invoke build --only python-3.10``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from invoke.main import program

from runtimekit.tasks import namespace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.collection import Collection


def translate(words: Sequence[str], tasks: Collection) -> list[str]:
    """What was typed after ``./dev`` → invoke's arguments: a task that takes ``--only`` takes names."""
    if not words:
        return ["--list"]
    first, *rest = words
    if first in tasks.collections:  # a task in two words: `engine start` is `engine.start`
        return [f"{first}.{rest[0]}", *rest[1:]] if rest else ["--list", first]
    if first not in tasks.tasks:
        return list(words)
    arguments = {f"--{argument.name.replace('_', '-')}": argument for argument in tasks.tasks[first].get_arguments()}
    if "--only" not in arguments:
        return list(words)
    translated = [first]
    value_follows = False
    for word in rest:
        if value_follows or word.startswith("-"):
            translated.append(word)
            flag = word == "--help" or (word in arguments and arguments[word].kind is bool)
            value_follows = not value_follows and "=" not in word and not flag
        else:
            translated += ["--only", word]
    return translated


def main() -> None:
    """Run invoke on the nearest tasks.py."""
    program.run(["invoke", *translate(sys.argv[1:], namespace)])


if __name__ == "__main__":
    main()
