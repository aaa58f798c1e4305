"""The test gate: what is published has passed on its platform, as exactly these bytes.

A compiled runtime is checked together with its run images. A run image is checked by itself, and through the newest
version of every compiled language that says it runs on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import test_records, verify
from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import Console

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.conformance.test_records import TestRecord
    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.configuration import Configuration
    from runtimekit.repository.recipes import Source


@dataclass
class Gate:
    """Finds proofs, and runs the suites whose proof is missing."""

    configuration: Configuration
    catalogue: Catalogue
    engine: Engine
    source: Source
    console: Console
    failures: dict[tuple[Runtime, str], SuiteResult] = field(default_factory=dict)
    """Suites that this run saw fail."""

    def needs(self, runtime: Runtime) -> list[Runtime]:
        """Whose suites have to pass before this is published."""
        if runtime.kind is not Kind.RUN_IMAGE:
            return [runtime]
        on_it = [each for each in self.catalogue.newest if runtime in verify.run_images(self.catalogue, each)]
        return [runtime, *on_it]

    def proof(self, runtime: Runtime, platform: str) -> TestRecord | None:
        """That this runtime's own suite passed on the images that the engine has now."""
        return test_records.find(
            self.configuration.root,
            runtime,
            platform,
            verify.image_ids(self.engine, self.catalogue, runtime),
            scope=verify.scope_for(runtime, self.catalogue, platform),
            digest=test_records.suite_digest(self.configuration.root, runtime),
        )

    def missing(self, runtimes: Iterable[Runtime], platform: str) -> list[Runtime]:
        """The runtimes whose suites have to be run for all these to pass the gate."""
        wanted = dict.fromkeys(each for runtime in runtimes for each in self.needs(runtime))
        return [each for each in wanted if self.proof(each, platform) is None]

    def run(self, runtimes: Iterable[Runtime], platform: str) -> None:
        """Run every suite whose proof is missing; what fails stands in :attr:`failures`."""
        if missing := self.missing(runtimes, platform):
            suites = verify.verify(
                self.configuration,
                self.catalogue,
                self.engine,
                missing,
                platform,
                scope="",
                source=self.source,
                console=self.console,
            )
            for runtime, suite in zip(missing, suites, strict=True):
                if not suite.ok:
                    self.failures[runtime, platform] = suite

    def verdict(self, runtime: Runtime, platform: str) -> tuple[Mapping[str, Any], str]:
        """The facts for the record, and why the gate stays closed (empty: it is open)."""
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
