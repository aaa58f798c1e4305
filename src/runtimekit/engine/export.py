"""Save an image from the engine unchanged: the bytes that were tested are the bytes that are published."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runtimekit.errors import CommandError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtimekit.engine.client import Engine, Image

SECONDS = 900
_NO_ROOM = "no space left on device"


@contextmanager
def saved(engine: Engine, image: Image, folder: Path) -> Iterator[Path]:
    """Save an image with all its platforms as a tar file in OCI layout (``docker image save``) for the block.

    The image is selected by id, because its name may mean another image by now. ``folder`` is used for this file only:
    it is emptied first, and removed at the end.

    Raises:
        DiskFullError: The disk has no space for it.
        CommandError: The image no longer exists.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    doing, target = f"saving the image {image.id}", folder / "image.tar"
    try:
        engine.docker("image", "save", "--output", str(target), image.id, doing=doing, deadline=SECONDS)
        yield target
    except CommandError as error:
        if _NO_ROOM not in error.output:
            raise
        free = shutil.disk_usage(folder).free / 1e6
        raise DiskFullError(f"{target} ({image.size / 1e6:.0f} MB, of which {free:.0f} MB are free)") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
