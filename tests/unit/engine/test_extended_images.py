"""One more layer on an image: what is below stays as it is, and the same parts give the same image."""

from __future__ import annotations

import json
import shutil
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import savedimages

from runtimekit.engine import extended_images
from runtimekit.engine.client import Image
from runtimekit.engine.extended_images import Extended, Extension
from runtimekit.errors import EngineError, ImageMissingError
from runtimekit.registry.oci import digest_of
from runtimekit.registry.saved_image import SavedImage

if TYPE_CHECKING:
    from pathlib import Path

AMD = "linux/amd64"
BASE = Image("node-runtime:22", "sha256:1", 1, "amd64")


class FakeEngine:
    """Saves an image that was never built, and keeps what it is given to load."""

    def __init__(self, folder: Path, *, containerd: bool = True, lies: bool = False) -> None:
        self.folder = folder
        self.containerd_store = containerd
        self.lies = lies
        self.held: dict[str, Image] = {}

    def docker(self, *words: str, **_how: Any) -> str:
        """``image save`` and ``image load``."""
        if words[:2] == ("image", "save"):
            shutil.copyfile(self.folder / "base.tar", words[3])
        else:
            assert words[:2] == ("image", "load")
            shutil.copyfile(words[-1], self.folder / "loaded.tar")
            digest = SavedImage.open(self.folder / "loaded.tar").top.digest
            self.held["hello:1"] = Image("hello:1", "sha256:other" if self.lies else digest, 1, "amd64")
        return ""

    def images(self, names: list[str]) -> dict[str, Image]:
        """What was loaded."""
        return {name: self.held[name] for name in names if name in self.held}


@pytest.fixture
def extension(tmp_path: Path) -> Extension:
    """A layer, and two labels."""
    layer = tmp_path / "layer.tar"
    with tarfile.open(layer, "w") as tar:
        tar.addfile(tarfile.TarInfo("usr/code/index.js"))
    return Extension(
        layer=layer, made_by="a test", created="2026-01-01T00:00:00Z", labels={"a": "new"}, base_label="below"
    )


def extend(tmp_path: Path, extension: Extension, platform: str = AMD, **how: Any) -> tuple[Extended, SavedImage]:
    """The image, and what the engine was given."""
    savedimages.save(tmp_path / "base.tar", labels={"a": "old", "b": "kept"})
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    engine: Any = FakeEngine(tmp_path, **how)
    made = extended_images.extend(engine, BASE, platform, extension, tag="hello:1", scratch=scratch)
    return made, SavedImage.open(tmp_path / "loaded.tar")


def documents(saved: SavedImage) -> tuple[dict[str, Any], dict[str, Any]]:
    """Manifest and configuration."""
    manifest = json.loads(saved.read(saved.top.digest))
    return manifest, json.loads(saved.read(manifest["config"]["digest"]))


def test_the_layers_below_are_those_of_the_image_below(tmp_path: Path, extension: Extension) -> None:
    """In the same order; the new one is last, under its own digest, and the labels say of what it is made."""
    made, saved = extend(tmp_path, extension)
    base = SavedImage.open(tmp_path / "base.tar").manifests()[AMD]
    below = json.loads(SavedImage.open(tmp_path / "base.tar").read(base.digest))["layers"]
    manifest, config = documents(saved)
    layer = digest_of(extension.layer.read_bytes())
    assert manifest["layers"][:-1] == below
    assert manifest["layers"][-1]["digest"] == config["rootfs"]["diff_ids"][-1] == made.layer == layer
    assert manifest["layers"][-1]["mediaType"] == "application/vnd.docker.image.rootfs.diff.tar"
    assert config["config"]["Labels"] == {"a": "new", "b": "kept", "below": base.digest}
    assert (made.below, made.base.digest) == (BASE.id, base.digest)
    assert made.manifest.digest == saved.top.digest
    assert saved.top.annotations == {"io.containerd.image.name": "docker.io/library/hello:1"}


def test_another_user_may_run_it(tmp_path: Path, extension: Extension) -> None:
    """Images of some protocols are root's, which a bundle never is."""
    _made, saved = extend(tmp_path, replace(extension, user="2001:2000"))
    assert documents(saved)[1]["config"]["User"] == "2001:2000"
    _made, saved = extend(tmp_path, extension)
    assert "User" not in documents(saved)[1]["config"], "it stays as it is"


@pytest.mark.parametrize("containerd", [True, False])
def test_layers_below_are_sent_only_to_a_store_that_does_not_keep_them(
    tmp_path: Path, extension: Extension, *, containerd: bool
) -> None:
    """The containerd image store has them: the engine gets three blobs."""
    _made, saved = extend(tmp_path, extension, containerd=containerd)
    assert len(saved.places) == (3 if containerd else 5)


def test_the_same_parts_give_the_same_image(tmp_path: Path, extension: Extension) -> None:
    """And another layer another one."""
    one, again = (extend(tmp_path, extension)[0] for _ in range(2))
    assert one == again
    other = tmp_path / "other.tar"
    other.write_bytes(extension.layer.read_bytes() + bytes(512))
    assert extend(tmp_path, replace(extension, layer=other))[0].manifest != one.manifest


def test_a_platform_that_the_image_below_has_not(tmp_path: Path, extension: Extension) -> None:
    """It is said, with the image's name."""
    with pytest.raises(ImageMissingError, match="node-runtime:22 for linux/riscv64"):
        extend(tmp_path, extension, "linux/riscv64")


def test_an_engine_that_has_something_else_afterwards(tmp_path: Path, extension: Extension) -> None:
    """Then the name means what nobody has made."""
    with pytest.raises(EngineError, match="the engine has sha256:other as hello:1"):
        extend(tmp_path, extension, lies=True)
