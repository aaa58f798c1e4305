"""`publish` from end to end: check, log in, build, test, push. And `--merge`, which needs no engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.errors import PublishRefusedError
from runtimekit.images import build
from runtimekit.images.results import FAILED
from runtimekit.publishing import digest_files, preconditions
from runtimekit.publishing.attest import SupplyChain
from runtimekit.publishing.batch import PublicationRow, Publisher
from runtimekit.publishing.platform_images import PlatformPusher
from runtimekit.publishing.record import Record
from runtimekit.publishing.tags import Releaser
from runtimekit.publishing.test_gate import PublishGate
from runtimekit.registry.client import Registry
from runtimekit.registry.retry import Retrier
from runtimekit.reports import files
from runtimekit.repository import revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.reporter import Output
    from runtimekit.images.nodes.nodes import Nodes
    from runtimekit.images.plan import Plan
    from runtimekit.publishing.model import PlatformImage
    from runtimekit.registry.address import Address
    from runtimekit.registry.credentials import Login
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.configuration import Configuration
    from runtimekit.repository.recipes import Source


@dataclass(frozen=True, kw_only=True)
class PublishOptions:
    """The options of `publish`, checked."""

    address: Address
    login: Login | None
    platforms: Sequence[str] | None = None
    """Docker's names of the platforms to push by digest only; None for all, which are then tagged."""
    digests: Path | None = None
    """The file that gets the digests of what was pushed."""
    without_tests: str = ""
    bootstrapped_allowed: bool = False

    def row(self) -> dict[str, Any]:
        """The options as the record has them, without the login."""
        return {
            "platforms": list(self.platforms or ()),
            "without_tests_because": self.without_tests,
            "bootstrapped_bases_allowed": self.bootstrapped_allowed,
        }


@dataclass
class Publication:
    """One publication of images of one repository."""

    configuration: Configuration
    catalogue: Catalogue
    options: PublishOptions
    output: Output

    def prepare(
        self,
        engine: Engine,
        source: Source,
        jobs: int,
        runtimes: Sequence[Runtime],
        nodes: Nodes | None = None,
    ) -> tuple[build.Builder, Plan, list[preconditions.Reason]]:
        """The plan, and every reason against publishing that is known before building. Changes nothing."""
        builder = build.Builder(self.configuration, engine, source, jobs, self.output.log, nodes=nodes)
        plan = builder.plan(runtimes, self.options.platforms)
        used = self.options.platforms or sorted({each.docker for runtime in runtimes for each in runtime.platforms})
        reasons = preconditions.of_tree(self.configuration.root, builder.revision.commit)
        reasons += preconditions.of_bases(builder.bootstraps, allowed=self.options.bootstrapped_allowed)
        reasons += preconditions.of_plan(plan) + (
            [] if self.options.without_tests else preconditions.of_platforms(used)
        )
        return builder, plan, reasons

    def publish(self, builder: build.Builder, plan: Plan, runtimes: Sequence[Runtime]) -> list[PublicationRow]:
        """Build, test and publish what :meth:`prepare` has found nothing against.

        Raises:
            RegistryUnavailableError: The registry is not there; nothing was built.
            RegistryLoginError: It does not let us in.
            RunInterruptedError: Ctrl-C.
        """
        engine, gate, extras = builder.engine, self.gate(builder), SupplyChain(self.catalogue, builder.engine)
        registry = self._registry()
        registry.check_access()
        tools = {"docker": str(engine.info.get("ServerVersion", "")), "buildx": engine.buildx_version}
        with self._record(registry, builder.revision.commit, tools) as record:
            with self.output.reporter() as reporter:
                rows = builder.build(plan, reporter) if plan.build else []
            files.write_build_rows(self.configuration.root, rows, self.output.log)
            broken: dict[str, list[str]] = {}
            for each in rows:
                if each.result == FAILED:
                    broken.setdefault(each.runtime, []).append(each.platform)
            built = [runtime for runtime in runtimes if str(runtime) not in broken]
            if not self.options.without_tests:
                self._test(gate, built)
            with self.output.reporter() as reporter:
                supplier = PlatformPusher(
                    builder=builder,
                    gate=gate,
                    record=record,
                    reporter=reporter,
                    extras=extras,
                    platforms=self.options.platforms,
                    without_tests=self.options.without_tests,
                    bootstrapped_allowed=self.options.bootstrapped_allowed,
                    not_built=broken,
                )
                publisher = Publisher(self.catalogue, registry, record, reporter, Releaser(extras))
                pushed: list[PlatformImage] = []
                results = publisher.publish(
                    runtimes,
                    lambda runtime, repository: _kept(supplier.push(runtime, repository), pushed),
                    release=self.options.digests is None,
                )
            if self.options.digests and all(row.error is None for row in results):
                digest_files.write(self.options.digests, pushed)
        return results

    def merged(self, digests: Sequence[Path]) -> dict[Runtime, tuple[PlatformImage, ...]]:
        """What other machines have pushed by digest, if nothing is missing and all fits together.

        Raises:
            PublishRefusedError: Every reason against it, at once.
        """
        root = self.configuration.root
        commit = revision.of(root).commit
        if reasons := preconditions.of_tree(root, commit):
            raise PublishRefusedError(reasons)
        return digest_files.merge(
            digest_files.read(digests),
            self.catalogue,
            self.options.address,
            commit,
            bootstrapped_allowed=self.options.bootstrapped_allowed,
        )

    def merge(self, merged: Mapping[Runtime, tuple[PlatformImage, ...]]) -> list[PublicationRow]:
        """Tag what :meth:`merged` has found complete.

        Raises:
            RegistryUnavailableError: The registry is not there.
            RegistryLoginError: It does not let us in.
            RunInterruptedError: Ctrl-C.
        """
        registry = self._registry()
        registry.check_access()
        commit = revision.of(self.configuration.root).commit
        with self._record(registry, commit, {}) as record, self.output.reporter() as reporter:
            for image in (each for images in merged.values() for each in images):
                facts = {"digest": image.manifest.digest, "fingerprint": image.fingerprint, "tests": dict(image.tests)}
                record.platform(image.runtime, image.platform, **facts)
            publisher = Publisher(self.catalogue, registry, record, reporter, Releaser(SupplyChain(self.catalogue)))
            return publisher.publish(list(merged), lambda runtime, _repository: merged[runtime], release=True)

    def gate(self, builder: build.Builder) -> PublishGate:
        """The test gate for a builder's images."""
        return PublishGate(self.configuration, self.catalogue, builder.engine, builder.source, self.output)

    def _test(self, gate: PublishGate, runtimes: Sequence[Runtime]) -> None:
        for platform in sorted({each.docker for runtime in runtimes for each in runtime.platforms}):
            if self.options.platforms is None or platform in self.options.platforms:
                concerned = [each for each in runtimes if platform in {one.docker for one in each.platforms}]
                gate.run(concerned, platform)

    def _registry(self) -> Registry:
        host = self.options.address.host
        return Registry(self.options.address, self.options.login, Retrier(host))

    def _record(self, registry: Registry, commit: str, tools: dict[str, str]) -> Record:
        return Record(
            self.configuration.root,
            commit=commit,
            registry=str(self.options.address),
            options=self.options.row(),
            tools=tools,
            retries=registry.retrier.counts,
        )


def _kept(images: list[PlatformImage], everything: list[PlatformImage]) -> list[PlatformImage]:
    everything += images
    return images
