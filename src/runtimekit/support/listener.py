"""The protocol for reporting a long piece of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Listener(Protocol):
    """Receives the progress of one piece of work."""

    def stage(self, text: str) -> AbstractContextManager[None]:
        """Name the stage that the block carries out."""

    def step(self, text: str) -> None:
        """Name the current step."""

    def on_line(self, line: str) -> None:
        """Receive a line that a program printed."""

    def log(self, text: str) -> None:
        """Log a line that must stay readable later."""
