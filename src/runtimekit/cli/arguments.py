"""Translates the arguments of ``./dev`` into those of invoke.

invoke has no optional positional arguments, so ``./dev build python-3.10`` becomes ``invoke build --only python-3.10``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.collection import Collection


def invoke_arguments(typed: Sequence[str], tasks: Collection) -> list[str]:
    """Return invoke's arguments for those of ``./dev``.

    ``engine start`` becomes ``engine.start``. If a task takes ``--only``, names after it become ``--only NAME``.
    """
    if not typed:
        return []
    first, *rest = typed
    if first in tasks.collections:  # a group: `engine start` is invoke's `engine.start`
        if not rest or rest[0].startswith("-"):
            return ["--list", first]
        return [f"{first}.{rest[0]}", *rest[1:]]
    if first not in tasks.tasks:
        return list(typed)
    options = {f"--{argument.name.replace('_', '-')}": argument for argument in tasks.tasks[first].get_arguments()}
    if "--only" not in options:
        return list(typed)
    translated = [first]
    value_follows = False
    for word in rest:
        if value_follows or word.startswith("-"):
            translated.append(word)
            value_follows = not value_follows and word in options and options[word].takes_value
        else:
            translated += ["--only", word]
    return translated


def display_name(name: str) -> str:
    """Return a task's name as people type it: ``engine start``, where invoke has ``engine.start``."""
    return name.replace(".", " ")
