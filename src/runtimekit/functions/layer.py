"""A built function as the layer of an image: a tar file with the same bytes on every machine.

Everything in it is root's and may be read by everybody, so that no user of a container can change the function. Names
are sorted, times are one time, modes are 0644 or 0755. It is not compressed: zlib's output differs between its builds.
"""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from runtimekit.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_WHITEOUT = ".wh."
"""How names begin that remove files of the layers below."""


def write(archive: Path, target: Path, *, folder: str, files: Mapping[str, bytes], when: int) -> None:
    """Write the layer.

    Args:
        archive: The built function, as contract L1 packs it.
        target: The tar file to write.
        folder: Where the function is in the image: ``usr/code``.
        files: Further files, by their path in the image. Their folders are there.
        when: The time of everything, in Unix seconds.

    Raises:
        ConfigurationError: The function holds what no layer can: a device, a name that leads out of its folder.
    """
    with (
        tarfile.open(archive, "r:*") as source,
        tarfile.open(target, "w", format=tarfile.PAX_FORMAT, encoding="utf-8", errors="surrogateescape") as layer,
    ):
        _add_folder(layer, folder, when)
        entries = {_name(archive, entry): entry for entry in source}
        entries.pop("", None)  # the folder itself
        for name in sorted(entries):
            _add(source, layer, entries[name], f"{folder}/{name}", when, archive)
        for name, content in sorted(files.items()):
            info = _info(name, when)
            info.size, info.mode = len(content), 0o755
            layer.addfile(info, io.BytesIO(content))


def _name(archive: Path, entry: tarfile.TarInfo) -> str:
    """The entry's name inside of the function's folder; empty for the folder itself."""
    parts = [part for part in entry.name.split("/") if part not in {"", "."}]
    if entry.name.startswith("/") or ".." in parts:
        raise ConfigurationError([Problem(archive, None, f"has an entry that leads out of it, {entry.name}")])
    if parts and parts[-1].startswith(_WHITEOUT):
        text = f"has a file that no layer can hold, {entry.name}: names with {_WHITEOUT} remove files; rename it"
        raise ConfigurationError([Problem(archive, None, text)])
    return "/".join(parts)


def _info(name: str, when: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)  # owner and group are 0 by default
    info.mtime = when
    return info


def _add_folder(layer: tarfile.TarFile, name: str, when: int) -> None:
    info = _info(name, when)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    layer.addfile(info)


def _add(
    source: tarfile.TarFile, layer: tarfile.TarFile, entry: tarfile.TarInfo, name: str, when: int, archive: Path
) -> None:
    if entry.isdir():
        _add_folder(layer, name, when)
    elif entry.issym():
        info = _info(name, when)
        info.type, info.mode, info.linkname = tarfile.SYMTYPE, 0o777, entry.linkname
        layer.addfile(info)
    elif (
        entry.isreg() or entry.islnk()
    ):  # a hard link becomes a file: in the order of names it may come before its target
        content = source.extractfile(entry)
        assert content is not None  # noqa: S101 - for the type checker: it is a file
        info = _info(name, when)
        info.mode = 0o755 if entry.mode & 0o111 else 0o644
        info.size = content.seek(0, io.SEEK_END)
        content.seek(0)
        layer.addfile(info, content)
    else:
        text = f"has an entry that is no file, folder or link, {entry.name}; remove it in the function's build"
        raise ConfigurationError([Problem(archive, None, text)])
