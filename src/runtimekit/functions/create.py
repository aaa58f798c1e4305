"""``invoke create``: a function to begin with, from the folder of its language in ``starters/``."""

from __future__ import annotations

import shlex
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.errors import (
    DiskFullError,
    FolderInUseError,
    NoStarterError,
    OptionsConflictError,
    UnknownNameError,
    WritingError,
)
from runtimekit.functions import speaking
from runtimekit.repository.identifiers import Protocol, near_names
from runtimekit.support.folders import EntryKind, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.repository.catalogue import Catalogue, Runtime

PACKAGED_STARTERS = Path(__file__).parents[1] / "starters"
"""The copy of the starters that an installed package brings along."""


@dataclass(frozen=True)
class Created:
    """A new function."""

    folder: Path
    files: tuple[str, ...]
    """Names relative to the folder, sorted."""


def choose_runtime(catalogue: Catalogue, language: str, runtime: str = "", protocol: str = "") -> Runtime:
    """The runtime that a new function is for: the one that is named, else the language's newest.

    Args:
        catalogue: The repository's runtimes.
        language: Such as ``python``; may be empty if a runtime is named.
        runtime: Such as ``python-3.13``; may be empty.
        protocol: Such as ``v5``; by default v5 where the language has it.

    Raises:
        UnknownNameError: There is no such language or runtime.
        OptionError: There is no such protocol.
        OptionsConflictError: No language is named, or the runtime is none of the language or of the protocol.
    """
    wanted = speaking.parse(protocol)
    chosen = _named(catalogue, language, runtime)
    if chosen.protocol is not Protocol.V2021 and wanted in {None, chosen.protocol}:
        return chosen
    spoken = speaking.runtime_of(catalogue, chosen, wanted or Protocol.V5)
    if spoken is None and wanted:
        raise OptionsConflictError(f"--protocol {wanted}: {chosen} does not speak it; {speaking.HOW}.")
    return spoken or chosen


def _named(catalogue: Catalogue, language: str, runtime: str) -> Runtime:
    """The runtime that is named, else the language's newest, of whatever protocol."""
    if not language and not runtime:
        raise OptionsConflictError("create needs --language, such as --language python.")
    newest = {each.id.language: each for each in catalogue.newest}
    if language and language not in newest:
        raise UnknownNameError(language, near_names(language, newest), "language")
    if not runtime:
        return newest[language]
    chosen = catalogue.get(runtime)
    if chosen.language is None:
        raise OptionsConflictError(f"--runtime {runtime} is an image that functions of several languages run on.")
    if language and chosen.id.language != language:
        raise OptionsConflictError(f"--runtime {runtime} is none of --language {language}.")
    return chosen


def command_words(catalogue: Catalogue, runtime: Runtime, typed: str) -> str:
    """What a command needs to be told of the new function: the folder as it was typed, and a runtime but the newest.

    A dependency file may say only which version is the oldest that will do.
    """
    of_its_protocol = catalogue.of(runtime.protocol).newest
    newest = "" if runtime in of_its_protocol else f" --runtime {runtime.id.folder}"
    return shlex.quote(typed) + newest


def starter_folder(root: Path, name: str) -> Path:
    """The starter of a name, such as ``node-v5``: the repository's own, else the one of the installed package.

    Raises:
        NoStarterError: There is none.
    """
    for folder in (root / "starters" / name, PACKAGED_STARTERS / name):
        if folder.is_dir():
            return folder
    raise NoStarterError(name, root / "starters" / name)


def create(root: Path, runtime: Runtime, folder: Path, *, words: str, source: str) -> Created:
    """Write the starter of a runtime's language into a new or empty folder: all of it, or nothing.

    Args:
        root: The repository, whose own starters come first.
        runtime: The version for which the function is made; its dependency file says so.
        folder: Where it is written, absolute. Folders above it are made.
        words: Those of :func:`command_words`, for the README.
        source: The repository's address, for the README's links.

    Raises:
        DiskFullError: There is no room for it.
        FolderInUseError: The folder is a file, or holds something.
        NoStarterError: The language has no starter.
        WritingError: The folder cannot be written.
    """
    values = {
        "LANGUAGE": runtime.name,
        "VERSION": runtime.version,
        "RUNTIME": runtime.id.folder,
        "NAME": folder.name,
        "WORDS": words,
        "SOURCE": source.rstrip("/"),
    }
    files = _rendered(starter_folder(root, runtime.starter), values)
    try:
        _check_unused(folder)
        with _undone_on_failure(folder) as made:
            for name, content in files.items():
                path = folder / name
                _make_folder(path.parent, made)
                path.touch(exist_ok=False)
                made.append(path)
                path.write_bytes(content)
    except OSError as error:
        raise DiskFullError.of(error) or WritingError(folder, error.strerror or str(error)) from error
    return Created(folder, tuple(sorted(files)))


def _rendered(starter: Path, values: Mapping[str, str]) -> dict[str, bytes]:
    """The starter's files, with ``@VERSION@`` and the other names replaced by their values."""
    files = {}
    for entry in walk(starter):
        if entry.kind is EntryKind.FILE:
            text = entry.path.read_text(encoding="utf-8")
            for name, value in values.items():
                text = text.replace(f"@{name}@", value)
            files[entry.name] = text.encode("utf-8", errors="surrogateescape")
    return files


def _check_unused(folder: Path) -> None:
    if folder.is_dir():
        found = sorted(path.name for path in folder.iterdir())
        if found:
            raise FolderInUseError(folder, found)
    elif folder.exists():
        raise FolderInUseError(folder)


def _make_folder(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent, made)
        folder.mkdir()
        made.append(folder)


@contextmanager
def _undone_on_failure(folder: Path) -> Iterator[list[Path]]:
    """A list of what is being made, which is removed again if the block fails. A folder that was there stays."""
    made: list[Path] = []
    try:
        _make_folder(folder, made)
        yield made
    except BaseException:  # also Ctrl-C
        for path in reversed(made):
            with suppress(OSError):  # the first failure is the one to tell
                path.rmdir() if path.is_dir() else path.unlink()
        raise
