"""Where this project keeps what it downloads and makes: ``RUNTIMEKIT_HOME``."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def home() -> Path:
    """``RUNTIMEKIT_HOME``, else ``runtimekit`` in the user's cache folder; made if missing."""
    configured = os.environ.get("RUNTIMEKIT_HOME")
    cache = os.environ.get("XDG_CACHE_HOME")
    folder = Path(configured) if configured else Path(cache or Path.home() / ".cache") / "runtimekit"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def tag(folder: Path) -> str:
    """Six characters that tell one home from another: in names that the whole machine shares, such as a bridge's."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:6]


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the lock ``name`` of this home: two runs at once wait for each other here. A killed run frees it."""
    path = home() / "locks" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
