"""Who is told how a long piece of work is getting on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Listener(Protocol):
    """Who is told what goes on."""

    def stage(self, text: str) -> AbstractContextManager[None]:
        """What is done in the block has this name."""

    def step(self, text: str) -> None:
        """It is at something else now."""

    def on_line(self, line: str) -> None:
        """A program has printed a line."""

    def log(self, text: str) -> None:
        """Something is done that must be read later, too."""
