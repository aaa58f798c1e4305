"""Wait for changes in a function's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import watchfiles

from runtimekit.functions.source import Ignores

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP_MILLISECONDS = 20
"""After the last of several changes, how long it must be quiet: editors write more than one file at a time."""
LONGEST_MILLISECONDS = 400
"""While changes go on and on, they are told at least this often."""


def changes(folder: Path) -> Iterator[list[str]]:
    """Yield the names of changed files, relative to the folder, each time something of the function has changed.

    What is not part of the function (:class:`runtimekit.functions.source.Ignores`) is not told. Ends never; Ctrl-C
    raises KeyboardInterrupt.
    """
    for found in watchfiles.watch(folder, watch_filter=None, step=STEP_MILLISECONDS, debounce=LONGEST_MILLISECONDS):
        ignores = Ignores(folder)  # each time: a .gitignore may be among what has changed
        paths = [path for path in {Path(path) for _change, path in found} if not ignores.covers(path)]
        # Editors write beside a file and rename: what came and went is not named.
        there = [path for path in paths if path.exists()] or paths
        if there:
            yield sorted(path.relative_to(folder).as_posix() for path in there)
