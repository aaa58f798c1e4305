"""A folder is read the same on every machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError
from runtimekit.support.folders import EntryKind, copy, walk

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    """The entries' names, in order."""
    return [entry.name for entry in walk(folder)]


def test_names_are_sorted_by_their_bytes(tmp_path: Path) -> None:
    """Not by a language's rules, and a folder comes before what is in it."""
    for name in ("b", "B", "é", "a-b", "a.b"):
        (tmp_path / name).write_text("")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "z").write_text("")
    assert names(tmp_path) == ["B", "a", "a-b", "a.b", "a/z", "b", "é"]


def test_leftovers_and_empty_folders_are_left_out(tmp_path: Path) -> None:
    """A clone does not have them. What a function brings is kept, hidden or not."""
    for folder in (".git", "src/__pycache__", "src/empty/also", "node_modules/x"):
        (tmp_path / folder).mkdir(parents=True)
    for file in (".git/HEAD", "src/__pycache__/a.pyc", ".DS_Store", "node_modules/x/index.js", ".env", "src/a.py"):
        (tmp_path / file).write_text("")
    assert names(tmp_path) == [".env", "node_modules", "node_modules/x", "node_modules/x/index.js", "src", "src/a.py"]


def test_links_are_entries_and_not_followed(tmp_path: Path) -> None:
    """Not even to folders, so that a loop ends."""
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert [(entry.name, entry.kind) for entry in walk(tmp_path)] == [
        ("dangling", EntryKind.LINK),
        ("loop", EntryKind.LINK),
    ]


def test_what_is_no_file_is_refused_all_at_once(tmp_path: Path) -> None:
    """Reading a FIFO would wait for ever."""
    for name in ("one", "two"):
        os.mkfifo(tmp_path / name)
    with pytest.raises(ConfigurationError, match="2 mistakes"):
        walk(tmp_path)


@pytest.mark.parametrize("kind", ["absent", "file"])
def test_what_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    """With its name."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=f"{kind}: is not a folder"):
        walk(tmp_path / kind)


def test_a_copy_has_nothing_of_the_clone_that_it_was_made_in(tmp_path: Path) -> None:
    """Neither its umask nor its times nor what tools have left: images get the same layers from every clone."""
    source = tmp_path / "source"
    for name in ("inner", "__pycache__"):
        (source / name).mkdir(parents=True)
        (source / name / "file").write_text(name)
    (source / "tool").write_text("#!/bin/sh\n")
    (source / "inner").chmod(0o775)
    (source / "inner" / "file").chmod(0o660)
    (source / "tool").chmod(0o700)
    (source / "link").symlink_to("inner/nowhere")
    copy(source, tmp_path / "copy", 1_000_000)
    found = {path.relative_to(tmp_path / "copy").as_posix(): path.lstat() for path in (tmp_path / "copy").rglob("*")}
    assert {name: oct(found[name].st_mode & 0o777) for name in ("inner", "inner/file", "tool")} == {
        "inner": "0o755",
        "inner/file": "0o644",
        "tool": "0o755",
    }
    assert sorted(found) == ["inner", "inner/file", "link", "tool"]
    assert {int(each.st_mtime) for each in [*found.values(), (tmp_path / "copy").stat()]} == {1_000_000}
    assert (tmp_path / "copy" / "inner" / "file").read_text() == "inner"
    assert (tmp_path / "copy" / "link").readlink().as_posix() == "inner/nowhere"
