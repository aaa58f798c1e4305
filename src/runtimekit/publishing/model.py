"""One platform's image, pushed and tested, and what the supply chain adds to it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

from runtimekit.registry.oci import Descriptor
from runtimekit.support.canonical_json import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtimekit.publishing.push import Repository

FINGERPRINT_DIGITS = 12
"""How many digits of the hash are in the immutable tag."""


@dataclass(frozen=True, kw_only=True)
class PlatformImage:
    """A runtime's image for one platform, in the registry under its digest."""

    runtime: str
    platform: str
    repository: str
    """Where it was pushed to, with the registry's host."""
    commit: str
    """What was checked out when it was pushed. Files that make it may be older: see its label `revision`."""
    fingerprint: str
    manifest: Descriptor
    tests: Mapping[str, Any]
    """The test record's facts, or ``{"skipped": <reason>}``."""
    stand_in: str = ""
    """The packages that its base was made of here; empty if the base was pulled, which is the rule."""
    extras: tuple[Descriptor, ...] = ()
    """Further entries of the index, such as attestations; already pushed."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """From JSON.

        Raises:
            ValueError: It is not what :meth:`row` writes.
        """
        try:
            texts = {
                name: str(row[name])
                for name in ("runtime", "platform", "repository", "commit", "fingerprint", "stand_in")
            }
            tests, extras = dict(row["tests"]), tuple(Descriptor.read(each) for each in row["extras"])
            return cls(manifest=Descriptor.read(row["manifest"]), tests=tests, extras=extras, **texts)
        except (KeyError, TypeError) as error:
            raise ValueError(f"no published platform: {error!r}") from None

    def row(self) -> dict[str, Any]:
        """For JSON. Other machines read this: keys are never renamed."""
        return {
            "runtime": self.runtime,
            "platform": self.platform,
            "repository": self.repository,
            "digest": self.manifest.digest,
            "fingerprint": self.fingerprint,
            "commit": self.commit,
            "stand_in": self.stand_in,
            "manifest": self.manifest.row(),
            "extras": [each.row() for each in self.extras],
            "tests": dict(self.tests),
        }


def fingerprint_of(platforms: Mapping[str, str]) -> str:
    """What all platforms of one image were made from, given the fingerprint of each, as the immutable tag shows it."""
    return hashlib.sha256(canonical(dict(platforms))).hexdigest()[:FINGERPRINT_DIGITS]


class Extras(Protocol):
    """What the supply chain adds: attestations before the index, signatures before the tags."""

    def attest(self, repository: Repository, image: PlatformImage) -> Sequence[Descriptor]:
        """Push what is to be said of one platform's image, and give what the index is to name beside it.

        Each descriptor's platform is ``unknown/unknown``, and its annotations say which manifest it is about.
        """

    def sign(self, repository: Repository, index: Descriptor) -> Mapping[str, Any]:
        """Sign the index, verify the signature from outside, and give facts for the record.

        Whatever is raised here keeps the tags from moving.
        """


@dataclass(frozen=True)
class NoExtras:
    """Adds nothing."""

    facts: Mapping[str, Any] = field(default_factory=dict)

    def attest(self, _repository: Repository, _image: PlatformImage) -> Sequence[Descriptor]:
        """Nothing."""
        return ()

    def sign(self, _repository: Repository, _index: Descriptor) -> Mapping[str, Any]:
        """Nothing."""
        return self.facts
