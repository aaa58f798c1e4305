"""Sets the public tags of one image: all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.errors import PublishRefusedError
from runtimekit.publishing.model import Extras, NoExtras
from runtimekit.publishing.verify import VerifiedBlobs, verify
from runtimekit.registry.oci import Index
from runtimekit.repository.identifiers import Kind, split_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runtimekit.publishing.model import PlatformImage
    from runtimekit.publishing.push import Repository
    from runtimekit.registry.client import Sent
    from runtimekit.repository.catalogue import Catalogue, Runtime

LATEST = "latest"


@dataclass(frozen=True)
class Tags:
    """The tags of an image, in the order in which they are set."""

    immutable: str
    """``22-0123456789ab``: names what it was made from, and is never moved."""
    moving: tuple[str, ...]
    """``22``, and ``latest`` for a language's newest version."""

    @classmethod
    def of(cls, runtime: Runtime, catalogue: Catalogue, fingerprint: str) -> Tags:
        """A run image has no `latest`: nobody could say which of them is the newer.

        Neither has an image of the second protocol, whose executors name ``v5-22`` always.
        """
        _, version = split_tag(runtime.build_image)
        newest = runtime.kind is not Kind.RUN_IMAGE and runtime in catalogue.newest
        return cls(f"{version}-{fingerprint}", (version, *((LATEST,) if newest else ())))


@dataclass
class Released:
    """The result for one image."""

    index: str
    tags: dict[str, Sent] = field(default_factory=dict)
    """Whether each tag had to be set, or was right already."""
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass
class Releaser:
    """Makes an index, verifies it, and sets its tags."""

    extras: Extras = field(default_factory=NoExtras)
    seen: VerifiedBlobs = field(default_factory=VerifiedBlobs)

    def release(
        self,
        repository: Repository,
        images: Sequence[PlatformImage],
        tags: Tags,
        step: Callable[[str], None],
    ) -> Released:
        """Make the index of exactly these images, verify it from a clean client, and only then move the tags.

        ``step`` is told what is being done.

        Raises:
            PublishRefusedError: The immutable tag stands for something else.
            DigestMismatchError: The registry does not hold what was pushed.
            RegistryUnavailableError: A fault that did not pass.
            RegistryAnswerError: The registry refuses it.
        """
        index = index_of(images)
        digest = index.descriptor.digest
        self.check_immutable(repository, tags, digest)
        step("pushing the index")
        repository.push_manifest(index.content, index.media_type)
        step("verifying it from a clean client")
        verify(repository, index.descriptor, images, self.seen)
        released = Released(digest, extras=dict(self.extras.sign(repository, index.descriptor)))
        self.check_immutable(repository, tags, digest)
        for tag in (tags.immutable, *tags.moving):
            step(f"setting the tag {tag}")
            released.tags[tag] = repository.push_manifest(index.content, index.media_type, tag)
        return released

    @staticmethod
    def check_immutable(repository: Repository, tags: Tags, digest: str) -> None:
        """Refuse to give the immutable tag a new meaning.

        Raises:
            PublishRefusedError: It stands for something else.
        """
        held = repository.registry.resolve(repository.name, tags.immutable)
        if held not in {None, digest}:
            what = f"{repository.reference}:{tags.immutable} is {held} already, and this image is {digest}"
            why = "the same inputs were built again, elsewhere or without the cache, and gave other bytes"
            raise PublishRefusedError(
                [(f"{what}: {why}", "what is published was made from the same inputs and stays; nothing is to be done")]
            )


def index_of(images: Sequence[PlatformImage]) -> Index:
    """The index of these images, with what was added to each."""
    extras = [extra for image in sorted(images, key=lambda each: each.platform) for extra in image.extras]
    return Index.of([image.manifest for image in images], extras)
