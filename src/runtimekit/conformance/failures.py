"""How a case fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtimekit.conformance.exchanges import Exchange


class CaseFailedError(Exception):
    """The runtime does not do what the contract says."""

    def __init__(self, what: str, expected: object, got: object) -> None:
        self.what = what
        self.expected = _shown(expected)
        self.got = _shown(got)
        self.log = ""
        """The container's last output, if the case launched its own."""
        self.exchange: Exchange | None = None
        """What was sent and received, if the case was busy with several exchanges at once."""
        super().__init__(f"{what}: expected {self.expected}, got {self.got}")


class TooLateError(CaseFailedError):
    """Something was late or timed out. If the machine stalled meanwhile, the runner runs the case again."""


def _shown(value: object) -> str:
    """A value for a report: readable, and never longer than a screen."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 1000 else f"{text[:600]} … ({len(text)} characters) … {text[-200:]}"  # noqa: PLR2004
