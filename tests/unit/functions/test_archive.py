"""An archive depends only on the folder's contents."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from runtimekit.errors import ConfigurationError
from runtimekit.functions.archive import pack

KNOWN_DIGEST = "41d8c6ff764ee5185631027a951a2f9ac4a92868f94b3a7aa422fdf59bf8ae7b"
"""The hash of the sample below. If it changes, all archives change."""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A folder with one entry of each kind."""
    folder = tmp_path / "function"
    (folder / "src").mkdir(parents=True)
    (folder / "index.js").write_text("module.exports = (req, res) => res.send('hi')\n")
    (folder / "src" / "run.sh").write_text("#!/bin/sh\n")
    (folder / "src" / "run.sh").chmod(0o755)
    (folder / "src" / "link").symlink_to("../index.js")
    (folder / "ünïcode").write_text("x")
    (folder / ("long" * 40)).write_text("a name that needs more than the classic header\n")
    return folder


def test_the_archive_is_the_same_everywhere_and_for_ever(sample: Path, tmp_path: Path) -> None:
    """The hash is the same on every machine."""
    digest = pack(sample, tmp_path / "a.tar.gz")
    assert digest == KNOWN_DIGEST
    assert hashlib.sha256((tmp_path / "a.tar.gz").read_bytes()).hexdigest() == digest


def test_times_modes_owners_and_order_do_not_matter(sample: Path, tmp_path: Path) -> None:
    """Neither do leftovers of tools."""
    before = pack(sample, tmp_path / "a.tar.gz")
    copy = tmp_path / "copy"
    shutil.copytree(sample, copy, symlinks=True)
    os.utime(copy / "index.js", (1, 1))
    (copy / "index.js").chmod(0o600)
    (copy / "src").chmod(0o700)
    (copy / "src" / "run.sh").chmod(0o700)
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "x.pyc").write_text("x")
    assert pack(copy, tmp_path / "b.tar.gz") == before


@pytest.mark.parametrize("change", ["content", "name", "executable", "link"])
def test_what_is_in_the_folder_matters(sample: Path, tmp_path: Path, change: str) -> None:
    """Each of the things that a function can notice."""
    before = pack(sample, tmp_path / "a.tar.gz")
    match change:
        case "content":
            (sample / "index.js").write_text("")
        case "name":
            (sample / "index.js").rename(sample / "index.mjs")
        case "executable":
            (sample / "index.js").chmod(0o755)
        case _:
            (sample / "src" / "link").unlink()
            (sample / "src" / "link").symlink_to("elsewhere")
    assert pack(sample, tmp_path / "a.tar.gz") != before


def test_the_members_are_plain(sample: Path, tmp_path: Path) -> None:
    """Owner 0 without a name, time 0, mode 0644 or 0755; names as ``tar -C FOLDER .`` gives them, sorted."""
    pack(sample, tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        members = archive.getmembers()
    names = [member.name for member in members]
    assert names == sorted(names)
    assert names[0] == "."
    assert all(name.startswith("./") for name in names[1:])
    assert {(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in members} == {(0, 0, "", "", 0)}
    modes = {member.name: member.mode for member in members if not member.issym()}
    wanted = {".": 0o755, "./index.js": 0o644, "./src": 0o755, "./src/run.sh": 0o755}
    assert {name: modes[name] for name in wanted} == wanted


@pytest.mark.parametrize("size", [0, 1, 0xFFFF, 0x10000, 1_000_003])
def test_files_of_any_size_come_out_as_they_went_in(tmp_path: Path, size: int) -> None:
    """Around the limits of a stored block too; Python's gzip checks the checksum."""
    folder, content = tmp_path / "f", os.urandom(size)
    folder.mkdir()
    (folder / "data").write_bytes(content)
    pack(folder, tmp_path / "a.tar.gz")
    gzip.decompress((tmp_path / "a.tar.gz").read_bytes())
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        member = archive.extractfile("./data")
        assert member is not None
        assert member.read() == content


def test_ordinary_tools_can_unpack_it(sample: Path, tmp_path: Path) -> None:
    """As launch.sh does."""
    pack(sample, tmp_path / "a.tar.gz")
    target = tmp_path / "target"
    target.mkdir()
    subprocess.run(["tar", "-xzf", str(tmp_path / "a.tar.gz"), "-C", str(target)], check=True)
    subprocess.run(["diff", "-r", str(sample), str(target)], check=True)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """Also one with leftovers only; no archive is made."""
    folder = tmp_path / "empty"
    (folder / "__pycache__").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="is empty"):
        pack(folder, tmp_path / "a.tar.gz")
    assert not (tmp_path / "a.tar.gz").exists()


def test_an_archive_inside_its_own_folder_is_refused(sample: Path) -> None:
    """The second run would pack the first one's result."""
    with pytest.raises(ConfigurationError, match="inside the folder that it packs"):
        pack(sample, sample / "a.tar.gz")


def test_a_file_that_cannot_be_read_leaves_no_archive(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even half of one."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    (tmp_path / "out").mkdir()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionError):
        pack(sample, tmp_path / "out" / "a.tar.gz")
    monkeypatch.undo()
    assert list((tmp_path / "out").iterdir()) == []
