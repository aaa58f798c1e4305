"""The list for executors holds what was built and has passed, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec

import pytest

from runtimekit.conformance import Scope, test_records
from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.engine.client import Engine, Image
from runtimekit.reports import tested_list
from runtimekit.repository import catalogue, configuration, end_of_life

if TYPE_CHECKING:
    from runtimekit.repository.catalogue import Catalogue

ROOT = Path(__file__).parents[3]
ARM, AMD = "linux/arm64", "linux/amd64"
AT = "2026-11-29T03:00:00Z"


@pytest.fixture
def runtimes(repository: Path) -> Catalogue:
    """python-3.9, python-3.10, and go-1.24, which runs on Alpine."""
    return catalogue.load(configuration.load(repository))


def engine_with(*names: str, digest: str = "sha256:1") -> Engine:
    """An engine with these images."""
    engine: Engine = create_autospec(Engine, instance=True)
    held = {name: Image(name, f"{digest}-{name}", 1, "amd64") for name in names}
    engine.images = lambda asked: {name: held[name] for name in asked if name in held}  # type: ignore[method-assign]
    return engine


def passed(root: Path, runtimes: Catalogue, name: str, platform: str, *images: str) -> None:
    """A suite has passed on these images."""
    case = CaseResult(id="a.b", rule="R1", area="a", outcome=Outcome.PASSED, seconds=1)
    suite = SuiteResult(runtime=name, platform=platform, cases=(case,), seconds=1)
    digest = test_records.suite_digest(root, runtimes.get(name))
    ids = {image: f"sha256:1-{image}" for image in images}
    test_records.save(root, test_records.record_of(suite, images=ids, scope=Scope.CORE, digest=digest, at=AT))


def example() -> Any:
    """The list that docs/catalogue.md shows."""
    text = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8")
    block = re.search(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert block
    return json.loads(block[1])


def shape(value: Any) -> Any:
    """The keys of a JSON value, of lists those of the last element; names of images differ."""
    if isinstance(value, dict):
        return {key: key in {"images", "stand_ins"} or shape(each) for key, each in value.items()}
    return shape(value[-1]) if isinstance(value, list) and value else None


def names(found: list[tested_list.Tested]) -> list[str]:
    """The runtimes, each with its platforms."""
    return [f"{each.runtime} {' '.join(each.platforms)}" for each in found]


def test_what_has_passed_on_its_image_is_in_the_list(repository: Path, runtimes: Catalogue) -> None:
    """On the platforms where it has passed; what was built but not tested is not, nor what is only declared."""
    go = runtimes.get("go-1.24")
    for platform in (ARM, AMD):
        passed(repository, runtimes, "python-3.10", platform, "python-runtime:3.10")
    passed(repository, runtimes, "go-1.24", AMD, go.build_image, go.run_image)
    engine = engine_with("python-runtime:3.9", "python-runtime:3.10", go.build_image, go.run_image)
    found = tested_list.tested(repository, engine, runtimes, runtimes.runtimes)
    assert names(found) == ["go-1.24 linux/amd64", "python-3.10 linux/amd64 linux/arm64"]


def test_an_image_that_was_built_again_is_not(repository: Path, runtimes: Catalogue) -> None:
    """Nor one whose run image is gone, nor one that is gone itself, nor one that was checked with other cases."""
    go = runtimes.get("go-1.24")
    passed(repository, runtimes, "python-3.10", AMD, "python-runtime:3.10")
    passed(repository, runtimes, "go-1.24", AMD, go.build_image, go.run_image)
    everything = (go.build_image, go.run_image, "python-runtime:3.10")
    for engine in (engine_with(*everything, digest="sha256:2"), engine_with(go.build_image), engine_with()):
        assert names(tested_list.tested(repository, engine, runtimes, runtimes.runtimes)) == []
    (repository / "tests/conformance").mkdir(parents=True)
    (repository / "tests/conformance/key.toml").write_text("")
    assert names(tested_list.tested(repository, engine_with(*everything), runtimes, runtimes.runtimes)) == []


def test_the_document_has_an_object_for_each_language(repository: Path, runtimes: Catalogue) -> None:
    """Its versions stand in it, the oldest first; ends of life come from lifetimes.toml."""
    for version in ("3.10", "3.9"):
        passed(repository, runtimes, f"python-{version}", AMD, f"python-runtime:{version}")
    engine = engine_with("python-runtime:3.9", "python-runtime:3.10")
    found = tested_list.tested(repository, engine, runtimes, runtimes.runtimes)
    (repository / "lifetimes.toml").write_text('checked = 2026-11-01\n[python]\nsource = "x"\n"3.10" = 2026-10-31\n')
    document = tested_list.document(found, end_of_life.load(repository))
    assert document["format"] == 1
    (python,) = document["runtimes"]
    assert (python["key"], python["kind"], python["entrypoint"]) == ("python", "interpreted", "index.py")
    assert [each["version"] for each in python["versions"]] == ["3.9", "3.10"]
    assert [each["supported_until"] for each in python["versions"]] == [None, "2026-10-31"]
    newest = python["versions"][1]
    assert newest["build_image"] == newest["run_image"] == "python-runtime:3.10"
    assert newest["platforms"] == [AMD]
    assert newest["protocols"] == ["2021"]
    assert shape(document) == shape(example())
    (record,) = newest["tested"]
    assert record["images"] == {"python-runtime:3.10": "sha256:1-python-runtime:3.10"}
    assert (record["at"], record["scope"], record["passed"]) == (AT, "core", 1)
