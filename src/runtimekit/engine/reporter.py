"""The protocol through which jobs report their progress. :mod:`runtimekit.console` implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

FileLine = tuple["Path", int]
"""A file's path relative to the repository's root, and a line number."""


class Reporter(Protocol):
    """Shows the progress of jobs. Any thread may call it. A key names one job, such as ``node-22 linux/arm64``.

    After a minute without a call about a running job, a reporter says for how long it has heard nothing, and repeats
    that from time to time (:mod:`runtimekit.console.rows`).
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def planned(self, pieces: int) -> None:
        """Announce this many further jobs."""

    def started(self, key: str, expected: float | None = None, log: Path | None = None) -> None:
        """A job has begun. ``expected`` is its duration last time, in seconds; ``log`` is its log file."""

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """``done`` of ``total`` steps are complete, and ``text`` is the current one. A total of 0 means unknown.

        A job that has not started may report what it waits for.
        """

    def finished(self, key: str, *, ok: bool, text: str, place: FileLine | None = None) -> None:
        """A job has ended. The first line of ``text`` is the result; after a failure, the evidence follows.

        ``place`` is the line of the file that failed, for editors and GitHub annotations.
        """


@dataclass(frozen=True)
class Output:
    """Where a long run reports to."""

    log: Callable[[str], None]
    """Takes one line about what is being done."""
    reporter: Callable[[], Reporter]
    """Makes the reporter of one stage, to be used in a ``with``."""
