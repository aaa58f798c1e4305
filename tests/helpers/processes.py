"""Programs that tests start, and whether they have ended."""

from __future__ import annotations

import sys
from pathlib import Path


def python(script: str) -> list[str]:
    """A program."""
    return [sys.executable, "-c", script]


def gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
