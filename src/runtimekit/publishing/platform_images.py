"""Pushes each platform of an image by digest, exactly as it was tested."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from runtimekit.engine import export
from runtimekit.engine.labels import LABEL_FINGERPRINT, LABEL_STAND_IN
from runtimekit.errors import EngineError, PublishRefusedError, SomeFailedError
from runtimekit.publishing import preconditions
from runtimekit.publishing import record as records
from runtimekit.publishing.model import PlatformImage
from runtimekit.registry.saved_image import SavedImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from runtimekit.engine.reporter import Reporter
    from runtimekit.images.build import Builder
    from runtimekit.publishing.model import Extras
    from runtimekit.publishing.push import Repository
    from runtimekit.publishing.record import Record
    from runtimekit.publishing.test_gate import PublishGate
    from runtimekit.repository.catalogue import Runtime


@dataclass
class PlatformPusher:
    """Pushes images of the engine that pass the test gate."""

    builder: Builder
    gate: PublishGate
    record: Record
    reporter: Reporter
    extras: Extras
    platforms: Sequence[str] | None
    """Docker's names; None for all that a runtime declares."""
    without_tests: str = ""
    """The reason for skipping the tests; empty if they are not skipped."""
    bootstrapped_allowed: bool = False
    not_built: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Platforms whose build failed, by runtime."""

    def push(self, runtime: Runtime, repository: Repository) -> list[PlatformImage]:
        """Push every platform of one runtime by digest.

        Raises:
            PublishRefusedError: A test is missing or failed, a platform is, or it is built on a base from packages.
            CommandError: The image is not in the engine any more.
            DiskFullError: There is no room to save it.
            SomeFailedError: It was not built.
        """
        wanted = [each.docker for each in runtime.platforms if self.platforms is None or each.docker in self.platforms]
        if broken := self.not_built.get(str(runtime)):
            raise SomeFailedError(f"builds of {runtime}", broken, len(wanted))
        tests = dict(self._tested(runtime, wanted))
        image = self.builder.engine.images([runtime.build_image]).get(runtime.build_image)
        if image is None:
            raise PublishRefusedError([(f"{runtime}: there is no image {runtime.build_image}", "build it first")])
        self.reporter.step(str(runtime), "saving the image", 0, 0)
        folder = records.folder(self.builder.configuration.root) / "saved" / str(runtime.id)
        with export.saved(self.builder.engine, image, folder) as file:
            saved = _open(file)
            self._check(runtime, saved, image.id, wanted, tests)
            return [self._push_one(runtime, repository, saved, name, tests[name]) for name in wanted]

    def _tested(self, runtime: Runtime, platforms: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        reasons = []
        for name in platforms:
            facts, closed = self.gate.verdict(runtime, name)
            if self.without_tests:
                facts, closed = {"skipped": self.without_tests}, ""
            self.record.platform(str(runtime), name, tests=dict(facts) or {"failed": closed})
            if closed:
                way_out = f"`./dev verify {runtime} --platform {name}` shows it; or --skip-tests --because TEXT"
                reasons.append((f"{runtime} {name}: {closed}", way_out))
            yield name, facts
        if reasons:
            raise PublishRefusedError(reasons)

    def _check(
        self,
        runtime: Runtime,
        saved: SavedImage,
        image_id: str,
        wanted: Sequence[str],
        tests: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Whether what was saved is what was tested, whole, and built on what it says."""
        held = saved.manifests()
        reasons = preconditions.of_missing(str(runtime), wanted, held)
        for name in wanted:
            proven = tests[name].get("images", {}).get(runtime.build_image, image_id)
            if not saved.is_of(proven):
                what = f"{runtime} {name}: {proven} was tested, {saved.top.digest} is in the engine"
                reasons.append((what, "something else builds on this engine; run this again"))
            if name in held:
                labels = saved.labels(held[name])
                if f"{name}={self.builder.fingerprint(runtime, name)}" not in labels.get(LABEL_FINGERPRINT, ""):
                    what = f"{runtime} {name}: the image in the engine was made from other files than are here"
                    reasons.append((what, "something else builds on this engine; run this again"))
                stand_in = labels.get(LABEL_STAND_IN, "")
                reasons += preconditions.of_stand_in(str(runtime), name, stand_in, allowed=self.bootstrapped_allowed)
        if reasons:
            raise PublishRefusedError(reasons)

    def _push_one(
        self, runtime: Runtime, repository: Repository, saved: SavedImage, name: str, tests: Mapping[str, Any]
    ) -> PlatformImage:
        manifest = saved.manifests()[name]
        key = str(runtime)
        repository.push_image(
            saved, manifest, lambda text, done, total: self.reporter.step(key, f"{name} {text}", done, total)
        )
        image = PlatformImage(
            runtime=key,
            platform=name,
            repository=repository.reference,
            commit=self.builder.revision.commit,
            fingerprint=self.builder.fingerprint(runtime, name),
            manifest=manifest,
            tests=tests,
            stand_in=saved.labels(manifest).get(LABEL_STAND_IN, ""),
        )
        image = replace(image, extras=tuple(self.extras.attest(repository, image)))
        facts = image.row()
        kept = {fact: facts[fact] for fact in ("digest", "fingerprint", "stand_in", "extras")}
        self.record.platform(key, name, **kept, pushed=records.now())
        return image


def _open(file: Path) -> SavedImage:
    try:
        return SavedImage.open(file)
    except ValueError as error:
        raise EngineError(
            f"the engine has saved an image in a way that cannot be published: {error}",
            todo=["use Docker 25 or newer: it saves images in OCI's layout"],
        ) from None
