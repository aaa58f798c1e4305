"""Publishes an image of one function under the rules of `publish`: committed, tested, by digest, verified, tagged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.engine import export
from runtimekit.engine.labels import LABEL_STAND_IN
from runtimekit.errors import PublishRefusedError
from runtimekit.publishing import preconditions, record
from runtimekit.publishing.attest import SupplyChain
from runtimekit.publishing.model import FINGERPRINT_DIGITS, PlatformImage
from runtimekit.publishing.push import Repository
from runtimekit.publishing.tags import Releaser, Tags
from runtimekit.registry.address import Address
from runtimekit.registry.client import Registry
from runtimekit.registry.oci import Descriptor
from runtimekit.registry.retry import Retrier
from runtimekit.registry.saved_image import SavedImage
from runtimekit.repository import revision
from runtimekit.supply_chain import bundles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.functions.bundle import Bundle
    from runtimekit.functions.image_names import ImageName
    from runtimekit.images.build import Builder
    from runtimekit.publishing.preconditions import Reason
    from runtimekit.publishing.test_gate import PublishGate
    from runtimekit.registry.credentials import Login
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.supply_chain.bundles import FunctionSource


@dataclass(frozen=True, kw_only=True)
class BundlePublication:
    """One publication of one function's image."""

    builder: Builder
    catalogue: Catalogue
    gate: PublishGate
    address: Address
    login: Login | None
    without_tests: str = ""
    """The reason for skipping the runtime's tests; empty if they are not skipped."""
    bootstrapped_allowed: bool = False

    def reasons(self, folder: Path) -> list[Reason]:
        """Everything against publishing that is known before the function is built. ``folder`` is the function's."""
        root = self.builder.configuration.root
        found = preconditions.of_tree(root, self.builder.revision.commit)
        if not folder.is_relative_to(root):
            commit = revision.of(folder).commit
            found += [(f"{folder}: {what}", way_out) for what, way_out in preconditions.of_tree(folder, commit)]
        return found + preconditions.of_bases(self.builder.bootstraps, allowed=self.bootstrapped_allowed)

    def tests(self, runtime: Runtime, platform: str) -> Mapping[str, Any]:
        """Which tests of the runtime vouch for the image; those that have no record are run now.

        Raises:
            PublishRefusedError: They fail.
        """
        if self.without_tests:
            return {"skipped": self.without_tests}
        self.gate.run([runtime], platform)
        facts, closed = self.gate.verdict(runtime, platform)
        if closed:
            way_out = f"`./dev verify {runtime} --platform {platform}` shows it; or --skip-tests --because TEXT"
            raise PublishRefusedError([(f"{runtime} {platform}: {closed}", way_out)])
        return facts

    def publish(
        self, bundle: Bundle, function: FunctionSource, tests: Mapping[str, Any], step: Callable[[str], None]
    ) -> dict[str, Any]:
        """Push the image and its attestation by digest, verify both, sign them, and set the tags.

        Args:
            bundle: The image, in the engine.
            function: Where its function is from.
            tests: What vouches for it (:meth:`tests`).
            step: Is told what is being done.

        Returns:
            What was pushed, for the record.

        Raises:
            PublishRefusedError: It is built on a base from packages, or on another image than the tested one, or the
                engine has another image by now.
            RegistryUnavailableError: A fault that did not pass.
            RegistryLoginError: We are not let in.
            RegistryAnswerError: The registry refuses it.
            DigestMismatchError: The registry does not hold what was pushed.
            SigningError: It cannot be signed.
        """
        tested = tests.get("images", {}).get(bundle.runtime.run_image, bundle.image.below)
        if tested != bundle.image.below:
            what = f"{bundle.runtime}: {tested} was tested, the function is on {bundle.image.below}"
            raise PublishRefusedError([(what, "something else builds on this engine; run this again")])
        registry = Registry(self.address, self.login, Retrier(self.address.host))
        registry.check_access()
        repository = Repository(registry, self.address.repository(bundle.name.last))
        manifest = self._push(bundle, repository, step)
        step("attesting it")
        made = bundles.attest(self.builder.engine, bundle, function, repository.reference)
        for blob in made.blobs:
            repository.push_content(blob.data, blob.media_type)
        repository.push_manifest(made.manifest.data, made.manifest.media_type)
        digits = manifest.digest.removeprefix("sha256:")[:FINGERPRINT_DIGITS]
        image = PlatformImage(
            runtime=str(bundle.runtime),
            platform=bundle.platform,
            repository=repository.reference,
            commit=self.builder.revision.commit,
            fingerprint=digits,
            manifest=manifest,
            tests=tests,
            extras=(Descriptor.read(made.descriptor),),
        )
        tags = Tags(f"{bundle.name.tag}-{digits}", (bundle.name.tag,))
        released = Releaser(SupplyChain(self.catalogue)).release(repository, [image], tags, step)
        return {
            "index": released.index,
            "tags": {tag: sent.value for tag, sent in released.tags.items()},
            "signature": released.extras,
            "tests": dict(tests),
        }

    def _push(self, bundle: Bundle, repository: Repository, step: Callable[[str], None]) -> Descriptor:
        engine = self.builder.engine
        held = engine.images([str(bundle.name)]).get(str(bundle.name))
        way_out = "something else works on this engine; run this again"
        if held is None:
            raise PublishRefusedError([(f"the engine has no {bundle.name} any more", way_out)])
        step("saving the image")
        folder = record.folder(self.builder.configuration.root) / "saved" / bundle.name.label
        with export.saved(engine, held, folder) as file:
            saved = SavedImage.open(file)
            manifest = saved.manifests().get(bundle.platform)
            if manifest is None or manifest.digest != bundle.image.manifest.digest:
                raise PublishRefusedError([(f"the engine has another {bundle.name} by now", way_out)])
            stand_in = saved.labels(manifest).get(LABEL_STAND_IN, "")
            name = str(bundle.runtime)
            if found := preconditions.of_stand_in(name, bundle.platform, stand_in, allowed=self.bootstrapped_allowed):
                raise PublishRefusedError(found)
            repository.push_image(saved, manifest, lambda text, done, total: step(f"{text}, {done} of {total}"))
        return manifest


def address_of(name: ImageName) -> Address:
    """The registry, and the folder in it, of a name.

    Raises:
        OptionError: The name has no registry's host, or no folder.
    """
    return Address.parse(f"{name.host}/{name.namespace}")
