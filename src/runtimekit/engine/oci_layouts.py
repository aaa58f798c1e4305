"""Images on their way to and from BuildKits that do not see the engine's images: folders in OCI's layout.

A base that the engine holds goes out as one (``--build-context …=oci-layout://``). What was built comes back as one for
each platform, and goes into the engine as one image. No byte of a manifest changes on the way: the image that is
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
    """Write an image of the engine, with all its platforms, into a folder, and say how ``--build-context`` names it.

    Raises:
        DiskFullError: There is no room for it.
        CommandError: The image is not there any more.
    """
    with export.saved(engine, image, folder / "saved") as file, tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    return f"oci-layout://{folder}@{image.id}"


def load(engine: Engine, layouts: Mapping[str, Path], name: str, archive: Path) -> None:
    """Load what was built for each platform into the engine, as one image.

    Args:
        engine: Where to.
        layouts: A layout for each platform (docker's names), holding one image each.
        name: The image's name and tag.
        archive: A file to write on the way; the caller removes it.

    Raises:
        CommandError: The engine does not take it.
        EngineError: What it has now is not what was built.
    """
    images = [replace(_image(folder), platform=platform) for platform, folder in layouts.items()]
    blobs = {blob.name: blob for folder in layouts.values() for blob in (folder / "blobs/sha256").iterdir()}
    index = Index.of(images)
    top = images[0] if len(images) == 1 else index.descriptor
    with tarfile.open(archive, "w") as tar:
        _add(tar, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        named = replace(top, annotations={"io.containerd.image.name": _full(name)})
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
    """The only image of a layout, without the names that it was given."""
    (row,) = json.loads((folder / "index.json").read_bytes())["manifests"]
    return replace(Descriptor.read(row), annotations={})


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _full(name: str) -> str:
    """A name as containerd keeps it: ``docker.io/library/node-runtime:22``."""
    host, slash, _ = name.partition("/")
    if slash and (host == "localhost" or set(host) & {".", ":"}):
        return name
    return f"docker.io/{name}" if slash else f"docker.io/library/{name}"
