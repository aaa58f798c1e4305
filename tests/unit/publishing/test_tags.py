"""From platforms to tags: whatever happens, a tag stands for something whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from faults import Answer

from runtimekit.errors import DigestMismatchError, PublishRefusedError, RegistryAnswerError, RegistryUnavailableError
from runtimekit.publishing.model import NoExtras, PlatformImage, fingerprint_of
from runtimekit.publishing.tags import Releaser, Tags
from runtimekit.registry.client import Sent
from runtimekit.registry.oci import OCI_MANIFEST, Descriptor, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fakeregistry import FakeRegistry

    from runtimekit.publishing.push import Repository
    from runtimekit.registry.saved_image import SavedImage
    from runtimekit.repository.catalogue import Catalogue

TAGS = Tags("3.10-0123456789ab", ("3.10", "latest"))


def release(target: Repository, images: Sequence[PlatformImage], releaser: Releaser | None = None) -> list[str]:
    """Release them, and give the steps that were told."""
    told: list[str] = []
    (releaser or Releaser()).release(target, images, TAGS, told.append)
    return told


def test_the_immutable_tag_is_set_first_and_latest_last(
    fake: FakeRegistry, target: Repository, pushed: list[PlatformImage]
) -> None:
    """After the index was verified; all stand for the same index, of exactly the platforms' images."""
    told = release(target, pushed)
    assert told[:2] == ["pushing the index", "verifying it from a clean client"]
    assert told[2:] == [f"setting the tag {tag}" for tag in (TAGS.immutable, "3.10", "latest")]
    tags = fake.tags[target.name]
    assert len(set(tags.values())) == 1
    index = json.loads(fake.manifests[target.name][tags["3.10"]])
    assert [row["digest"] for row in index["manifests"]] == [image.manifest.digest for image in pushed]


def test_releasing_again_writes_nothing(fake: FakeRegistry, target: Repository, pushed: list[PlatformImage]) -> None:
    """An already right tag is success."""
    release(target, pushed)
    fake.heal()
    released = Releaser().release(target, pushed, TAGS, lambda _text: None)
    assert set(released.tags.values()) == {Sent.PRESENT}
    assert set(fake.methods) == {"GET"}


def test_it_is_read_back_with_new_connections_and_every_byte_once(
    fake: FakeRegistry, target: Repository, pushed: list[PlatformImage]
) -> None:
    """A clean client; a second image of the same run does not read the same blobs again."""
    releaser = Releaser()
    fake.heal()
    release(target, pushed, releaser)
    whole = fake.counted("GET", "/blobs/")
    assert whole == 2 + 6  # the configurations first, for their platform; then all blobs
    fake.heal()
    release(target, pushed, releaser)
    assert fake.counted("GET", "/blobs/") == 2
    assert fake.counted("HEAD", "/blobs/") == 6


@pytest.mark.parametrize("what", ["a blob is gone", "a blob is another", "the index is another", "a platform lies"])
def test_what_is_not_as_it_was_pushed_moves_no_tag(
    fake: FakeRegistry, target: Repository, pushed: list[PlatformImage], what: str
) -> None:
    """Whatever the registry has made of it."""
    blobs, images = fake.blobs[target.name], pushed
    largest = max(blobs, key=lambda digest: len(blobs[digest]))
    if what == "a blob is gone":
        del blobs[largest]
    elif what == "a blob is another":
        blobs[largest] = b"x" * len(blobs[largest])
    elif what == "the index is another":
        fake.fail("corrupt", method="GET", path="/manifests/sha256", after=1, times=9)
    else:
        swapped = [
            replace(image.manifest, platform=other.platform) for image, other in zip(pushed, pushed[::-1], strict=True)
        ]
        images = [replace(image, manifest=manifest) for image, manifest in zip(pushed, swapped, strict=True)]
    with pytest.raises((DigestMismatchError, RegistryAnswerError)):
        release(target, images)
    assert fake.tags == {}


