"""Folders as the user names them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import devcommand

from runtimekit.cli import folders
from runtimekit.cli.folders import from_user

if TYPE_CHECKING:
    import pytest


def test_a_path_is_relative_to_the_users_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``dev`` says where that was; without ``dev`` it is the current folder."""
    monkeypatch.setenv("RUNTIMEKIT_CWD", str(tmp_path))
    assert from_user("a/../b") == tmp_path / "b"
    assert from_user("/x") == Path("/x")
    monkeypatch.delenv("RUNTIMEKIT_CWD")
    monkeypatch.chdir(tmp_path)
    assert from_user(".") == tmp_path


def test_children_are_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A task may start others in folders of their own: the user was not there."""
    monkeypatch.setattr(folders, "_user", {})
    monkeypatch.setenv("RUNTIMEKIT_CWD", str(tmp_path))
    folders.take_variable()
    assert "RUNTIMEKIT_CWD" not in os.environ
    assert from_user("a") == tmp_path / "a"


def test_create_writes_where_the_user_is(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """And says what to type next; a second time it is refused."""
    folder = devcommand.make(tmp_path)
    (folder / "starters").symlink_to(devcommand.ROOT / "starters")
    theirs = tmp_path_factory.mktemp("theirs")
    words = ("create", "my function", "--language", "python")
    code, out, err = devcommand.run(folder, *words, RUNTIMEKIT_CWD=str(theirs))
    assert (code, err) == (0, "")
    assert out.startswith("my function: a function for Python 3.14, protocol v5 (.gitignore, README.md, main.py,")
    assert out.splitlines()[-1] == "next: ./dev serve 'my function'"
    assert (theirs / "my function/main.py").exists()
    code, _, err = devcommand.run(folder, *words, RUNTIMEKIT_CWD=str(theirs))
    assert code == 2
    assert "is not empty" in err
