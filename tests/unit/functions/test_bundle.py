"""What a bundle is for each protocol, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine.extended_images import Extended
from runtimekit.errors import BundleError
from runtimekit.functions import bundle
from runtimekit.functions.bundle import Bundle, Shape
from runtimekit.functions.image_names import ImageName
from runtimekit.registry.oci import Descriptor
from runtimekit.repository import catalogue, configuration

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime

OPEN = Shape(
    folder="srv/function",
    overlays={},
    health="/health",
    key="SECRET",
    may_be_open=True,
    health_options=("--protocol", "open-runtimes"),
)


@pytest.fixture
def runtime(repository: Path) -> Runtime:
    """Python's."""
    return catalogue.load(configuration.load(repository)).get("python-3.10")


def made(runtime: Any) -> Bundle:
    """A bundle that nobody has made."""
    manifest = Descriptor(media_type="x", digest="sha256:" + "a" * 64, size=1)
    image = Extended("sha256:below", manifest, manifest, "sha256:" + "b" * 64)
    return Bundle(ImageName.parse("ghcr.io/acme/hello:1"), runtime, "linux/amd64", "c" * 64, image)


def test_a_service_is_what_platforms_toml_says(runtime: Runtime) -> None:
    """Memory and requests at a time; the image by tag, or by the digest of what was pushed."""
    assert runtime.language
    slow = replace(runtime, memory="384m", language=replace(runtime.language, concurrency=4))
    service = bundle.service(made(slow))
    assert (service.memory, service.concurrency, service.health) == ("384m", 4, "/healthz")
    assert (service.key, service.environment) == ("INTERNAL_RUNTIME_KEY", {})
    assert service.image == "ghcr.io/acme/hello:1"
    assert bundle.service(made(slow), "sha256:d").image == "ghcr.io/acme/hello@sha256:d"


def test_another_protocol_is_one_more_entry(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose key may be empty is a plain HTTP service; the key is set, and empty."""
    monkeypatch.setattr(bundle, "SHAPES", {"open": OPEN})
    other: Any = SimpleNamespace(protocol="open", memory=runtime.memory, language=runtime.language)
    service = bundle.service(made(other))
    assert (service.key, service.environment, service.health) == ("", {"SECRET": ""}, "/health")
    assert service.health_command[1:] == ["--health", "--protocol", "open-runtimes"]


def test_a_protocol_without_bundles_is_refused(runtime: Runtime) -> None:
    """It says which there are."""
    with pytest.raises(BundleError, match="speaks the protocol v9, and bundles are made for 2021"):
        bundle.shape_of(SimpleNamespace(protocol="v9"))  # type: ignore[arg-type]
    assert bundle.shape_of(runtime).folder == "usr/code"


def test_without_the_runtimes_image_there_is_no_bundle(runtime: Runtime, tmp_path: Path) -> None:
    """The message says what makes it."""
    engine: Any = SimpleNamespace(images=lambda _names: {})
    with pytest.raises(BundleError, match=r"no python-runtime:3\.10; `\./dev build --local python-3\.10` makes it"):
        bundle.make(
            engine,
            runtime,
            archive=tmp_path / "a.tar.gz",
            source_digest="",
            platform="linux/amd64",
            name=ImageName.parse("hello"),
        )
