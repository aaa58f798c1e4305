"""A built function as the layer of an image: the same bytes, nobody's but root's, nothing that could do harm."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError
from runtimekit.functions import layer

if TYPE_CHECKING:
    from pathlib import Path

WHEN = 1_700_000_000


def entry(name: str, kind: bytes = tarfile.REGTYPE, **facts: object) -> tarfile.TarInfo:
    """An entry as a build leaves it: with its own time and owner."""
    info = tarfile.TarInfo(name)
    info.type, info.uid, info.gid, info.mtime = kind, 2001, 2000, 1_234_567_890.5
    for fact, value in facts.items():
        setattr(info, fact, value)
    return info


def packed(path: Path, entries: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    """An archive with these entries, in this order."""
    with tarfile.open(path, "w:gz") as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def written(archive: Path, target: Path) -> dict[str, tarfile.TarInfo]:
    """The layer's entries."""
    layer.write(archive, target, folder="usr/code", files={"usr/local/src/unpack.sh": b"#\n"}, when=WHEN)
    with tarfile.open(target) as made:
        return {each.name: each for each in made}


def test_owners_times_and_modes_are_made_equal(tmp_path: Path) -> None:
    """Everybody may read it, nobody but root change it, whatever modes the build has left."""
    archive = packed(
        tmp_path / "a.tar.gz",
        [
            (entry(".", tarfile.DIRTYPE, mode=0o700), b""),
            (entry("./b", mode=0o600), b"b"),
            (entry("./a", tarfile.DIRTYPE, mode=0o777), b""),
            (entry("./a/run", mode=0o4710), b"#!"),
            (entry("./link", tarfile.SYMTYPE, linkname="a/run"), b""),
        ],
    )
    made = written(archive, tmp_path / "layer.tar")
    assert list(made) == [
        "usr/code",
        "usr/code/a",
        "usr/code/a/run",
        "usr/code/b",
        "usr/code/link",
        "usr/local/src/unpack.sh",
    ]
    assert {each.mtime for each in made.values()} == {WHEN}
    assert {(each.uid, each.gid) for each in made.values()} == {(0, 0)}
    modes = {name: each.mode for name, each in made.items()}
    assert modes["usr/code"] == modes["usr/code/a"] == modes["usr/code/a/run"] == 0o755
    assert modes["usr/code/b"] == 0o644
    assert made["usr/code/link"].linkname == "a/run"


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    """In whatever order, and whenever, they were packed."""
    files = [(entry("./x", mode=0o644), b"x"), (entry("./y", mode=0o644), b"y")]
    later = [(entry("./y", mode=0o664, mtime=5), b"y"), (entry("./x", mode=0o666), b"x")]
    written(packed(tmp_path / "a.tar.gz", files), tmp_path / "one.tar")
    written(packed(tmp_path / "b.tar.gz", later), tmp_path / "other.tar")
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "other.tar").read_bytes()


def test_hard_links_become_files(tmp_path: Path) -> None:
    """In the order of names a link may come before its target."""
    archive = packed(
        tmp_path / "a.tar.gz",
        [(entry("./z", mode=0o644), b"same"), (entry("./a", tarfile.LNKTYPE, linkname="./z", mode=0o644), b"")],
    )
    made = written(archive, tmp_path / "layer.tar")
    assert made["usr/code/a"].isreg()
    with tarfile.open(tmp_path / "layer.tar") as read:
        content = read.extractfile("usr/code/a")
        assert content
        assert content.read() == b"same"


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (entry("../etc/passwd"), "leads out"),
        (entry("/etc/passwd"), "leads out"),
        (entry("./a/../../b"), "leads out"),
        (entry("./a/.wh.b"), "no layer can hold"),
        (entry("./pipe", tarfile.FIFOTYPE), "no file, folder or link"),
        (entry("./device", tarfile.CHRTYPE), "no file, folder or link"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_no_layer_can_hold_is_refused(tmp_path: Path, info: tarfile.TarInfo, words: str) -> None:
    """It would change files of the layers below, or be lost."""
    with pytest.raises(ConfigurationError, match=words):
        written(packed(tmp_path / "a.tar.gz", [(info, b"")]), tmp_path / "layer.tar")
