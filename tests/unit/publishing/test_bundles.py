"""An image of one function becomes public under the same rules as a runtime's."""

from __future__ import annotations

import json
import shutil
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import savedimages

from runtimekit.engine.client import Image
from runtimekit.engine.extended_images import Extended
from runtimekit.engine.labels import LABEL_STAND_IN
from runtimekit.errors import PublishRefusedError
from runtimekit.functions.bundle import Bundle
from runtimekit.functions.image_names import ImageName
from runtimekit.publishing import bundles as publishing
from runtimekit.publishing.bundles import BundlePublication
from runtimekit.registry.address import Address
from runtimekit.registry.saved_image import SavedImage
from runtimekit.supply_chain import attestations, describe, provenance
from runtimekit.supply_chain import bundles as supply_chain
from runtimekit.supply_chain.bundles import FunctionSource

if TYPE_CHECKING:
    from pathlib import Path

    from fakeregistry import FakeRegistry

    from runtimekit.repository.catalogue import Catalogue, Runtime

AMD = "linux/amd64"
SOURCE = FunctionSource(entrypoint="index.py", commit="f" * 40)
REPOSITORY = "acme/hello"


class Site:
    """A bundle in an engine that was never started, and a registry in memory."""

    def __init__(self, folder: Path, fake: FakeRegistry, runtimes: Catalogue, labels: dict[str, str]) -> None:
        savedimages.save(folder / "image.tar", [AMD], labels=labels)
        manifest = SavedImage.open(folder / "image.tar").manifests()[AMD]
        self.name = ImageName.parse(f"{fake.host}/{REPOSITORY}:1")
        self.image = Image(str(self.name), manifest.digest, 1, "amd64", labels)
        self.bundle = Bundle(
            self.name,
            runtimes.get("python-3.10"),
            AMD,
            "a" * 64,
            Extended("sha256:below", manifest, manifest, "sha256:" + "b" * 64),
        )
        self.folder = folder
        self.engine: Any = SimpleNamespace(images=lambda _names: {str(self.name): self.image}, docker=self._save)
        self.closed = ""
        self.gated: list[str] = []
        self.address = Address(fake.host, "acme")
        self.runtimes = runtimes

    def _save(self, *words: str, **_how: Any) -> None:
        shutil.copyfile(self.folder / "image.tar", words[3])

    def publication(self, root: Path | None = None, **how: Any) -> BundlePublication:
        """Of this bundle."""
        builder: Any = SimpleNamespace(
            engine=self.engine,
            configuration=SimpleNamespace(root=root or self.folder),
            revision=SimpleNamespace(commit="c" * 40),
            bootstraps=False,
        )
        gate: Any = SimpleNamespace(
            run=lambda runtimes, _platform: self.gated.extend(map(str, runtimes)),
            verdict=lambda _runtime, _platform: ({} if self.closed else {"passed": 3}, self.closed),
        )
        return BundlePublication(
            builder=builder, catalogue=self.runtimes, gate=gate, address=self.address, login=None, **how
        )


