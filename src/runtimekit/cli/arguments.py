"""``./dev``'s words as invoke's arguments.

invoke has no optional positional arguments, so ``./dev build python-3.10`` becomes ``invoke build --only python-3.10``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.collection import Collection


def invoke_arguments(words: Sequence[str], tasks: Collection) -> list[str]:
    """What was typed after ``./dev`` → invoke's arguments: a task that takes ``--only`` takes names."""
    if not words:
        return []
    first, *rest = words
    if first in tasks.collections:  # a task in two words: `engine start` is `engine.start`
        if not rest or rest[0].startswith("-"):
            return ["--list", first]
        return [f"{first}.{rest[0]}", *rest[1:]]
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
            value_follows = not value_follows and word in arguments and arguments[word].takes_value
        else:
            translated += ["--only", word]
    return translated


def display_name(name: str) -> str:
    """A task's name as it is typed: ``engine start``, which invoke calls ``engine.start``."""
    return name.replace(".", " ")
