"""The record of a run of `publish`, ``build/publish/<run>.json``: rewritten after every step, also if the run fails."""

from __future__ import annotations

import json
import os
import platform
import secrets
import threading
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self

from runtimekit.errors import RunInterruptedError
from runtimekit.support.atomic_files import write_text

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

RUNNING = "running"
"""The result while a run goes on. If its process is gone, it was killed."""


def folder(root: Path) -> Path:
    """The folder of records and of files in transit."""
    return root / "build" / "publish"


def now() -> str:
    """The time in UTC, as RFC 3339 has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Record:
    """One run's record, to be used in a ``with``: that the run failed is noted. Keys are never renamed: others read it.

    ``retries`` counts the faults that were met, by class, while the run goes on.
    """

    def __init__(
        self,
        root: Path,
        *,
        commit: str,
        registry: str,
        options: Mapping[str, Any],
        tools: Mapping[str, str],
        retries: Counter[str],
    ) -> None:
        self.retries = retries
        run = f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%SZ')}-{commit[:8]}-{secrets.token_hex(3)}"
        self.path = folder(root) / f"{run}.json"
        self._lock = threading.Lock()
        self.row: dict[str, Any] = {
            "run": run,
            "result": RUNNING,
            "error": "",
            "commit": commit,
            "registry": registry,
            "options": dict(options),
            "began": now(),
            "ended": "",
            "process": os.getpid(),
            "tools": {name: version(name) for name in ("runtimekit", "urllib3")}
            | {"python": platform.python_version()}
            | dict(tools),
            "retries": {},
            "images": {},
        }
        self.write()

    def image(self, runtime: str, **facts: Any) -> None:  # noqa: ANN401 - JSON's own variety
        """Note facts of one image."""
        with self._lock:
            self.row["images"].setdefault(runtime, {}).update(facts)
        self.write()

    def platform(self, runtime: str, name: str, **facts: Any) -> None:  # noqa: ANN401 - JSON's own variety
        """Note facts of one image's platform."""
        with self._lock:
            image = self.row["images"].setdefault(runtime, {})
            image.setdefault("platforms", {}).setdefault(name, {}).update(facts)
        self.write()

    def end(self, result: str, error: str = "") -> None:
        """Note how the run ended, in a word, and how often faults were met."""
        with self._lock:
            retries = dict(sorted(self.retries.items()))
            self.row |= {"result": result, "error": error, "ended": now(), "retries": retries}
        self.write()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt | RunInterruptedError):
            self.end("interrupted")
        elif error is not None:
            self.end("failed", str(error))

    def write(self) -> None:
        """Write all of it; secrets stay out on the way."""
        with self._lock:
            write_text(self.path, json.dumps(self.row, indent=1, ensure_ascii=False) + "\n")
