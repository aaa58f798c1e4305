"""Records that a suite passed on exactly this image, kept under ``build/proofs`` for `publish`.

The record names images by their ids, which are digests of their content: it does not hold for an image that was
built again. It does not hold either once the cases have changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import Scope, collect
from runtimekit.conformance.protocols import SUITES
from runtimekit.conformance.results import Outcome
from runtimekit.support.atomic_files import write_text
from runtimekit.support.folders import folder_digest
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.repository.catalogue import Runtime

FOLDER = "build/proofs"
"""Where records are kept, in the repository."""


@dataclass(frozen=True, kw_only=True)
class TestRecord:
    """One passed suite."""

    __test__ = False  # not a class of tests, whatever pytest takes its name for

    runtime: str
    platform: str
    images: Mapping[str, str]
    """The id of every image that took part, by name: a compiled runtime's own, and its run images."""
    scope: str
    suite: str
    """The digest of the cases and functions that it was checked with."""
    passed: int
    """Cases."""
    waived: int
    """Cases that failed as known_failures.toml says."""
    at: str
    """When, as RFC 3339 has it."""
    seconds: float
    machine: str = ""
    """The architecture of the machine that ran it, as Docker calls it; another one than the platform's emulates."""
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    """What stood in for an official base, by name of the image on it. Images on official bases are not in here."""

    def row(self) -> dict[str, Any]:
        """The record as a JSON object."""
        return asdict(self)


def suite_digest(root: Path, runtime: Runtime) -> str:
    """The digest of all that decides what is checked: cases, the code that runs them, the language's functions."""
    tests, resources, language = collect.tests_folder(root), root / "tests" / "resources", runtime.id.language
    parts = [tests / "conformance", tests / "images", Path(collect.__file__).parent, resources / language]
    parts += [root / "starters" / runtime.starter]
    parts += sorted([*resources.glob(f"*/{language}"), *resources.glob(f"*/{language}.toml")])
    parts += [resources / SUITES[runtime.protocol].probe / name for name in runtime.probes[1:]]
    parts += sorted(resources.glob(f"*/variants/{language}"))
    digests = [folder_digest(part) for part in parts if part.is_dir()]
    digests += [hashlib.sha256(part.read_bytes()).hexdigest() for part in parts if part.is_file()]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def record_of(
    suite: SuiteResult,
    *,
    images: Mapping[str, str],
    scope: Scope,
    digest: str,
    at: str,
    stand_ins: Mapping[str, str] = MappingProxyType({}),
) -> TestRecord:
    """The record of a passed suite; ``digest`` comes from :func:`suite_digest`, ``at`` is RFC 3339."""
    return TestRecord(
        runtime=suite.runtime,
        platform=suite.platform,
        images=dict(images),
        scope=scope.value,
        suite=digest,
        passed=suite.count(Outcome.PASSED),
        waived=suite.count(Outcome.WAIVED),
        at=at,
        seconds=round(suite.seconds, 1),
        machine=native(),
        stand_ins=dict(stand_ins),
    )


def save(root: Path, record: TestRecord) -> None:
    """Write the record; it replaces an older one of the same images."""
    write_text(_path(root, record.runtime, record.platform, record.images), json.dumps(record.row(), indent=1) + "\n")


def find(
    root: Path, runtime: Runtime, platform: str, images: Mapping[str, str], *, scope: Scope, digest: str
) -> TestRecord | None:
    """The record for these images, if it has this digest and covers ``scope``."""
    record = _read(_path(root, str(runtime), platform, images))
    if record is None:
        return None
    is_of_these = (record.runtime, record.platform, record.images) == (str(runtime), platform, dict(images))
    deep_enough = scope is Scope.CORE or record.scope == Scope.FULL.value
    return record if is_of_these and deep_enough and record.suite == digest else None


def all_of(root: Path) -> list[TestRecord]:
    """Every record of this machine, and of those whose ``build/proofs`` were collected, by runtime and platform.

    Of several records of one runtime and platform, which are of different images, the newest is taken.
    """
    found: dict[tuple[str, str], TestRecord] = {}
    for path in sorted((root / FOLDER).glob("*.json")):
        record = _read(path)
        if record and record.at > getattr(found.get((record.runtime, record.platform)), "at", ""):
            found[record.runtime, record.platform] = record
    return [record for _, record in sorted(found.items())]


def _read(path: Path) -> TestRecord | None:
    """The record in a file; None where there is none, or one of another form."""
    try:
        return TestRecord(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _path(root: Path, runtime: str, platform: str, images: Mapping[str, str]) -> Path:
    key = hashlib.sha256(json.dumps(dict(sorted(images.items()))).encode()).hexdigest()[:16]
    return root / FOLDER / f"{runtime}-{platform.rpartition('/')[2]}-{key}.json"
