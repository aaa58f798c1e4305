"""Descriptors, manifests and indexes of the OCI image specification, as far as publishing needs them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

INDEXES = frozenset({OCI_INDEX, DOCKER_INDEX})
MANIFESTS = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})

DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
LARGEST_MANIFEST = 4 * 1024 * 1024
"""The largest manifest that a registry must accept (distribution specification). In bytes."""


def digest_of(content: bytes) -> str:
    """``sha256:…``."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """A reference to content by its digest (OCI image specification)."""

    media_type: str
    digest: str
    size: int
    platform: str = ""
    """Docker's name, ``linux/arm64``; empty if there is none, ``unknown/unknown`` for attestations."""
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """From JSON.

        Raises:
            ValueError: It is no descriptor.
        """
        try:
            media_type, digest, size = str(row["mediaType"]), str(row["digest"]), int(row["size"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no descriptor: {error!r}") from None
        if not DIGEST.fullmatch(digest) or size < 0:
            raise ValueError(f"no descriptor: digest {digest!r}, size {size}")
        platform = row.get("platform") or {}
        parts = (platform.get("os"), platform.get("architecture"), platform.get("variant"))
        return cls(
            media_type=media_type,
            digest=digest,
            size=size,
            platform="/".join(part for part in parts if part),
            annotations=dict(row.get("annotations") or {}),
        )

    def row(self) -> dict[str, Any]:
        """For JSON, in the order in which docker writes it."""
        row: dict[str, Any] = {"mediaType": self.media_type, "digest": self.digest, "size": self.size}
        if self.annotations:
            row["annotations"] = dict(sorted(self.annotations.items()))
        if self.platform:
            system, architecture, *variant = self.platform.split("/")
            row["platform"] = {"architecture": architecture, "os": system}
            row["platform"] |= {"variant": variant[0]} if variant else {}
        return row


@dataclass(frozen=True)
class Manifest:
    """One image for one platform: its configuration and its layers."""

    config: Descriptor
    layers: tuple[Descriptor, ...]

    @classmethod
    def read(cls, content: bytes) -> Self:
        """From its bytes.

        Raises:
            ValueError: It is no manifest.
        """
        row = _object(content)
        if "config" not in row:
            raise ValueError("no manifest: it has no configuration")
        return cls(Descriptor.read(row["config"]), tuple(Descriptor.read(each) for each in row.get("layers") or ()))

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """The blobs to push before the manifest, without repetitions, the largest first because it takes longest."""
        return tuple(sorted(dict.fromkeys((self.config, *self.layers)), key=lambda blob: -blob.size))


@dataclass(frozen=True)
class Index:
    """One image for several platforms. Made here, byte for byte the same from the same parts."""

    manifests: tuple[Descriptor, ...]
    media_type: str = OCI_INDEX

    @classmethod
    def of(cls, images: Iterable[Descriptor], extras: Iterable[Descriptor] = ()) -> Self:
        """The index of these images, sorted by platform, and of what is added to them, such as attestations.

        It speaks docker's dialect where all of it does, else OCI's: a mixture is not understood everywhere.
        """
        manifests = (*sorted(images, key=lambda image: image.platform), *extras)
        is_dockers = all(each.media_type == DOCKER_MANIFEST for each in manifests)
        return cls(manifests, DOCKER_INDEX if is_dockers else OCI_INDEX)

    @classmethod
    def read(cls, content: bytes) -> Self:
        """From its bytes.

        Raises:
            ValueError: It is no index.
        """
        row = _object(content)
        if row.get("mediaType") not in INDEXES or not isinstance(row.get("manifests"), list):
            raise ValueError(f"no index: its type is {row.get('mediaType')!r}")
        return cls(tuple(Descriptor.read(each) for each in row["manifests"]), row["mediaType"])

    @property
    def content(self) -> bytes:
        """Its bytes, laid out as docker lays them out."""
        rows = [each.row() for each in self.manifests]
        return json.dumps(
            {"schemaVersion": 2, "mediaType": self.media_type, "manifests": rows}, indent=3, ensure_ascii=True
        ).encode()

    @property
    def descriptor(self) -> Descriptor:
        """The descriptor of this index."""
        content = self.content
        return Descriptor(media_type=self.media_type, digest=digest_of(content), size=len(content))


def config_platform(content: bytes) -> str:
    """The platform that an image's configuration names: ``linux/arm64``.

    Raises:
        ValueError: It is no image's configuration.
    """
    row = _object(content)
    system, architecture, variant = row.get("os"), row.get("architecture"), row.get("variant")
    if not (isinstance(system, str) and isinstance(architecture, str) and system and architecture):
        raise ValueError("no image configuration: it names no platform")
    usual = not variant or (architecture, variant) == ("arm64", "v8")
    return f"{system}/{architecture}" if usual else f"{system}/{architecture}/{variant}"


def config_labels(content: bytes) -> dict[str, str]:
    """The labels in an image's configuration."""
    return dict((_object(content).get("config") or {}).get("Labels") or {})


def _object(content: bytes) -> dict[str, Any]:
    try:
        row = json.loads(content)
    except ValueError as error:
        raise ValueError(f"no JSON: {error}") from None
    if not isinstance(row, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - of the content, not of an argument
    return row
