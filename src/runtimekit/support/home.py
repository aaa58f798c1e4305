"""The folder of downloads and of the embedded engine: ``RUNTIMEKIT_HOME``."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

LOCK_POLL_SECONDS = 0.1


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


PARTS = ("apt", "bases", "cache", "engine", "locks", "mmdebstrap", "node")
"""The entries of the home that belong to this project."""


def forget() -> None:
    """Remove what this project has put into its home, and the home itself if nothing else is in it."""
    folder = home()
    for part in PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)
    with suppress(OSError):  # somebody else's files are in it
        folder.rmdir()


@contextmanager
def locked(
    name: str, cancelled: threading.Event | None = None, waiting: Callable[[], None] = lambda: None
) -> Iterator[bool]:
    """Hold the lock ``name`` of this home: two runs at once wait for each other here. A killed run frees it.

    Gives whether it had to wait: then what it is about to do may have been done meanwhile. ``waiting`` is called if
    it has to.

    Raises:
        KeyboardInterrupt: ``cancelled`` was set while waiting.
    """
    path = home() / "locks" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        waited = False
        while not _try_lock(file):
            if not waited:
                waiting()
            waited = True
            if cancelled and cancelled.wait(LOCK_POLL_SECONDS):
                raise KeyboardInterrupt
            if not cancelled:
                time.sleep(LOCK_POLL_SECONDS)
        yield waited


def is_locked(name: str) -> bool:
    """Whether somebody holds the lock ``name`` at this moment."""
    path = home() / "locks" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        return not _try_lock(file)


def _try_lock(file: IO[str]) -> bool:
    """A wait inside the kernel could not be cancelled."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
