"""What speaks against publishing, each with its way out."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from runtimekit.engine import emulation
from runtimekit.images.plan import Missing, Plan
from runtimekit.publishing import preconditions
from runtimekit.repository import revision
from runtimekit.support import machine

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.repository.catalogue import Catalogue


def git(folder: Path, *words: str) -> None:
    """With a name of its own."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("build/\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    return tmp_path


def test_a_clean_tree_is_fine(tree: Path) -> None:
    """What git ignores does not count."""
    (tree / "build").mkdir()
    (tree / "build/record.json").write_text("")
    assert preconditions.of_tree(tree, revision.of(tree).commit) == []


@pytest.mark.parametrize("change", ["changed", "new", "staged"])
def test_a_dirty_tree_is_refused_with_its_files(tree: Path, change: str) -> None:
    """Nobody could find what was published again."""
    file = tree / (".gitignore" if change == "changed" else "notes.txt")
    file.write_text("another text")
    if change == "staged":
        git(tree, "add", "--all")
    [(what, way_out)] = preconditions.of_tree(tree, revision.of(tree).commit)
    assert file.name in what
    assert "commit" in way_out


def test_many_changes_are_counted(tree: Path) -> None:
    """Not listed."""
    for number in range(9):
        (tree / f"{number}.txt").write_text("")
    assert "and 4 more" in preconditions.of_tree(tree, revision.of(tree).commit)[0][0]


def test_a_folder_without_commits_is_refused(tmp_path: Path) -> None:
    """There is nothing to name."""
    assert "no git repository" in preconditions.of_tree(tmp_path, revision.of(tmp_path).commit)[0][0]


def test_a_platform_that_cannot_be_had_is_refused_with_its_reason(runtimes: Catalogue) -> None:
    """And with the way to publish in parts."""
    plan = Plan((), (), (Missing(runtimes.get("python-3.10"), "linux/arm64", "pyenv has this machine's only"),))
    [(what, way_out)] = preconditions.of_plan(plan)
    assert "python-3.10 cannot be built for linux/arm64 here: pyenv" in what
    assert "--merge" in way_out


def test_a_platform_that_cannot_be_run_cannot_be_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own always can; another one with an emulator."""
    monkeypatch.setattr(machine, "native", lambda: "amd64")
    monkeypatch.setattr(emulation, "handler", lambda _architecture: None)
    reasons = preconditions.of_platforms(["linux/amd64", "linux/arm64", "linux/riscv64"])
    assert [what.split(" ")[0] for what, _ in reasons] == ["linux/arm64", "linux/riscv64"]
    monkeypatch.setattr(emulation, "handler", lambda _architecture: "qemu-aarch64")
    assert preconditions.of_platforms(["linux/amd64", "linux/arm64"]) == []


def test_bases_from_packages_need_the_loud_flag() -> None:
    """Known before anything is built, and found on the image itself."""
    assert preconditions.of_bases(bootstraps=True, allowed=False)
    assert (
        preconditions.of_bases(bootstraps=True, allowed=True)
        == preconditions.of_bases(bootstraps=False, allowed=False)
        == []
    )
    assert preconditions.of_stand_in("x", "linux/amd64", "packages", allowed=False)
    assert preconditions.of_stand_in("x", "linux/amd64", "packages", allowed=True) == []
    assert preconditions.of_stand_in("x", "linux/amd64", "", allowed=False) == []
