"""Exchange images with BuildKits that cannot see the engine's images, through folders in OCI layout.

A base from the engine is passed as such a folder (``--build-context …=oci-layout://``). A build returns one folder for
each platform, and we load them into the engine as one image. Manifests are copied unchanged, so the image that is
loaded, tested and published has the digests that BuildKit made.
"""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

from runtimekit.engine import export
from runtimekit.errors import EngineError
from runtimekit.registry.oci import OCI_INDEX, Descriptor, Index

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine, Image

LOAD_SECONDS = 900


def write(engine: Engine, image: Image, folder: Path) -> str:
    """Write an image with all its platforms into a folder, and return the value for ``--build-context``.

    Raises:
        DiskFullError: The disk has no space for it.
        CommandError: The image no longer exists.
    """
    with export.saved(engine, image, folder / "saved") as file, tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    return f"oci-layout://{folder}@{image.id}"


def load(engine: Engine, layouts: Mapping[str, Path], name: str, archive: Path) -> None:
    """Load the images of several platforms into the engine, as one image.

    Args:
        engine: The engine that loads it.
        layouts: A layout with one image for each platform, by docker's name of the platform.
        name: The image's name and tag.
        archive: A temporary file to write; the caller removes it.

    Raises:
        CommandError: The engine refuses it.
        EngineError: The loaded image has another digest than the build.
    """
    images = [replace(_image(folder), platform=platform) for platform, folder in layouts.items()]
    blobs = {blob.name: blob for folder in layouts.values() for blob in (folder / "blobs/sha256").iterdir()}
    index = Index.of(images)
    top = images[0] if len(images) == 1 else index.descriptor
    with tarfile.open(archive, "w") as tar:
        _add(tar, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        named = replace(top, annotations={"io.containerd.image.name": full_name(name)})
        _add(tar, "index.json", Index((named,), OCI_INDEX).content)
        if len(images) > 1:
            _add(tar, f"blobs/{top.digest.replace(':', '/')}", index.content)
        for digest, blob in sorted(blobs.items()):
            tar.add(blob, f"blobs/sha256/{digest}")
    engine.docker("image", "load", "--quiet", "--input", str(archive), doing=f"loading {name}", deadline=LOAD_SECONDS)
    held = engine.images([name]).get(name)
    if held is None or held.id != top.digest:
        raise EngineError(f"{top.digest} was built, but the engine has {held.id if held else 'nothing'} as {name}.")


def _image(folder: Path) -> Descriptor:
    """The only image of a layout, without its annotations."""
    (row,) = json.loads((folder / "index.json").read_bytes())["manifests"]
    return replace(Descriptor.read(row), annotations={})


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def full_name(name: str) -> str:
    """A name in containerd's full form: ``docker.io/library/node-runtime:22``."""
    host, slash, _ = name.partition("/")
    if slash and (host == "localhost" or set(host) & {".", ":"}):
        return name
    return f"docker.io/{name}" if slash else f"docker.io/library/{name}"
