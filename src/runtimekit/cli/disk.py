"""Whether the disk has room for what a command makes."""

from __future__ import annotations

import shutil

from runtimekit.errors import DiskFullError
from runtimekit.support.home import home

BUILD_BYTES = 15 * 1024**3
"""What bases, images and caches of all runtimes take, and some for builds."""
TEST_BYTES = 45 * 1024**3
"""What the whole test set takes from nothing: the newcomer's machine has an engine of its own."""
FULL_BYTES = 1024**3
"""With less than this left, what fails has most likely failed of it."""


def shortage() -> str | None:
    """Say that the disk may be too small for the whole test set; ``None`` if it is not.

    It is no error: images that are there already need no room.
    """
    free = shutil.disk_usage(home()).free
    if free >= TEST_BYTES:
        return None
    return (
        f"the whole test set takes up to {TEST_BYTES // 1024**3} GiB, of which {free / 1024**3:.0f} are free "
        f"at {home()}; RUNTIMEKIT_HOME may name a folder of a larger disk"
    )


def stop_if_full(phase: str, *, failed: bool) -> None:
    """End the run after a phase that has failed on a full disk: all that follows would fail of it, too.

    Raises:
        DiskFullError: There is less room than :data:`FULL_BYTES`.
    """
    if failed and shutil.disk_usage(home()).free < FULL_BYTES:
        raise DiskFullError(f"what the phase '{phase}' makes")
