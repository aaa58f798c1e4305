"""An image out of the engine, as it is there: the bytes that were tested are the bytes that are published."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from runtimekit.errors import CommandError, DiskFullError

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.engine.client import Engine

SECONDS = 900
_NO_ROOM = "no space left on device"


def save(engine: Engine, image_id: str, size: int, target: Path) -> None:
    """Write an image, with all its platforms, to a tar file in OCI's layout (``docker image save``).

    It is asked for by its id: a name may mean another image by now.

    Raises:
        DiskFullError: There is no room for it.
        CommandError: The image is not there any more.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    doing = f"saving the image {image_id}"
    try:
        engine.docker("image", "save", "--output", str(target), image_id, doing=doing, deadline=SECONDS)
    except CommandError as error:
        if _NO_ROOM not in error.output:
            raise
        raise DiskFullError(doing, target.parent, shutil.disk_usage(target.parent).free, size) from None
