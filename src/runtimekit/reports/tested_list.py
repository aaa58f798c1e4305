"""The list of runtimes for executors: what was built and has passed, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import Scope, test_records, verify
from runtimekit.repository import end_of_life
from runtimekit.repository.identifiers import RuntimeId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from runtimekit.conformance.test_records import TestRecord
    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.end_of_life import Lifetimes

FORMAT = 1
"""The version of the list's form. Keys may be added to a form; none is renamed or removed."""


@dataclass(frozen=True)
class Tested:
    """A runtime whose suite has passed on its image as it is now."""

    runtime: Runtime
    records: tuple[TestRecord, ...]
    """One for each platform on which it has passed, in the order in which they are declared."""

    @property
    def platforms(self) -> list[str]:
        """Docker's names of the platforms on which it has passed."""
        return [record.platform for record in self.records]


def tested(root: Path, engine: Engine, catalogue: Catalogue, chosen: Iterable[Runtime]) -> list[Tested]:
    """Those of ``chosen`` whose images are in the engine, with a test record of exactly these images and cases.

    Raises:
        CommandError: The engine cannot be asked.
    """
    needed = {runtime: verify.needed_images(catalogue, runtime) for runtime in chosen}
    names = {each.build_image for images in needed.values() for each in images}
    ids = {name: image.id for name, image in engine.images(sorted(names)).items()}
    found = []
    for runtime, images in needed.items():
        own = {each.build_image: ids[each.build_image] for each in images if each.build_image in ids}
        digest = test_records.suite_digest(root, runtime) if own else ""
        records = [
            test_records.find(root, runtime, platform.docker, own, scope=Scope.CORE, digest=digest)
            for platform in (runtime.platforms if own else ())
        ]
        if passed := tuple(record for record in records if record):
            found.append(Tested(runtime, passed))
    return found


def document(found: Sequence[Tested], lives: Lifetimes) -> dict[str, Any]:
    """The list as JSON: an object for each language, with its images, the oldest version first (docs/catalogue.md)."""
    languages = groupby(sorted(found, key=lambda each: each.runtime.id), lambda each: each.runtime.id.language)
    return {"format": FORMAT, "runtimes": [_language(key, list(versions), lives) for key, versions in languages]}


def supported_until(runtime: Runtime, lives: Lifetimes) -> str | None:
    """The last day on which the version's makers mend security faults; None where none is announced or known."""
    version = RuntimeId(runtime.id.language, runtime.id.version)
    until = lives.versions.get(version, end_of_life.Lifetime(None)).until
    return until.isoformat() if until else None


def _language(key: str, versions: Sequence[Tested], lives: Lifetimes) -> dict[str, Any]:
    newest = versions[-1].runtime
    return {
        "key": key,
        "name": newest.name,
        "kind": newest.kind.value,
        "entrypoint": newest.entrypoint,
        "versions": [_version(each, lives) for each in versions],
    }


def _version(each: Tested, lives: Lifetimes) -> dict[str, Any]:
    return {
        "version": each.runtime.version,
        "entrypoint": each.runtime.entrypoint,
        "build_image": each.runtime.build_image,
        "run_image": each.runtime.run_image,
        "platforms": each.platforms,
        "supported_until": supported_until(each.runtime, lives),
        "protocols": [each.runtime.protocol.value],
        "memory": each.runtime.memory,
        "tested": [_tested(record) for record in each.records],
    }


def _tested(record: TestRecord) -> dict[str, Any]:
    images: Mapping[str, str] = record.images
    kept = ("platform", "scope", "passed", "waived", "at", "machine")
    return {name: getattr(record, name) for name in kept} | {
        "images": dict(images),
        "stand_ins": dict(record.stand_ins),
    }
