"""Files that are written whole or not at all, and temporary files for secrets.

Both have names of their own while they are made. A killed run leaves them behind, and the next one that makes a file of
the same name removes them.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from runtimekit.support.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose bytes become ``path`` when the block ends well; otherwise ``path`` stays as it was."""
    with _temporary(path, mode=0o644) as temporary:
        with temporary.open("wb") as stream:
            yield stream
        temporary.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a whole text, without secrets. What UTF-8 cannot hold, as lone surrogates, becomes a question mark."""
    with writing(path) as stream:
        stream.write(redact(text).encode("utf-8", errors="replace"))


@contextmanager
def passing(path: Path, text: str) -> Iterator[Path]:
    """A file that only this user may read and that is gone after the block: for keys, which no command line may show.

    It stands in ``path``'s folder, under a name like ``path``'s.
    """
    with _temporary(path, mode=0o600) as temporary:
        temporary.write_text(text, encoding="utf-8")
        yield temporary


@contextmanager
def _temporary(path: Path, mode: int) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.*"):
        if not _lives(left.name.split(".")[-2]):
            left.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    try:
        temporary.chmod(mode)  # whatever the umask is: the next CI step's user reads reports
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _lives(pid: str) -> bool:
    return Path("/proc", pid).exists() if pid.isdigit() else True
