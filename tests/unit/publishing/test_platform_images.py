"""From the engine to the registry: only what was tested, and only from where it should be."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import savedimages

from runtimekit.engine.client import Image
from runtimekit.engine.labels import LABEL_FINGERPRINT, LABEL_STAND_IN
from runtimekit.errors import EngineError, PublishRefusedError, SomeFailedError
from runtimekit.publishing.model import NoExtras
from runtimekit.publishing.platform_images import PlatformPusher

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeregistry import FakeRegistry

    from runtimekit.publishing.push import Repository
    from runtimekit.repository.catalogue import Catalogue, Runtime

AMD, ARM = "linux/amd64", "linux/arm64"
NAME = "python-runtime:3.10"


@pytest.fixture
def python(runtimes: Catalogue) -> Runtime:
    """What is published."""
    return runtimes.get("python-3.10")


@pytest.fixture
def supplier(tmp_path: Path) -> Callable[..., PlatformPusher]:
    """Supplies from an engine that holds one image; its facts can be others."""

    def make(
        *,
        platforms: tuple[str, ...] = (AMD, ARM),
        labels: dict[str, str] | None = None,
        tested: str = "",
        closed: str = "",
        **how: Any,
    ) -> PlatformPusher:
        file = tmp_path / "engine.tar"
        marks = {LABEL_FINGERPRINT: f"{AMD}=print-{AMD} {ARM}=print-{ARM}"}
        top = savedimages.save(file, platforms, labels=marks | (labels or {}))
        image = Image(NAME, top.digest, 100, "amd64", {})

        def save(*words: str, **_how: Any) -> None:
            assert words[-1] == top.digest
            shutil.copyfile(file, words[3])

        engine = SimpleNamespace(images=lambda _names: {NAME: image}, docker=save)
        builder: Any = SimpleNamespace(
            engine=engine,
            configuration=SimpleNamespace(root=tmp_path),
            revision=SimpleNamespace(commit="c" * 40),
            fingerprint=lambda _runtime, platform: f"print-{platform}",
        )
        facts = {"passed": 3, "images": {NAME: tested or top.digest}}
        gate: Any = SimpleNamespace(verdict=lambda _runtime, _platform: ({} if closed else facts, closed))
        silent: Any = SimpleNamespace(step=lambda *_: None, platform=lambda *_, **__: None)
        return PlatformPusher(
            builder=builder, gate=gate, record=silent, reporter=silent, extras=NoExtras(), platforms=None, **how
        )

    return make


def test_every_platform_is_pushed_by_digest_as_it_was_tested(
    fake: FakeRegistry, python: Runtime, target: Repository, supplier: Callable[..., PlatformPusher], tmp_path: Path
) -> None:
    """With its proof; nothing stays on the disk."""
    images = supplier().push(python, target)
    assert [image.platform for image in images] == [AMD, ARM]
    assert {image.manifest.digest for image in images} == set(fake.manifests[target.name])
    assert images[0].tests["passed"] == 3
    assert (images[0].commit, images[0].fingerprint, images[0].stand_in) == ("c" * 40, f"print-{AMD}", "")
    assert not (tmp_path / "build/publish/saved/python-3.10").exists()
    assert fake.tags == {}


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"closed": "the suite failed"}, "the suite failed"),
        ({"platforms": (AMD,)}, "holds nothing for linux/arm64"),
        ({"tested": "sha256:another"}, "sha256:another was tested"),
        ({"labels": {LABEL_STAND_IN: "Debian's packages"}}, "put together from packages"),
        ({"labels": {LABEL_FINGERPRINT: "linux/amd64=x"}}, "made from other files"),
    ],
)
def test_what_was_not_tested_or_is_not_what_it_says_is_refused(
    fake: FakeRegistry,
    python: Runtime,
    target: Repository,
    supplier: Callable[..., PlatformPusher],
    how: dict[str, Any],
    says: str,
) -> None:
    """Before anything is pushed."""
    with pytest.raises(PublishRefusedError, match=says):
        supplier(**how).push(python, target)
    assert fake.seen == []


def test_the_loud_flag_lets_bases_from_packages_through(
    python: Runtime, target: Repository, supplier: Callable[..., PlatformPusher]
) -> None:
    """And each part says what it is built on."""
    made = supplier(labels={LABEL_STAND_IN: "packages"}, bootstrapped_allowed=True)
    assert [image.stand_in for image in made.push(python, target)] == ["packages", "packages"]


def test_skipped_tests_are_said_in_every_part(
    python: Runtime, target: Repository, supplier: Callable[..., PlatformPusher]
) -> None:
    """With their reason."""
    images = supplier(closed="it failed", without_tests="a reason").push(python, target)
    assert [image.tests for image in images] == [{"skipped": "a reason"}] * 2


def test_an_image_whose_build_failed_is_not_pushed(
    python: Runtime, target: Repository, supplier: Callable[..., PlatformPusher]
) -> None:
    """An older one may be in the engine under its name."""
    with pytest.raises(SomeFailedError, match=r"1 of 2 builds of python-3\.10 failed: linux/arm64"):
        supplier(not_built={"python-3.10": [ARM]}).push(python, target)


def test_an_engine_that_saves_in_an_older_way_is_said_to_be_too_old(
    python: Runtime, target: Repository, supplier: Callable[..., PlatformPusher]
) -> None:
    """With what to do."""
    made = supplier()
    made.builder.engine.docker = lambda *words, **_how: Path(words[3]).write_bytes(b"x" * 2048)
    with pytest.raises(EngineError, match="Docker 25 or newer"):
        made.push(python, target)
