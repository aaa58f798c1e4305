"""Reads a saved image, a tar file in the OCI image layout, without unpacking it."""

from __future__ import annotations

import json
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Self

from runtimekit.errors import DigestMismatchError
from runtimekit.registry.oci import INDEXES, Descriptor, Index, Manifest, config_labels, config_platform, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BLOBS = "blobs/sha256/"


@dataclass(frozen=True)
class Place:
    """The position of a blob in the file."""

    offset: int
    size: int


@dataclass(frozen=True)
class SavedImage:
    """One image with all its platforms."""

    path: Path
    top: Descriptor
    """What its name stands for: an index, or the manifest of its only platform."""
    places: Mapping[str, Place]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the table of contents.

        Raises:
            ValueError: It is no image in OCI's layout.
        """
        try:
            with tarfile.open(path, "r:") as archive:
                members = {member.name: Place(member.offset_data, member.size) for member in archive if member.isfile()}
        except (tarfile.TarError, OSError) as error:
            raise ValueError(f"{path} cannot be read: {error}") from None
        if "index.json" not in members:
            raise ValueError(f"{path} is not in OCI's layout: it has no index.json")
        listed = json.loads(_read(path, members["index.json"])).get("manifests") or []
        tops = {each.digest: each for each in map(Descriptor.read, listed)}
        if len(tops) != 1:
            raise ValueError(f"{path} holds {len(tops)} images, not one")
        places = {f"sha256:{name.removeprefix(_BLOBS)}": at for name, at in members.items() if name.startswith(_BLOBS)}
        return cls(path, next(iter(tops.values())), places)

    def read(self, digest: str) -> bytes:
        """The bytes of a small blob; checked.

        Raises:
            DigestMismatchError: They are not those that the digest stands for, or not there.
        """
        place = self.places.get(digest)
        content = _read(self.path, place) if place else b""
        if (found := digest_of(content)) != digest:
            raise DigestMismatchError(f"reading {self.path.name}", digest, found if place else "nothing")
        return content

    @contextmanager
    def opened(self, digest: str) -> Iterator[IO[bytes]]:
        """A stream that starts at the blob. The caller reads no more than its size."""
        with self.path.open("rb") as stream:
            stream.seek(self.places[digest].offset)
            yield stream

    def manifests(self) -> dict[str, Descriptor]:
        """The manifest of every platform that the file has the content of, by docker's name of the platform."""
        if self.top.media_type not in INDEXES:
            platform = config_platform(self.read(Manifest.read(self.read(self.top.digest)).config.digest))
            return {platform: replace(self.top, platform=platform, annotations={})}
        found: dict[str, Descriptor] = {}
        for each in Index.read(self.read(self.top.digest)).manifests:
            if each.digest in self.places:  # an index may speak of platforms that were never built here
                manifest = Manifest.read(self.read(each.digest))
                if manifest.config.digest in self.places:
                    platform = config_platform(self.read(manifest.config.digest))
                    found[platform] = replace(each, platform=platform)
        return found

    def labels(self, manifest: Descriptor) -> dict[str, str]:
        """The labels of one platform's image."""
        return config_labels(self.read(Manifest.read(self.read(manifest.digest)).config.digest))

    def is_of(self, image_id: str) -> bool:
        """Whether this is the image that the engine knows by this id.

        With the containerd image store the id is the digest of the top; the classic store's is that of the only
        configuration, which names every layer's content.
        """
        if self.top.digest == image_id:
            return True
        configs = [Manifest.read(self.read(each.digest)).config.digest for each in self.manifests().values()]
        return configs == [image_id]


def _read(path: Path, place: Place) -> bytes:
    with path.open("rb") as stream:
        stream.seek(place.offset)
        return stream.read(place.size)
