"""The results of several builders become one image of the engine."""

from __future__ import annotations

import io
import json
import tarfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import oci_layouts
from runtimekit.errors import EngineError
from runtimekit.registry.oci import OCI_MANIFEST, digest_of
from runtimekit.registry.saved_image import SavedImage

if TYPE_CHECKING:
    from pathlib import Path


def built(folder: Path, architecture: str) -> str:
    """A layout as buildx leaves it; the manifest's digest."""
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(content: bytes) -> dict[str, Any]:
        (blobs / digest_of(content).removeprefix("sha256:")).write_bytes(content)
        return {"mediaType": "x", "digest": digest_of(content), "size": len(content)}

    config = blob(json.dumps({"os": "linux", "architecture": architecture}).encode())
    top = blob(json.dumps({"config": config, "layers": [blob(b"shared")]}).encode())
    row = top | {"mediaType": OCI_MANIFEST, "annotations": {"org.opencontainers.image.ref.name": "theirs"}}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [row]}))
    return str(top["digest"])


@pytest.fixture
def engine(tmp_path: Path) -> Any:
    """An engine that loads every archive."""
    holds: dict[str, Any] = {}

    def docker(*words: str, **_more: Any) -> str:
        saved = SavedImage.open(tmp_path / "image.tar")
        holds["x-runtime:1"] = SimpleNamespace(id=saved.top.digest)
        holds["words"] = words
        holds["saved"] = saved
        return ""

    return SimpleNamespace(docker=docker, images=lambda names: {name: holds[name] for name in names}, holds=holds)


def test_several_platforms_become_one_image_with_their_digests_unchanged(tmp_path: Path, engine: Any) -> None:
    """Each blob once, sorted by platform, under the name that was asked for."""
    digests = {f"linux/{name}": built(tmp_path / name, name) for name in ("arm64", "amd64")}
    parts = {name: tmp_path / name.rpartition("/")[2] for name in digests}
    oci_layouts.load(engine, parts, "x-runtime:1", tmp_path / "image.tar")
    saved = engine.holds["saved"]
    assert {name: each.digest for name, each in saved.manifests().items()} == digests
    assert list(saved.manifests()) == ["linux/amd64", "linux/arm64"]
    assert len(saved.places) == 6  # the index; two manifests and configurations; one layer
    assert saved.top.annotations == {"io.containerd.image.name": "docker.io/library/x-runtime:1"}
    assert not any(each.annotations for each in saved.manifests().values())
    assert engine.holds["words"][:2] == ("image", "load")


def test_a_single_platform_needs_no_index(tmp_path: Path, engine: Any) -> None:
    """As the engine itself has it: the image is its manifest."""
    digest = built(tmp_path / "amd64", "amd64")
    oci_layouts.load(engine, {"linux/amd64": tmp_path / "amd64"}, "x-runtime:1", tmp_path / "image.tar")
    assert engine.holds["saved"].top.digest == digest


def test_an_engine_that_has_something_else_afterwards_is_an_error(tmp_path: Path, engine: Any) -> None:
    """The tested image must be the built one."""
    built(tmp_path / "amd64", "amd64")
    engine.images = lambda _names: {"x-runtime:1": SimpleNamespace(id="sha256:other")}
    with pytest.raises(EngineError, match="but the engine has sha256:other as x-runtime:1"):
        oci_layouts.load(engine, {"linux/amd64": tmp_path / "amd64"}, "x-runtime:1", tmp_path / "image.tar")


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("x-runtime:1", "docker.io/library/x-runtime:1"),
        ("acme/x-runtime:1", "docker.io/acme/x-runtime:1"),
        ("localhost/x-runtime:1", "localhost/x-runtime:1"),
        ("registry.test:5000/acme/x:1", "registry.test:5000/acme/x:1"),
    ],
)
def test_names_are_those_that_containerd_keeps(name: str, full: str) -> None:
    """A host has a dot or a port, or is localhost."""
    assert oci_layouts.full_name(name) == full


def test_an_image_of_the_engine_goes_out_as_a_folder(tmp_path: Path) -> None:
    """It is named by its digest. The temporary file is removed."""

    def docker(*words: str, **_more: Any) -> str:
        with tarfile.open(words[words.index("--output") + 1], "w") as tar:
            entry = tarfile.TarInfo("blobs/sha256/1")
            entry.size = 3
            tar.addfile(entry, io.BytesIO(b"one"))
        return ""

    engine: Any = SimpleNamespace(docker=docker)
    image: Any = SimpleNamespace(id="sha256:12", size=3)
    folder = tmp_path / "base"
    assert oci_layouts.write(engine, image, folder) == f"oci-layout://{folder}@sha256:12"
    assert (folder / "blobs/sha256/1").read_bytes() == b"one"
    assert not (folder / "saved").exists()
