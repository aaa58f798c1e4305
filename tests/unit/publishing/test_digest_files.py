"""Files of digests, and what of them may be merged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.errors import PublishRefusedError
from runtimekit.publishing import digest_files
from runtimekit.registry.address import Address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runtimekit.publishing.model import PlatformImage
    from runtimekit.registry.client import Registry
    from runtimekit.registry.saved_image import SavedImage
    from runtimekit.repository.catalogue import Catalogue

COMMIT = "c" * 40
AMD, ARM = "linux/amd64", "linux/arm64"


@pytest.fixture
def merge(runtimes: Catalogue, registry: Registry) -> Callable[..., Any]:
    """Merges for the registry, at the commit, or otherwise."""

    def merge(images: list[PlatformImage], **other: Any) -> Any:
        facts: dict[str, Any] = {"address": registry.address, "commit": COMMIT, "bootstrapped_allowed": False}
        return digest_files.merge(images, runtimes, **(facts | other))

    return merge


def test_what_was_written_is_read(tmp_path: Path, saved: SavedImage, part: Callable[..., PlatformImage]) -> None:
    """All of it, in files of several machines."""
    images = [part(saved, AMD), part(saved, ARM, tests={"skipped": "a reason"}, stand_in="something")]
    for number, image in enumerate(images):
        digest_files.write(tmp_path / f"{number}.json", [image])
    assert digest_files.read([tmp_path / "0.json", tmp_path / "1.json"]) == images
    assert digest_files.read([tmp_path]) == images
    row = json.loads((tmp_path / "0.json").read_text())["images"][0]
    assert {"runtime", "platform", "digest", "fingerprint", "commit", "tests"} <= set(row)


def test_all_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """Missing, no JSON, another format, another content."""
    contents = {"a": "rubbish", "b": "[]", "c": '{"format": 9, "images": []}', "d": '{"format": 1, "images": [{}]}'}
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(PublishRefusedError) as caught:
        digest_files.read([tmp_path / name for name in (*contents, "missing")])
    assert len(caught.value.reasons) == 5


def test_complete_parts_are_merged(
    saved: SavedImage, part: Callable[..., PlatformImage], merge: Callable[..., Any]
) -> None:
    """Also when a file is given twice."""
    images = [part(saved, AMD), part(saved, ARM), part(saved, AMD)]
    merged = merge(images)
    assert {str(runtime): [each.platform for each in found] for runtime, found in merged.items()} == {
        "python-3.10": [AMD, ARM]
    }


@pytest.mark.parametrize(
    ("platforms", "changed", "says"),
    [
        ((AMD,), {}, "the declared platform linux/arm64 is missing"),
        ((AMD, ARM), {"runtime": "python-3.9"}, "linux/arm64 is no platform of it"),
        ((AMD, ARM), {"runtime": "cobol-1"}, "is no runtime of this repository"),
        ((AMD, ARM), {"commit": "d" * 40}, "is of commit dddddddddddd"),
        ((AMD, ARM), {"repository": "ghcr.io/other/python-runtime"}, "was pushed to ghcr.io/other/python-runtime"),
        ((AMD, ARM), {"tests": {}}, "has no passing test"),
        ((AMD, ARM), {"stand_in": "packages"}, "put together from packages"),
        ((), {}, "the files hold no image"),
    ],
)
def test_what_does_not_fit_is_refused(
    saved: SavedImage,
    part: Callable[..., PlatformImage],
    merge: Callable[..., Any],
    platforms: tuple[str, ...],
    changed: dict[str, Any],
    says: str,
) -> None:
    """With exit code 5; an index is never made of what happens to be there."""
    with pytest.raises(PublishRefusedError, match=says) as caught:
        merge([part(saved, name, **changed) for name in platforms])
    assert caught.value.exit_code == 5


def test_two_images_for_one_platform_are_refused(
    saved: SavedImage, part: Callable[..., PlatformImage], merge: Callable[..., Any]
) -> None:
    """Nobody could say which is meant."""
    other = saved.manifests()[ARM]
    with pytest.raises(PublishRefusedError, match="several images for linux/amd64"):
        merge([part(saved, AMD), part(saved, ARM), part(saved, AMD, manifest=other)])


def test_bases_from_packages_are_merged_where_that_is_allowed(
    saved: SavedImage, part: Callable[..., PlatformImage], merge: Callable[..., Any]
) -> None:
    """The loud flag is needed here, too."""
    images = [part(saved, name, stand_in="packages") for name in (AMD, ARM)]
    assert merge(images, bootstrapped_allowed=True)


def test_every_reason_is_given_at_once(
    saved: SavedImage, part: Callable[..., PlatformImage], merge: Callable[..., Any]
) -> None:
    """Nobody wants to find them one by one."""
    with pytest.raises(PublishRefusedError) as caught:
        merge([part(saved, AMD, commit="d" * 40, tests={})], address=Address("ghcr.io", "acme"))
    assert len(caught.value.reasons) == 4
    assert str(caught.value).count("way out:") == 4
