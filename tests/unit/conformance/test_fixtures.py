"""Archives with traps, and archives that lack something."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from runtimekit.conformance import fixtures

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """What a build makes."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "index.py").write_text("the probe")
    (folder / ".entrypoint").write_text("index.py\n")
    path = tmp_path / "built.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(folder, ".")
    return path


def test_traps_are_added_to_what_is_there(archive: Path, tmp_path: Path) -> None:
    """Links, a folder, a pipe, and the probe once more further inside."""
    names = fixtures.add_traps(archive, tmp_path / "traps.tar.gz", "index.py")
    with tarfile.open(tmp_path / "traps.tar.gz") as tar:
        kinds = {entry.name.removeprefix("./"): entry for entry in tar}
        inner = tar.extractfile("./inner/index.py")
        assert inner is not None
        assert inner.read() == b"the probe"
    assert {"index.py", ".entrypoint"} < kinds.keys()
    assert kinds[names["linked_out"]].linkname == "/etc/passwd"
    assert kinds[names["linked_in"]].linkname == "index.py"
    assert kinds[names["folder"]].isdir()
    assert kinds[names["pipe"]].isfifo()


def test_copies_of_the_entrypoint_bring_what_was_compiled(tmp_path: Path) -> None:
    """Classes stand in a folder that is named after their source."""
    built = tmp_path / "code"
    (built / ".classes" / "Index.java").mkdir(parents=True)
    (built / "Index.java").write_text("source")
    (built / ".classes" / "Index.java" / "Index.class").write_text("class")
    with tarfile.open(tmp_path / "built.tar.gz", "w:gz") as tar:
        tar.add(built, ".")
    target = fixtures.with_copies(tmp_path / "built.tar.gz", "Index.java", ["a", "b"], tmp_path / "copies.tar.gz")
    with tarfile.open(target) as tar:
        names = {entry.name.removeprefix("./") for entry in tar if entry.isreg()}
    both = {f"{folder}/Index.java" for folder in "ab"}
    compiled = {f".classes/{place}Index.java/Index.class" for place in ("", "a/", "b/")}
    assert names == both | compiled | {"Index.java"}


def test_one_file_is_left_out_or_replaced(archive: Path, tmp_path: Path) -> None:
    """The others stay as they are."""
    lacking = fixtures.without(archive, ".entrypoint", tmp_path / "lacking.tar.gz")
    with tarfile.open(lacking) as tar:
        assert sorted(tar.getnames()) == [".", "./index.py"]
    other = fixtures.without(archive, ".entrypoint", tmp_path / "other.tar.gz", instead=b"other.py\n")
    with tarfile.open(other) as tar:
        recorded = tar.extractfile("./.entrypoint")
        assert recorded is not None
        assert recorded.read() == b"other.py\n"


def test_half_an_archive_is_no_archive(archive: Path, tmp_path: Path) -> None:
    """It breaks off somewhere."""
    half = fixtures.cut_off(archive, tmp_path / "half.tar.gz")
    assert half.read_bytes() == archive.read_bytes()[: archive.stat().st_size // 2]
