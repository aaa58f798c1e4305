"""A pull request starts the jobs that its files call for, in this repository as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtimekit.images import plan
from runtimekit.repository import catalogue, changes, configuration, recipes

ROOT = Path(__file__).parents[4]
CATALOGUE = catalogue.load(configuration.load(ROOT))
RECIPES = recipes.load_recipes(ROOT / "bases")


def rows(*files: str) -> list[dict[str, str]]:
    """The matrix of a pull request that touches these files."""
    affected = changes.affected(files, CATALOGUE, RECIPES)
    return plan.matrix({each.runtime: each.reason for each in affected})


def languages(*files: str) -> set[str]:
    """The languages, or run images, in that matrix."""
    return {row["id"].partition("-")[0] for row in rows(*files)}


EVERYTHING = {str(each) for each in (*CATALOGUE.all, *CATALOGUE.second)}
COMPILED = {each.id.language for each in CATALOGUE.runtimes if each.kind.value == "compiled"}


@pytest.mark.parametrize(
    ("file", "concerned"),
    [
        ("adapters/node/adapter.cjs", {"node"}),
        ("adapters/java/build.sh", {"java", "kotlin"}),
        ("runtimes/alpine-3.22/Dockerfile", {"alpine", *COMPILED}),
        ("tests/resources/probe/ruby/index.rb", {"ruby"}),
        ("runtimes/node-22/README.md", set()),
        ("README.md", set()),
        ("docs/ci.md", set()),
        (".github/workflows/images.yml", set()),
        ("tests/unit/test_options.py", set()),
    ],
)
def test_a_change_concerns_the_images_that_hold_it(file: str, concerned: set[str]) -> None:
    """Each on every platform that it declares."""
    assert languages(file) == concerned
    found = rows(file)
    for name in {row["id"] for row in found}:
        platforms = {platform.docker for platform in CATALOGUE.get(name).platforms}
        assert {row["platform"] for row in found if row["id"] == name} == platforms


@pytest.mark.parametrize(
    "file", ["gateway/internal/server/server.go", "adapters/common/unpack.sh", "platforms.toml", "src/runtimekit/x.py"]
)
def test_what_is_in_every_image_concerns_all(file: str) -> None:
    """The gateway, the common part, and what builds them."""
    assert {row["id"] for row in rows(file)} == EVERYTHING


def test_several_files_concern_what_each_of_them_does() -> None:
    """And nothing twice."""
    found = [
        (row["id"], row["platform"]) for row in rows("adapters/node/adapter.cjs", "adapters/php/php.ini", "README.md")
    ]
    assert {name.partition("-")[0] for name, _ in found} == {"node", "php"}
    assert len(found) == len(set(found))
