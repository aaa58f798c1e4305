"""The test gate: an image is published only if these very bytes have passed on their platform.

A compiled runtime is checked together with its run images. A run image is checked by itself, and through the newest
version of every compiled language that says it runs on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import test_records, verify
from runtimekit.images.build import Builder
from runtimekit.reports import files
from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.conformance.test_records import TestRecord
    from runtimekit.engine.client import Engine
    from runtimekit.engine.reporter import Output
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.configuration import Configuration
    from runtimekit.repository.recipes import Source


@dataclass
class PublishGate:
    """Finds test records, and runs the suites that have none."""

    configuration: Configuration
    catalogue: Catalogue
    engine: Engine
    source: Source
    output: Output
    failures: dict[tuple[Runtime, str], SuiteResult] = field(default_factory=dict)
    """Suites that failed in this run."""

    def needs(self, runtime: Runtime) -> list[Runtime]:
        """The runtimes whose suites must pass before this one is published."""
        if runtime.kind is not Kind.RUN_IMAGE:
            return [runtime]
        on_it = [each for each in self.catalogue.newest if runtime in verify.run_images(self.catalogue, each)]
        return [runtime, *on_it]

    def proof(self, runtime: Runtime, platform: str) -> TestRecord | None:
        """The record that this runtime's suite passed on the images in the engine; None if there is none."""
        return test_records.find(
            self.configuration.root,
            runtime,
            platform,
            verify.image_ids(self.engine, self.catalogue, runtime),
            scope=verify.scope_for(runtime, self.catalogue, platform),
            digest=test_records.suite_digest(self.configuration.root, runtime),
        )

    def missing(self, runtimes: Iterable[Runtime], platform: str) -> list[Runtime]:
        """The runtimes whose suites must still run before all of these pass the gate."""
        wanted = dict.fromkeys(each for runtime in runtimes for each in self.needs(runtime))
        return [each for each in wanted if self.proof(each, platform) is None]

    def run(self, runtimes: Iterable[Runtime], platform: str) -> None:
        """Run every suite that has no test record; failures go to :attr:`failures`."""
        if missing := self.missing(runtimes, platform):
            root, output = self.configuration.root, self.output
            scopes = {each: verify.scope_for(each, self.catalogue, platform) for each in missing}
            builder = Builder(self.configuration, self.engine, self.source, log=output.log)
            plan = verify.plan_images(builder, self.catalogue, missing, platform)
            images = verify.build_images(builder, plan, output)
            files.write_build_rows(root, images.rows, output.log)
            suites = verify.run_suites(root, self.engine, self.catalogue, scopes, platform, images, output)
            for runtime, suite in zip(missing, suites, strict=True):
                files.write_suite(root, suite)
                if not suite.ok:
                    self.failures[runtime, platform] = suite

    def verdict(self, runtime: Runtime, platform: str) -> tuple[Mapping[str, Any], str]:
        """The facts for the record, and the reason why the gate is closed (empty if it is open)."""
        facts: dict[str, Any] = {}
        for each in self.needs(runtime):
            proof = self.proof(each, platform)
            if failure := self.failures.get((each, platform)):
                return {}, f"the suite of {each} failed: {failure.verdict}"
            if proof is None:
                return {}, f"no passing suite of {each} is on record for the image as it is now"
            if each is runtime:
                facts |= proof.row()
            else:
                facts.setdefault("with", {})[str(each)] = proof.row()
        return facts, ""
