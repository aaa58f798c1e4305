"""The results of ``doctor``'s checks. ``console`` shows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """The result of one check."""

    OK = "ok"
    WARNING = "warning"
    """It works, with a limitation."""
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of ``doctor``."""

    what: str
    state: CheckState
    found: str = ""
    fix: str = ""
    """The command that fixes it."""
