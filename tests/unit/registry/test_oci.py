"""Descriptors, manifests and indexes."""

from __future__ import annotations

import json

import pytest

from runtimekit.registry.oci import (
    DOCKER_INDEX,
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    Descriptor,
    Index,
    Manifest,
    config_platform,
    digest_of,
)


def descriptor(text: str, media_type: str = OCI_MANIFEST, platform: str = "", **annotations: str) -> Descriptor:
    """Points at a text."""
    content = text.encode()
    return Descriptor(
        media_type=media_type, digest=digest_of(content), size=len(content), platform=platform, annotations=annotations
    )


def test_an_index_is_the_same_bytes_from_the_same_parts_in_any_order() -> None:
    """Its digest is the image's name: it must not depend on which machine was ready first."""
    arm, amd = descriptor("a", platform="linux/arm64"), descriptor("b", platform="linux/amd64")
    assert Index.of([arm, amd]).content == Index.of([amd, arm]).content
    read = Index.read(Index.of([arm, amd]).content)
    assert read.manifests == (amd, arm)
    assert Index.of([arm, amd]).descriptor.digest == digest_of(Index.of([arm, amd]).content)


def test_an_index_speaks_the_dialect_of_its_manifests() -> None:
    """Docker's for docker's; OCI's as soon as anything is OCI's, such as an attestation."""
    docker = descriptor("a", DOCKER_MANIFEST, "linux/amd64")
    extra = descriptor("x", OCI_MANIFEST, "unknown/unknown", **{"vnd.docker.reference.digest": "sha256:1"})
    assert Index.of([docker]).media_type == DOCKER_INDEX
    with_extra = Index.of([docker], [extra])
    assert with_extra.media_type == OCI_INDEX
    assert Index.read(with_extra.content).manifests == (docker, extra)


def test_an_index_is_laid_out_as_docker_does_it() -> None:
    """Merging with docker's own tools gives the same digest (toolchain.md §2)."""
    text = Index.of([descriptor("a", DOCKER_MANIFEST, "linux/arm64")]).content.decode()
    assert text.startswith(
        '{\n   "schemaVersion": 2,\n   "mediaType": "application/vnd.docker.distribution.manifest.list'
    )
    assert '"platform": {\n            "architecture": "arm64",\n            "os": "linux"\n         }' in text


def test_a_manifests_blobs_come_once_and_the_largest_first() -> None:
    """An image may have the same layer twice."""
    layers = [descriptor("small"), descriptor("a much larger one"), descriptor("small")]
    row = {"config": descriptor("config").row(), "layers": [layer.row() for layer in layers]}
    blobs = Manifest.read(json.dumps(row).encode()).blobs
    assert [blob.size for blob in blobs] == [17, 6, 5]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"config": 1}', b'{"config": {"digest": "md5:1", "size": 1}}']
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    """With a ValueError that says why."""
    with pytest.raises(ValueError, match="no "):
        Manifest.read(content)


@pytest.mark.parametrize(
    ("row", "platform"),
    [
        ({"os": "linux", "architecture": "amd64"}, "linux/amd64"),
        ({"os": "linux", "architecture": "arm64", "variant": "v8"}, "linux/arm64"),
        ({"os": "linux", "architecture": "arm", "variant": "v7"}, "linux/arm/v7"),
    ],
)
def test_a_configuration_names_its_platform(row: dict[str, str], platform: str) -> None:
    """As docker calls it."""
    assert config_platform(json.dumps(row).encode()) == platform
