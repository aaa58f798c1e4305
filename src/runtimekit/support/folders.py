"""Lists, copies and hashes folders in the same way on every machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.errors import ConfigurationError, Problem
from runtimekit.support.canonical_json import canonical

if TYPE_CHECKING:
    from collections.abc import Callable

IGNORED = frozenset({".git", "__pycache__", ".DS_Store"})
"""Files of tools that no function needs. Everything else counts, ``node_modules`` too."""


class EntryKind(Enum):
    """What an entry is. There is nothing else: sockets, FIFOs and devices are refused."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


@dataclass(frozen=True)
class Entry:
    """One thing in a folder."""

    name: str
    """Relative to the folder, with slashes."""
    path: Path
    kind: EntryKind
    is_executable: bool = False
    """Whether a file's owner may execute it. The rest of the mode depends on who checked it out."""


def walk(folder: Path, leave_out: Callable[[str, Path], bool] | None = None) -> list[Entry]:
    """All that ``folder`` holds, sorted by the bytes of the names, links not followed.

    Folders with nothing in them are left out, as in git, whose clones have none. ``leave_out`` is asked about each
    name (relative, a folder's with a slash at its end) and path. Raises ConfigurationError for a folder that is
    missing, and for what neither git nor an archive should hold.
    """
    problems: list[Problem] = []
    if not folder.is_dir():
        raise ConfigurationError([Problem(folder, None, "is not a folder")])
    entries = _inside(folder, "", problems, leave_out or (lambda _name, _path: False))
    if problems:
        raise ConfigurationError(problems)
    return sorted(entries, key=lambda entry: os.fsencode(entry.name))


def copy(folder: Path, target: Path, when: int) -> None:
    """Copy what :func:`walk` finds into a new folder: git's modes, and one time (seconds since 1970) for everything.

    What a clone adds of its own stays behind: when it was made, its umask, what tools have left in it.
    """
    target.mkdir(parents=True)
    made = [target]
    for entry in walk(folder):
        place = target / entry.name
        match entry.kind:
            case EntryKind.FOLDER:
                place.mkdir()
                place.chmod(0o755)
            case EntryKind.LINK:
                place.symlink_to(entry.path.readlink())
            case EntryKind.FILE:
                shutil.copyfile(entry.path, place)
                place.chmod(0o755 if entry.is_executable else 0o644)
        made.append(place)
    target.chmod(0o755)
    for place in made:  # only now: what a folder gets changes its time
        os.utime(place, (when, when), follow_symlinks=False)


def _inside(folder: Path, prefix: str, problems: list[Problem], leave_out: Callable[[str, Path], bool]) -> list[Entry]:
    entries: list[Entry] = []
    with os.scandir(folder) as found:
        items = sorted(found, key=lambda item: os.fsencode(item.name))
    for item in items:
        if item.name in IGNORED:
            continue
        name, path = prefix + item.name, Path(item.path)
        mode = item.stat(follow_symlinks=False).st_mode
        if leave_out(f"{name}/" if stat.S_ISDIR(mode) else name, path):
            continue
        if stat.S_ISLNK(mode):
            entries.append(Entry(name, path, EntryKind.LINK))
        elif stat.S_ISREG(mode):
            entries.append(Entry(name, path, EntryKind.FILE, is_executable=bool(mode & stat.S_IXUSR)))
        elif stat.S_ISDIR(mode):
            inner = _inside(path, f"{name}/", problems, leave_out)
            if inner:
                entries += [Entry(name, path, EntryKind.FOLDER), *inner]
        else:
            problems.append(Problem(path, None, "is a socket, a FIFO or a device. Remove it: only files can be packed"))
    return entries


def scratch_folder(target: Path) -> Path:
    """A new scratch folder beside the target, so that a partial download is never taken for a whole one."""
    scratch = target.with_name(f".{target.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    return scratch


def folder_digest(folder: Path, *, without: frozenset[str] = frozenset()) -> str:
    """The SHA-256 of names, executable bits, contents and link targets: what all clones have in common."""
    digest = hashlib.sha256()
    for entry in walk(folder):
        if entry.kind is not EntryKind.FOLDER and entry.name not in without:
            digest.update(canonical([entry.name, entry.kind.value, entry.is_executable, _content(entry)]) + b"\n")
    return digest.hexdigest()


def _content(entry: Entry) -> str:
    if entry.kind is EntryKind.LINK:
        return str(entry.path.readlink())
    with entry.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
