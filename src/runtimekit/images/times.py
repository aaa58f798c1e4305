"""Build times, kept in ``build/times.json``. The next plan starts the longest build first."""

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
    """Seconds by runtime. A missing or broken file counts as empty: times only improve the order."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> dict[str, float]:
        """Seconds by runtime."""
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
