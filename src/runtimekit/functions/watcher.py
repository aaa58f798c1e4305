"""What wants to know what goes to a launched function and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Watcher(Protocol):
    """Is told what goes over one connection."""

    def sending(self) -> None:
        """A request, or a further part of one, begins."""

    def sent(self, data: bytes) -> None:
        """These bytes were sent."""

    def received(self, data: bytes) -> None:
        """These bytes have come."""


def message(first_line: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """A request or an answer as one reads it; headers that Python's client adds are left out."""
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1", errors="replace") + b"\r\n\r\n" + body
