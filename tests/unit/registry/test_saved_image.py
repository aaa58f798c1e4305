"""Saved images, read in place."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest
import savedimages

from runtimekit.errors import DigestMismatchError
from runtimekit.registry.oci import Manifest, digest_of
from runtimekit.registry.saved_image import SavedImage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("platforms", [("linux/amd64",), ("linux/amd64", "linux/arm64")])
def test_every_platforms_manifest_and_blobs_are_found(tmp_path: Path, platforms: tuple[str, ...]) -> None:
    """With one platform there is no index; docker writes it so."""
    top = savedimages.save(tmp_path / "image.tar", platforms, labels={"a": "b"})
    saved = SavedImage.open(tmp_path / "image.tar")
    manifests = saved.manifests()
    assert saved.top == top
    assert sorted(manifests) == sorted(platforms)
    for name, manifest in manifests.items():
        assert manifest.platform == name
        assert saved.labels(manifest) == {"a": "b"}
        for blob in Manifest.read(saved.read(manifest.digest)).blobs:
            with saved.opened(blob.digest) as stream:
                assert digest_of(stream.read(blob.size)) == blob.digest


def test_it_is_known_by_its_id_in_both_kinds_of_image_store(tmp_path: Path) -> None:
    """The top's digest, or the only configuration's."""
    top = savedimages.save(tmp_path / "image.tar", ("linux/amd64",))
    saved = SavedImage.open(tmp_path / "image.tar")
    assert saved.is_of(top.digest)
    assert saved.is_of(Manifest.read(saved.read(top.digest)).config.digest)
    assert not saved.is_of(digest_of(b"another"))


def test_a_platform_without_content_is_not_there(tmp_path: Path) -> None:
    """An engine may keep an index of which it pulled only one platform."""
    savedimages.save(tmp_path / "whole.tar")
    whole = SavedImage.open(tmp_path / "whole.tar")
    missing = whole.manifests()["linux/arm64"].digest.removeprefix("sha256:")
    with tarfile.open(tmp_path / "whole.tar") as source, tarfile.open(tmp_path / "half.tar", "w") as target:
        for member in source:
            if missing not in member.name:
                target.addfile(member, source.extractfile(member))
    assert sorted(SavedImage.open(tmp_path / "half.tar").manifests()) == ["linux/amd64"]


def test_bytes_that_are_not_what_their_name_says_are_found_out(tmp_path: Path) -> None:
    """A broken disk, or a broken engine."""
    path = tmp_path / "image.tar"
    savedimages.save(path, ("linux/amd64",))
    saved = SavedImage.open(path)
    place = saved.places[saved.top.digest]
    content = bytearray(path.read_bytes())
    content[place.offset + 5] ^= 1
    path.write_bytes(content)
    with pytest.raises(DigestMismatchError):
        SavedImage.open(path).read(saved.top.digest)
    with pytest.raises(DigestMismatchError, match="nothing"):
        saved.read(digest_of(b"another"))


def test_what_is_no_saved_image_is_refused(tmp_path: Path) -> None:
    """With a reason."""
    (tmp_path / "text.tar").write_text("text" * 1000)
    with pytest.raises(ValueError, match="cannot be read"):
        SavedImage.open(tmp_path / "text.tar")
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    with pytest.raises(ValueError, match=r"no index\.json"):
        SavedImage.open(tmp_path / "empty.tar")
