"""How long builds took, kept in ``build/times.json``: the next plan begins with the longest."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtimekit.support.atomic_files import write_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class BuildTimes:
    """Seconds by runtime. A file that is missing or broken is as an empty one: it only makes a plan better."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> dict[str, float]:
        """What is known."""
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(name): float(seconds) for name, seconds in rows.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def note(self, runtime: str, seconds: float) -> None:
        """Remember the latest time of one runtime; any thread may call."""
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_text(
                self.path, json.dumps(self.read() | {runtime: round(seconds, 1)}, indent=1, sort_keys=True) + "\n"
            )
