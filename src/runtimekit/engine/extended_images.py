"""An image with one more layer on top. The layers below stay the same, byte for byte: nothing is built."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runtimekit.engine import export
from runtimekit.engine.oci_layouts import LOAD_SECONDS, full_name
from runtimekit.errors import EngineError, ImageMissingError
from runtimekit.registry.oci import DOCKER_MANIFEST, OCI_INDEX, Descriptor, Index, Manifest, digest_of
from runtimekit.registry.saved_image import SavedImage
from runtimekit.support.canonical_json import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine, Image

LAYER_TYPES = {
    True: "application/vnd.docker.image.rootfs.diff.tar",
    False: "application/vnd.oci.image.layer.v1.tar",
}
"""The media type of a layer that is not compressed: docker's, and OCI's."""


@dataclass(frozen=True)
class Extended:
    """An image for one platform that was put together here."""

    below: str
    """The engine's id of the image below."""
    base: Descriptor
    """The manifest of the image below."""
    manifest: Descriptor
    layer: str
    """The digest of the layer on top."""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """What is added to an image."""

    layer: Path
    """A tar file."""
    made_by: str
    """Where the layer comes from, for ``docker history``."""
    created: str
    """RFC 3339."""
    labels: Mapping[str, str]
    """They replace those of the same names."""
    base_label: str
    """The label that gets the digest of the image below."""
    user: str = ""
    """Who runs it; empty for the user of the image below."""


def extend(engine: Engine, image: Image, platform: str, extension: Extension, *, tag: str, scratch: Path) -> Extended:
    """Put a layer on top of an image, and give the result a name in the engine. The same parts give the same digest.

    Args:
        engine: The engine that has the image, and gets the new one.
        image: The image below.
        platform: As docker calls it. The new image is for this platform only.
        extension: The layer, and what the new image says of itself.
        tag: The new image's name and tag.
        scratch: A folder for files; the caller removes it.

    Raises:
        ImageMissingError: The image below has nothing for the platform.
        CommandError: The engine refuses the image.
        DiskFullError: The disk has no space for it.
        EngineError: The engine saves or loads images in another way than this project knows.
    """
    with export.saved(engine, image, scratch / "saved") as file:
        try:
            saved = SavedImage.open(file)
        except ValueError as error:
            todo = ["use Docker 25 or newer: it saves images in OCI's layout"]
            raise EngineError(f"the engine saves images in another layout: {error}", todo=todo) from None
        base = saved.manifests().get(platform)
        if base is None:
            raise ImageMissingError(image.reference, platform, image.reference)
        manifest, config, layer = _documents(saved, base, extension)
        made = replace(base, digest=digest_of(manifest), size=len(manifest), platform=platform, annotations={})
        with tarfile.open(scratch / "extended.tar", "w") as archive:
            _write(archive, tag, made, [manifest, config], extension.layer, layer)
            if not engine.containerd_store:  # the other store keeps no layers as they came
                for blob in Manifest.read(saved.read(base.digest)).layers:
                    _copy(archive, saved, blob)
    engine.docker(
        "image",
        "load",
        "--quiet",
        "--input",
        str(scratch / "extended.tar"),
        doing=f"loading {tag}",
        deadline=LOAD_SECONDS,
    )
    held = engine.images([tag]).get(tag)
    if held is None or held.id not in {made.digest, digest_of(config)}:
        raise EngineError(f"{made.digest} was made, but the engine has {held.id if held else 'nothing'} as {tag}.")
    return Extended(image.id, base, made, layer.digest)


def _documents(saved: SavedImage, base: Descriptor, extension: Extension) -> tuple[bytes, bytes, Descriptor]:
    """The new manifest, the new configuration, and the layer."""
    manifest: dict[str, Any] = json.loads(saved.read(base.digest))
    config: dict[str, Any] = json.loads(saved.read(manifest["config"]["digest"]))
    with extension.layer.open("rb") as stream:
        digest = f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
    media_type = LAYER_TYPES[base.media_type == DOCKER_MANIFEST]
    layer = Descriptor(media_type=media_type, digest=digest, size=extension.layer.stat().st_size)
    settings = config.setdefault("config", {})
    below = {extension.base_label: base.digest}
    settings["Labels"] = {**(settings.get("Labels") or {}), **extension.labels, **below}
    if extension.user:
        settings["User"] = extension.user
    config["created"] = extension.created
    config.setdefault("history", []).append({"created": extension.created, "created_by": extension.made_by})
    config["rootfs"]["diff_ids"].append(digest)
    content = canonical(config)
    manifest["config"] |= {"digest": digest_of(content), "size": len(content)}
    manifest["layers"].append(layer.row())
    manifest.pop("annotations", None)
    return canonical(manifest), content, layer


def _write(
    archive: tarfile.TarFile, tag: str, made: Descriptor, documents: list[bytes], file: Path, layer: Descriptor
) -> None:
    """The new image in OCI's layout, without the layers below: the engine has them."""
    named = replace(made, annotations={"io.containerd.image.name": full_name(tag)})
    _add(archive, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
    _add(archive, "index.json", Index((named,), OCI_INDEX).content)
    for content in documents:
        _add(archive, _blob(digest_of(content)), content)
    archive.add(file, _blob(layer.digest))


def _copy(archive: tarfile.TarFile, saved: SavedImage, blob: Descriptor) -> None:
    entry = tarfile.TarInfo(_blob(blob.digest))
    entry.size = blob.size
    with saved.opened(blob.digest) as stream:
        archive.addfile(entry, stream)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _blob(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
