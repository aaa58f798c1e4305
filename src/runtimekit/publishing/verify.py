"""Verifies what was pushed as a new client: new connections, a new login, every byte read back and hashed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.errors import DigestMismatchError
from runtimekit.publishing.push import side_by_side
from runtimekit.registry.oci import Index, Manifest, config_platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtimekit.publishing.model import PlatformImage
    from runtimekit.publishing.push import Repository
    from runtimekit.registry.oci import Descriptor


class VerifiedBlobs:
    """Digests of the blobs that this run has read back. A registry keeps a blob once, for all its repositories."""

    def __init__(self) -> None:
        self.digests: set[str] = set()


def verify(repository: Repository, index: Descriptor, images: Sequence[PlatformImage], seen: VerifiedBlobs) -> None:
    """Check that the index and everything it names exist, and are what was tested on the platforms that it names.

    Raises:
        DigestMismatchError: Something differs.
        RegistryAnswerError: Something is missing.
        RegistryUnavailableError: The registry went away meanwhile.
    """
    clean = repository.fresh()
    try:
        held = Index.read(_manifest(clean, index)).manifests
        wanted = {image.platform: image.manifest.digest for image in images}
        found = {each.platform: each.digest for each in held if each.digest in wanted.values()}
        if found != wanted:
            raise DigestMismatchError(f"the index {index.digest}", _listed(wanted), _listed(found))
        for each in held:
            _verify_image(clean, each, seen)
    finally:
        clean.registry.close()


def _verify_image(clean: Repository, descriptor: Descriptor, seen: VerifiedBlobs) -> None:
    manifest = Manifest.read(_manifest(clean, descriptor))
    if descriptor.platform != "unknown/unknown":  # an attestation is for none
        platform = config_platform(clean.registry.read_blob(clean.name, manifest.config))
        if platform != descriptor.platform:
            what = f"the platform of {clean.reference}@{descriptor.digest}"
            raise DigestMismatchError(what, descriptor.platform, platform)

    def check(blob: Descriptor) -> str:
        clean.registry.check_blob(clean.name, blob, whole=blob.digest not in seen.digests)
        return blob.digest

    seen.digests.update(side_by_side(check, manifest.blobs, clean.registry.retrier.cancelled))


def _manifest(clean: Repository, descriptor: Descriptor) -> bytes:
    content = clean.registry.read_manifest(clean.name, descriptor.digest)
    if len(content) != descriptor.size:
        what = f"the size of {clean.reference}@{descriptor.digest}"
        raise DigestMismatchError(what, str(descriptor.size), str(len(content)))
    return content


def _listed(platforms: dict[str, str]) -> str:
    return ", ".join(f"{name} {digest[:19]}" for name, digest in sorted(platforms.items())) or "nothing"
