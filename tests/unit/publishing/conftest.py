"""A small repository's catalogue, a registry in memory, and images that were never built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import savedimages
from fakeregistry import FakeRegistry

from runtimekit.publishing.model import PlatformImage
from runtimekit.publishing.push import Repository
from runtimekit.registry.address import Address
from runtimekit.registry.client import Registry
from runtimekit.registry.retry import Retrier, RetryLimits
from runtimekit.registry.saved_image import SavedImage
from runtimekit.repository import catalogue, configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runtimekit.repository.catalogue import Catalogue

COMMIT = "c" * 40


@pytest.fixture
def runtimes(repository: Path) -> Catalogue:
    """Of the repository in which everything is right."""
    return catalogue.load(configuration.load(repository))


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    """A registry that lets everybody in."""
    with FakeRegistry() as made:
        yield made


@pytest.fixture
def registry(fake: FakeRegistry) -> Registry:
    """A client that gives up soon."""
    made = Registry(Address(fake.host, "acme"), None, Retrier(fake.host, RetryLimits(pause=0.002, longest_limit=0.5)))
    made.transport.read_seconds = 0.5
    return made


@pytest.fixture
def target(registry: Registry) -> Repository:
    """Where Python's images go."""
    return Repository(registry, "acme/python-runtime")


@pytest.fixture
def part(registry: Registry) -> Callable[..., PlatformImage]:
    """Makes what is known of one platform's image; every fact can be another."""

    def make(saved: SavedImage, platform: str, **other: Any) -> PlatformImage:
        facts: dict[str, Any] = {
            "runtime": "python-3.10",
            "platform": platform,
            "repository": f"{registry.address.host}/acme/python-runtime",
            "commit": COMMIT,
            "fingerprint": f"fingerprint of {platform}",
            "manifest": saved.manifests()[platform],
            "tests": {"passed": 3},
        }
        return PlatformImage(**(facts | other))

    return make


@pytest.fixture
def saved(tmp_path: Path) -> SavedImage:
    """An image for two platforms."""
    savedimages.save(tmp_path / "image.tar")
    return SavedImage.open(tmp_path / "image.tar")


@pytest.fixture
def pushed(saved: SavedImage, target: Repository, part: Callable[..., PlatformImage]) -> list[PlatformImage]:
    """The image, in the registry by digest."""
    for manifest in saved.manifests().values():
        target.push_image(saved, manifest, lambda _text, _done, _total: None)
    return [part(saved, platform) for platform in saved.manifests()]
