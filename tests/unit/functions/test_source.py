"""Which files of a folder are the function."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from runtimekit.functions import source
from runtimekit.functions.source import Ignores

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *names: str, text: str = "x") -> None:
    """Make files, with their folders."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_what_tools_and_gitignore_leave_out(tmp_path: Path) -> None:
    """Installed packages of this machine, virtual environments, ignored files; nested rules, and exceptions."""
    write(
        tmp_path, "index.js", "package.json", "node_modules/a/index.js", "logs/a.log", "env/pyvenv.cfg", "env/lib/x.py"
    )
    write(tmp_path, "data/keep.csv", "data/drop.csv", "data/deep/drop.csv", ".idea/x")
    (tmp_path / ".gitignore").write_text("*.log\ndrop.csv\n")
    (tmp_path / "data/deep/.gitignore").write_text("!drop.csv\n")
    assert source.read(tmp_path).names == {
        ".gitignore", "index.js", "package.json", "data/keep.csv", "data/deep/.gitignore", "data/deep/drop.csv",
    }  # fmt: skip


def test_node_modules_without_a_manifest_are_the_functions(tmp_path: Path) -> None:
    """They are then all there is."""
    write(tmp_path, "index.js", "node_modules/a/index.js")
    assert "node_modules/a/index.js" in source.read(tmp_path).names


def test_watching_asks_about_files_that_are_gone(tmp_path: Path) -> None:
    """A path in an ignored folder is of no interest, whether it exists or not."""
    write(tmp_path, "package.json", ".gitignore", text="tmp/\n")
    ignores = Ignores(tmp_path)
    assert ignores.covers(tmp_path / "tmp/gone.txt")
    assert ignores.covers(tmp_path / "node_modules/a/b.js")
    assert not ignores.covers(tmp_path / "index.js")


@pytest.mark.parametrize(
    "name", ["package.json", "sub/requirements-dev.txt", "Gemfile.lock", "x.csproj", "runtime.toml"]
)
def test_dependencies_change_with_the_files_that_name_them(tmp_path: Path, name: str) -> None:
    """And not with the function's own code."""
    write(tmp_path, "index.js", name)
    before = source.read(tmp_path).dependencies()
    write(tmp_path, "index.js", "more.js", text="other")
    assert source.read(tmp_path).dependencies() == before
    write(tmp_path, name, text="other")
    assert source.read(tmp_path).dependencies() != before


def test_packed_is_what_was_read(tmp_path: Path) -> None:
    """The archive has the function's files and no others."""
    folder = tmp_path / "f"
    write(folder, "index.py", "debug.log")
    (folder / ".gitignore").write_text("*.log\n")
    source.read(folder).pack(tmp_path / "code.tar.gz")
    with tarfile.open(tmp_path / "code.tar.gz") as archive:
        assert archive.getnames() == [".", "./.gitignore", "./index.py"]
