"""What a bundle is for each protocol, and when there is none."""

from __future__ import annotations

import importlib.resources
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine.extended_images import Extended
from runtimekit.errors import BundleError
from runtimekit.functions import bundle, protocols
from runtimekit.functions.bundle import Bundle
from runtimekit.functions.image_names import ImageName
from runtimekit.registry.oci import Descriptor
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime


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


def test_the_second_protocol_is_a_plain_service(runtime: Runtime) -> None:
    """Callers need no key: its variable is set, and empty. Health is that protocol's; the image is not root's."""
    other = replace(runtime, id=replace(runtime.id, protocol=Protocol.V5))
    service = bundle.service(made(other))
    assert (service.key, service.environment) == ("", {"OPEN_RUNTIMES_SECRET": ""})
    assert service.health == "/__opr/health"
    assert service.health_command[1:] == ["--health", "--protocol", "open-runtimes"]
    shape = bundle.shape_of(other)
    assert shape.user == "2001:2000"
    assert f"/{shape.folder}/" in protocols.CODE_FOLDERS


def test_every_protocol_has_bundles_whose_files_are_there() -> None:
    """What replaces files of the image is in this package."""
    assert set(bundle.SHAPES) == {each.value for each in Protocol}
    package = importlib.resources.files(bundle.__package__)
    for shape in bundle.SHAPES.values():
        assert all(package.joinpath(file).is_file() for file in shape.overlays.values())


def test_a_protocol_without_bundles_is_refused(runtime: Runtime) -> None:
    """It says which there are."""
    with pytest.raises(BundleError, match="speaks the protocol v9, and bundles are made for 2021, v5"):
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
