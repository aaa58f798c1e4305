"""Pack a folder into a ``.tar.gz`` with the same bytes on every machine (contract L1's code.tar.gz).

Names are as from ``tar -C FOLDER .``: one entry is the folder itself, all others begin with ``./``.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib
from typing import IO, TYPE_CHECKING

from runtimekit.errors import ConfigurationError, Problem
from runtimekit.support.atomic_files import writing
from runtimekit.support.folders import Entry, EntryKind, walk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_GZIP_HEADER = b"\x1f\x8b\x08\x00" + b"\x00" * 4 + b"\x00" + b"\xff"
"""Deflate, no name, no time, no hint, operating system unknown."""


def pack(folder: Path, archive: Path, entries: Sequence[Entry] | None = None) -> str:
    """Pack the contents of ``folder`` into ``archive`` and return the archive's SHA-256 in hexadecimal digits.

    Names are sorted by their bytes; owner 0, time 0, mode 0644 or 0755. ``.git``, ``__pycache__``, ``.DS_Store`` and
    empty folders are left out. All else is included, also ``node_modules``. The archive is not compressed: zlib's
    output differs between its builds, and the archives here are small.

    Args:
        folder: The folder.
        archive: The file to write.
        entries: What to pack; by default all that :func:`runtimekit.support.folders.walk` finds.

    Raises:
        ConfigurationError: The folder is empty, or the archive would be inside it.
    """
    entries = walk(folder) if entries is None else entries
    if not entries:
        raise ConfigurationError([Problem(folder, None, "is empty: there is nothing to pack")])
    if archive.resolve().is_relative_to(folder.resolve()):
        raise ConfigurationError(
            [Problem(archive, None, f"is inside the folder that it packs, {folder}; put it outside")]
        )
    with writing(archive) as stream:
        stored = StoredGzip(stream)
        with tarfile.open(
            fileobj=stored, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8", errors="surrogateescape"
        ) as tar:
            _add_folder(tar, ".")
            for entry in entries:
                _add(tar, entry)
        stored.finish()
    return stored.digest.hexdigest()


def _add(tar: tarfile.TarFile, entry: Entry) -> None:
    info = tarfile.TarInfo(f"./{entry.name}")  # owner, group and time are 0 by default
    match entry.kind:
        case EntryKind.FOLDER:
            _add_folder(tar, info.name)
        case EntryKind.LINK:
            info.type, info.mode, info.linkname = tarfile.SYMTYPE, 0o777, str(entry.path.readlink())
            tar.addfile(info)
        case EntryKind.FILE:
            info.mode = 0o755 if entry.is_executable else 0o644
            with entry.path.open("rb") as content:
                info.size = content.seek(0, io.SEEK_END)
                content.seek(0)
                tar.addfile(info, content)


def _add_folder(tar: tarfile.TarFile, name: str) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    tar.addfile(info)


class StoredGzip(io.RawIOBase):
    """Writes gzip (RFC 1952) with stored blocks (RFC 1951, 3.2.4), and hashes its output."""

    BLOCK = 0xFFFF
    """The maximum size of a stored block, in bytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.digest = hashlib.sha256()
        self._stream = stream
        self._waiting = bytearray()
        self._crc = 0
        self._size = 0
        self._emit(_GZIP_HEADER)

    def write(self, data: bytes) -> int:  # type: ignore[override]  # tarfile writes bytes and nothing else
        """Take bytes and return how many."""
        self._crc = zlib.crc32(data, self._crc)
        self._size += len(data)
        self._waiting += data
        while len(self._waiting) > self.BLOCK:
            self._block(self._waiting[: self.BLOCK], is_last=False)
            del self._waiting[: self.BLOCK]
        return len(data)

    def finish(self) -> None:
        """Write the buffered bytes as the last block, then the checksum and the size."""
        self._block(self._waiting, is_last=True)
        self._emit(self._crc.to_bytes(4, "little") + (self._size & 0xFFFFFFFF).to_bytes(4, "little"))

    def tell(self) -> int:
        """Bytes written so far; tarfile needs it at the start."""
        return self._size

    def _block(self, data: bytes | bytearray, *, is_last: bool) -> None:
        length = len(data)
        self._emit(bytes([is_last]) + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + data)

    def _emit(self, data: bytes | bytearray) -> None:
        self.digest.update(data)
        self._stream.write(data)
