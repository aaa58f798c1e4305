"""A record holds for exactly these images, these cases and this scope."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runtimekit.conformance import Scope, test_records
from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.repository import catalogue, configuration

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime

IMAGES = {"go-runtime:1.24": "sha256:1", "appwrite-alpine:3.22": "sha256:2"}
AMD = "linux/amd64"


@pytest.fixture
def runtime(repository: Path) -> Runtime:
    """A compiled one: its record names its run images, too."""
    return catalogue.load(configuration.load(repository)).get("go-1.24")


def proven(scope: Scope = Scope.FULL) -> test_records.TestRecord:
    """The record of a passed suite of two cases."""
    cases = tuple(
        CaseResult(id=f"a.{each}", rule="R1", area="a", outcome=each, seconds=1)
        for each in (Outcome.PASSED, Outcome.WAIVED)
    )
    suite = SuiteResult(runtime="go-1.24", platform=AMD, cases=cases, seconds=2.04)
    return test_records.record_of(suite, images=IMAGES, scope=scope, digest="cases", at="2026-11-21T00:00:00Z")


def test_a_record_is_found_for_its_images(tmp_path: Path, runtime: Runtime) -> None:
    """With the facts of the suite."""
    test_records.save(tmp_path, proven())
    found = test_records.find(tmp_path, runtime, AMD, IMAGES, scope=Scope.FULL, digest="cases")
    assert found == proven()
    assert (proven().passed, proven().waived, proven().seconds) == (1, 1, 2.0)


def test_a_full_record_covers_the_core_and_not_the_other_way_round(tmp_path: Path, runtime: Runtime) -> None:
    """Core is less than full."""
    test_records.save(tmp_path, proven(Scope.CORE))
    assert test_records.find(tmp_path, runtime, AMD, IMAGES, scope=Scope.CORE, digest="cases")
    assert test_records.find(tmp_path, runtime, AMD, IMAGES, scope=Scope.FULL, digest="cases") is None
    test_records.save(tmp_path, proven(Scope.FULL))
    assert test_records.find(tmp_path, runtime, AMD, IMAGES, scope=Scope.CORE, digest="cases")


def test_another_image_platform_or_suite_has_no_record(tmp_path: Path, runtime: Runtime) -> None:
    """One layer of a run image is enough."""
    test_records.save(tmp_path, proven())
    for images in ({**IMAGES, "appwrite-alpine:3.22": "sha256:3"}, {"go-runtime:1.24": "sha256:1"}, {}):
        assert test_records.find(tmp_path, runtime, AMD, images, scope=Scope.CORE, digest="cases") is None
    assert test_records.find(tmp_path, runtime, "linux/arm64", IMAGES, scope=Scope.CORE, digest="cases") is None
    assert test_records.find(tmp_path, runtime, AMD, IMAGES, scope=Scope.CORE, digest="other cases") is None


def test_a_file_that_says_something_else_proves_nothing(tmp_path: Path, runtime: Runtime) -> None:
    """Broken, or copied to another image's name."""
    test_records.save(tmp_path, proven())
    file = next((tmp_path / "build/proofs").iterdir())
    text = file.read_text()
    for wrong in ("rubbish", "{}", text.replace("sha256:1", "sha256:9"), text.replace("go-1.24", "go-1.25")):
        file.write_text(wrong)
        assert test_records.find(tmp_path, runtime, AMD, IMAGES, scope=Scope.CORE, digest="cases") is None


def test_the_suites_digest_is_that_of_cases_and_functions(repository: Path, runtime: Runtime) -> None:
    """A case that was added, or a test function that was changed, voids every record."""
    before = test_records.suite_digest(repository, runtime)
    (repository / "tests/resources/go").mkdir(parents=True)
    (repository / "tests/resources/go/index.go").write_text("package function")
    with_function = test_records.suite_digest(repository, runtime)
    (repository / "tests/resources/probe").mkdir()
    (repository / "tests/resources/probe/go.toml").write_text("")
    with_probe = test_records.suite_digest(repository, runtime)
    (repository / "tests/conformance").mkdir()
    (repository / "tests/conformance/key.toml").write_text("")
    assert len({before, with_function, with_probe, test_records.suite_digest(repository, runtime)}) == 4


def test_what_a_probe_shares_is_in_the_suites_digest(repository: Path, runtime: Runtime) -> None:
    """A change of the shared probe voids the records of the runtimes that share it."""
    assert runtime.language
    sharing = replace(runtime, language=replace(runtime.language, shares="together"))
    before = [test_records.suite_digest(repository, each) for each in (runtime, sharing)]
    (repository / "tests/resources/probe/together").mkdir(parents=True)
    (repository / "tests/resources/probe/together/index.go").write_text("package function")
    after = [test_records.suite_digest(repository, each) for each in (runtime, sharing)]
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_of_a_runtime_and_platform_the_newest_record_is_told(tmp_path: Path) -> None:
    """Whatever the images were; a file that is no record is passed over."""
    older = replace(proven(), at="2026-11-20T00:00:00Z", images={"go-runtime:1.24": "sha256:0"})
    emulated = replace(proven(), platform="linux/arm64")
    for record in (older, proven(), emulated):
        test_records.save(tmp_path, record)
    (tmp_path / test_records.FOLDER / "other.json").write_text('{"runtime": "go-1.24"}')
    assert test_records.all_of(tmp_path) == [proven(), emulated]


def test_a_record_of_before_these_facts_still_holds(tmp_path: Path, runtime: Runtime) -> None:
    """It says nothing about the machine and the bases."""
    test_records.save(tmp_path, proven())
    (path,) = (tmp_path / test_records.FOLDER).iterdir()
    row = json.loads(path.read_text())
    path.write_text(json.dumps({key: row[key] for key in row if key not in {"machine", "stand_ins"}}))
    found = test_records.find(tmp_path, runtime, AMD, IMAGES, scope=Scope.FULL, digest="cases")
    assert found
    assert (found.machine, found.stand_ins) == ("", {})
