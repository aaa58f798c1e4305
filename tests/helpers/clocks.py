"""A clock for tests."""

from __future__ import annotations


class Clock:
    """Time that passes when told to. Seconds."""

    now = 0.0

    def __call__(self) -> float:
        """Now."""
        return self.now
