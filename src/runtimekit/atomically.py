"""Files that are either whole or not there: written beside their place, then renamed."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose bytes become ``path`` when the block ends well; otherwise ``path`` stays as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
        temporary.chmod(0o644)  # mkstemp's 0600 would hide reports from the next CI step's user
        temporary.replace(path)
    except BaseException:  # Ctrl-C too leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a whole text. What UTF-8 cannot hold, such as a lone surrogate in a log, becomes a question mark."""
    with writing(path) as stream:
        stream.write(text.encode("utf-8", errors="replace"))