@pytest.fixture
def site(
    tmp_path: Path, fake: FakeRegistry, runtimes: Catalogue, monkeypatch: pytest.MonkeyPatch, request: Any
) -> Site:
    """Nothing signs, and nothing is read out of an image."""
    for name in ("COSIGN_KEY", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def attest(_engine: Any, bundle: Bundle, _function: Any, reference: str) -> attestations.Attestation:
        digest = bundle.image.manifest.digest
        return attestations.attestation(digest, [attestations.statement(reference, digest, "https://x", {})])

    monkeypatch.setattr(supply_chain, "attest", attest)
    return Site(tmp_path, fake, runtimes, getattr(request, "param", {}))


def test_it_is_pushed_verified_and_then_tagged(site: Site, fake: FakeRegistry) -> None:
    """Under the tag that was asked for, and one that is never moved; with its attestation beside it."""
    steps: list[str] = []
    pushed = site.publication().publish(site.bundle, SOURCE, {"passed": 3}, steps.append)
    digits = site.image.id.removeprefix("sha256:")[:12]
    assert fake.tags[REPOSITORY] == {"1": pushed["index"], f"1-{digits}": pushed["index"]}
    listed = json.loads(fake.manifests[REPOSITORY][pushed["index"]])["manifests"]
    assert [each["digest"] for each in listed][:1] == [site.image.id]
    assert listed[1]["annotations"]["vnd.docker.reference.digest"] == site.image.id
    assert steps.index("verifying it from a clean client") < steps.index("setting the tag 1")
    assert pushed["tests"] == {"passed": 3}
    assert not pushed["signature"]["signed"]


def test_publishing_again_changes_nothing(site: Site, fake: FakeRegistry) -> None:
    """The same bytes, the same tags."""
    one = site.publication().publish(site.bundle, SOURCE, {}, lambda _text: None)
    tags = dict(fake.tags[REPOSITORY])
    again = site.publication().publish(site.bundle, SOURCE, {}, lambda _text: None)
    assert one["index"] == again["index"]
    assert fake.tags[REPOSITORY] == tags


@pytest.mark.parametrize("site", [{LABEL_STAND_IN: "Debian's packages"}], indirect=True)
def test_a_base_from_packages_is_refused_unless_it_is_allowed(site: Site, fake: FakeRegistry) -> None:
    """No tag is set."""
    with pytest.raises(PublishRefusedError, match="put together from packages"):
        site.publication().publish(site.bundle, SOURCE, {}, lambda _text: None)
    assert not fake.tags
    site.publication(bootstrapped_allowed=True).publish(site.bundle, SOURCE, {}, lambda _text: None)
    assert fake.tags[REPOSITORY]


def test_another_image_under_the_name_is_refused(site: Site, fake: FakeRegistry) -> None:
    """Something else has worked on the engine meanwhile."""
    savedimages.save(site.folder / "image.tar", [AMD], text="other")
    with pytest.raises(PublishRefusedError, match="another"):
        site.publication().publish(site.bundle, SOURCE, {}, lambda _text: None)
    assert not fake.tags


def test_it_must_be_on_the_image_that_was_tested(site: Site, fake: FakeRegistry) -> None:
    """Another build may have taken the runtime's name since."""
    tests = {"images": {site.bundle.runtime.run_image: "sha256:other"}}
    with pytest.raises(PublishRefusedError, match="sha256:other was tested, the function is on sha256:below"):
        site.publication().publish(site.bundle, SOURCE, tests, lambda _text: None)
    assert not fake.seen


def test_the_runtime_must_have_passed(site: Site) -> None:
    """Its suite is run if it has no record; --skip-tests says why not."""
    runtime = site.bundle.runtime
    assert site.publication().tests(runtime, AMD) == {"passed": 3}
    assert site.gated == ["python-3.10"]
    site.closed = "the suite failed"
    with pytest.raises(PublishRefusedError, match="the suite failed"):
        site.publication().tests(runtime, AMD)
    assert site.publication(without_tests="why").tests(runtime, AMD) == {"skipped": "why"}


def test_the_runtimes_and_the_function_must_be_committed(site: Site, tmp_path: Path) -> None:
    """Also where the function is in a repository of its own, or in none."""
    ours, theirs, none = tmp_path / "ours", tmp_path / "theirs", tmp_path / "none"
    for folder in (ours, theirs, none):
        folder.mkdir()
    for folder in (ours, theirs):
        (folder / "file").write_text("x")
        git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b"]
        for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "x"]):
            subprocess.run([*git, *words], check=True)
    publication = site.publication(ours)
    assert publication.reasons(ours / "functions") == []
    assert publication.reasons(theirs) == []
    assert "no git repository" in publication.reasons(none)[0][0]
    (theirs / "more").write_text("x")
    (what, _way_out), *_ = publication.reasons(theirs)
    assert str(theirs) in what
    assert "more" in what


def test_the_provenance_names_function_runtime_and_repository(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their digests, and without a time."""
    origin = provenance.Origin(
        runtime="python-3.10",
        platform=AMD,
        dockerfile="x",
        source="https://example.org/r",
        commit="c" * 40,
        fingerprint="f",
        inputs={},
        epoch=1,
        builder="b",
        tools={"docker": "1"},
    )
    read: list[str] = []

    def find(_engine: Any, runtime: Runtime, _platform: str) -> provenance.Origin:
        read.append(runtime.build_image)
        return origin

    monkeypatch.setattr(describe, "origin", find)
    made = supply_chain.predicate(site.engine, site.bundle, SOURCE)
    assert read == [str(site.name)], "the runtime's name may mean another image by now"
    function, runtime, repository = made["buildDefinition"]["resolvedDependencies"]
    assert function == {"name": "function", "digest": {"sha256": "a" * 64}, "annotations": {"gitCommit": "f" * 40}}
    assert runtime["uri"] == "pkg:docker/python-runtime@3.10?platform=linux%2Famd64"
    assert repository["digest"] == {"gitCommit": "c" * 40}
    assert made["buildDefinition"]["externalParameters"]["entrypoint"] == "index.py"
    assert made == supply_chain.predicate(site.engine, site.bundle, SOURCE)


def test_where_a_name_goes() -> None:
    """The registry, and the folder in it."""
    assert publishing.address_of(ImageName.parse("ghcr.io/acme/team/hello:1")) == Address("ghcr.io", "acme/team")
