"""What tasks found out, as plain facts: shown by ``console``, written by ``reports``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """What ``doctor`` thinks of something."""

    OK = "ok"
    WARNING = "warning"
    """Works, but something is lost."""
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of ``doctor``."""

    what: str
    state: CheckState
    found: str = ""
    mend: str = ""
    """The command that mends it."""