def test_the_immutable_tag_is_never_given_another_meaning(
    fake: FakeRegistry, target: Repository, pushed: list[PlatformImage]
) -> None:
    """The same inputs, other bytes: refused with the way out, before anything is written."""
    release(target, pushed[:1])
    before = dict(fake.tags[target.name])
    fake.heal()
    with pytest.raises(PublishRefusedError, match=r"is sha256:.* already") as caught:
        release(target, pushed)
    assert caught.value.exit_code == 5
    assert fake.tags[target.name] == before
    assert fake.counted("PUT") == 0


@pytest.mark.parametrize("tag", [TAGS.immutable, "3.10", "latest"])
def test_a_registry_that_fails_between_tags_leaves_whole_ones(
    fake: FakeRegistry, target: Repository, pushed: list[PlatformImage], tag: str
) -> None:
    """Those before it are complete, those after it untouched; another try ends it."""
    fake.fail("answer", method="PUT", path=f"/manifests/{tag}$", times=99, answer=Answer(503))
    with pytest.raises(RegistryUnavailableError):
        release(target, pushed)
    order = [TAGS.immutable, "3.10", "latest"]
    assert list(fake.tags.get(target.name, {})) == order[: order.index(tag)]


class Attesting(NoExtras):
    """Adds an attestation to each platform, and refuses to sign."""

    def attest(self, repository: Repository, image: PlatformImage) -> Sequence[Descriptor]:
        """A manifest of one small blob."""
        config = repository.push_content(b"{}", "application/vnd.oci.empty.v1+json")
        statement = repository.push_content(f"of {image.platform}".encode(), "application/vnd.in-toto+json")
        row = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config.row(), "layers": [statement.row()]}
        content = json.dumps(row).encode()
        repository.push_manifest(content, OCI_MANIFEST)
        about = {"vnd.docker.reference.digest": image.manifest.digest}
        digest, size = digest_of(content), len(content)
        return [
            Descriptor(media_type=OCI_MANIFEST, digest=digest, size=size, platform="unknown/unknown", annotations=about)
        ]

    def sign(self, _repository: Repository, index: Descriptor) -> Mapping[str, Any]:
        """As where the key is wrong."""
        raise PublishRefusedError([(f"{index.digest} cannot be signed", "a key")])


def test_attestations_stand_in_the_index_and_a_signature_that_fails_moves_no_tag(
    fake: FakeRegistry, target: Repository, pushed: list[PlatformImage]
) -> None:
    """The seam for the supply chain."""
    adding = Attesting()
    images = [replace(image, extras=tuple(adding.attest(target, image))) for image in pushed]
    with pytest.raises(PublishRefusedError, match="cannot be signed"):
        release(target, images, Releaser(adding))
    assert fake.tags == {}
    release(target, images)
    index = json.loads(fake.manifests[target.name][fake.tags[target.name]["3.10"]])
    assert [row["platform"]["os"] for row in index["manifests"]] == ["linux", "linux", "unknown", "unknown"]


def test_tags_name_version_fingerprint_and_the_newest(runtimes: Catalogue) -> None:
    """`latest` is a language's newest version; run images have none."""
    tags = {str(each): Tags.of(each, runtimes, "0123") for each in runtimes.all}
    assert tags["python-3.10"] == Tags("3.10-0123", ("3.10", "latest"))
    assert tags["python-3.9"] == Tags("3.9-0123", ("3.9",))
    assert tags["alpine-3.22"] == Tags("3.22-0123", ("3.22",))


def test_an_images_fingerprint_is_that_of_all_its_platforms() -> None:
    """In any order; twelve digits."""
    one = fingerprint_of({"linux/amd64": "a", "linux/arm64": "b"})
    assert one == fingerprint_of({"linux/arm64": "b", "linux/amd64": "a"})
    assert len(one) == 12
    assert one != fingerprint_of({"linux/amd64": "a", "linux/arm64": "c"})


def test_a_saved_image_is_pushed_without_any_tag(fake: FakeRegistry, saved: SavedImage, target: Repository) -> None:
    """By digest; progress is told; what failed is not counted."""
    told: list[tuple[int, int]] = []
    for manifest in saved.manifests().values():
        target.push_image(saved, manifest, lambda _text, done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)] * 2
    assert fake.tags == {}
    assert target.counts == {"blobs uploaded": 6, "manifests uploaded": 2}
