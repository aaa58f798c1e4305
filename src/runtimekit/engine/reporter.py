"""How work reports its progress: :mod:`runtimekit.console` shows it, the command line chooses how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

Place = tuple["Path", int]
"""A file, from the repository's root, and a line in it."""


class Reporter(Protocol):
    """What tasks say while they work; any thread may call. A key names one piece of work, ``node-22 linux/arm64``.

    Every call about a key is news of it. Where there has been none for a minute, a reporter says for how long, and says
    it again from time to time (:mod:`runtimekit.console.rows`).
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def planned(self, pieces: int) -> None:
        """So many further pieces of work are going to be done."""

    def started(self, key: str, expected: float | None = None, log: Path | None = None) -> None:
        """Work has begun. ``expected`` is how many seconds it took last time, ``log`` where all it prints goes."""

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """``done`` of ``total`` steps are done, and ``text`` is going on. A total of 0 means that it is not known.

        Work that has not started yet may say what it waits for.
        """

    def finished(self, key: str, *, ok: bool, text: str, place: Place | None = None) -> None:
        """Work has ended. ``text`` has the result in its first line, and after a failure the evidence below it.

        ``place`` is the line of a file that failed, for those who can jump there.
        """


@dataclass(frozen=True)
class Output:
    """Where a long run reports to."""

    log: Callable[[str], None]
    """Takes one line about what is being done."""
    reporter: Callable[[], Reporter]
    """Makes the reporter of one stage, to be used in a ``with``."""
