"""Saved images without an engine: tar files in OCI's layout, as `docker image save` writes them."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

from runtimekit.registry.oci import DOCKER_MANIFEST, Descriptor, Index, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def save(
    path: Path,
    platforms: Sequence[str] = ("linux/amd64", "linux/arm64"),
    *,
    labels: Mapping[str, str] | None = None,
    text: str = "content",
) -> Descriptor:
    """Write an image that has two layers for each platform, and give what its name stands for."""
    blobs: dict[str, bytes] = {}

    def keep(content: bytes, media_type: str, platform: str = "") -> Descriptor:
        digest = digest_of(content)
        blobs[digest] = content
        return Descriptor(media_type=media_type, digest=digest, size=len(content), platform=platform)

    manifests = []
    for platform in platforms:
        system, architecture = platform.split("/")
        layers = [keep(f"{text} {platform} {number}".encode() * 100, "layer").row() for number in range(2)]
        config = {"os": system, "architecture": architecture, "config": {"Labels": dict(labels or {})}}
        config["rootfs"] = {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]}
        row = {
            "schemaVersion": 2,
            "mediaType": DOCKER_MANIFEST,
            "config": keep(json.dumps(config).encode(), "config").row(),
            "layers": layers,
        }
        manifests.append(keep(json.dumps(row).encode(), DOCKER_MANIFEST, platform))
    index = Index.of(manifests)
    top = manifests[0] if len(manifests) == 1 else keep(index.content, index.media_type)
    with tarfile.open(path, "w") as archive:
        for digest, content in blobs.items():
            _add(archive, f"blobs/sha256/{digest.removeprefix('sha256:')}", content)
        _add(archive, "index.json", json.dumps({"schemaVersion": 2, "manifests": [top.row()]}).encode())
    return top


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
