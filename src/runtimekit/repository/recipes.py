"""Recipes for base images, ``bases/*/recipe.toml``: which FROM references each serves, and what it is made of."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from runtimekit.errors import ConfigurationError, Problem
from runtimekit.repository.identifiers import split_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

LOCAL_NAMESPACE = "runtimekit-base"


class Source(StrEnum):
    """Where base images come from, ``--bases``."""

    AUTO = "auto"
    REGISTRY = "registry"
    BOOTSTRAP = "bootstrap"


@dataclass(frozen=True)
class Recipe:
    """How one upstream image is made here."""

    folder: Path
    serves: re.Pattern[str]
    describes: str
    """What the image is made of, for its label and for tables."""
    on: str | None
    """The FROM reference that its Dockerfile builds on, itself served by a recipe; None for a root file system.
    May hold the facts of the reference, as in `debian:{suite}-slim`."""
    fetch: Mapping[str, Any]
    """What is fetched for each platform: `debian` packages, a `wheel`, an `npm` package, a `maven` jar, a `rootfs`."""

    @property
    def name(self) -> str:
        """The recipe's name: its folder's."""
        return self.folder.name


@dataclass(frozen=True)
class Base:
    """One upstream reference, served by a recipe."""

    reference: str
    """The tag, without a pin: a pinned and an unpinned FROM are served by the same image."""
    recipe: Recipe
    facts: Mapping[str, str]
    """The named parts of the reference, such as `version`, with which the recipe's texts are filled in."""

    @property
    def image(self) -> str:
        """The local image's name."""
        return f"{LOCAL_NAMESPACE}/{self.reference}"

    @property
    def key(self) -> str:
        """The name of its making in reports."""
        return f"base {self.reference}"

    @property
    def on(self) -> str | None:
        """The reference that it is built on."""
        return self.recipe.on.format_map(self.facts) if self.recipe.on else None

    @property
    def arguments(self) -> dict[str, str]:
        """The reference's facts as the Dockerfile's ARGs, in capitals: `version` becomes VERSION."""
        return {name.upper(): value for name, value in self.facts.items()}

    @property
    def fetch(self) -> dict[str, Any]:
        """What to fetch, with the reference's facts filled in."""
        return {key: _filled(value, self.facts) for key, value in self.recipe.fetch.items()}


def _filled(value: Any, facts: Mapping[str, str]) -> Any:  # noqa: ANN401 - TOML's own variety
    if isinstance(value, str):
        return value.format_map(facts)
    if isinstance(value, list):
        return [_filled(item, facts) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, facts) for key, item in value.items()}
    return value


_KEYS = {"serves", "describes", "on", "fetch"}


def load_recipes(folder: Path) -> tuple[Recipe, ...]:
    """Read every recipe of ``bases/``.

    Raises:
        ConfigurationError: All mistakes in all recipes.
    """
    problems: list[Problem] = []
    recipes: list[Recipe] = []
    for path in sorted(folder.glob("*/recipe.toml")):
        try:
            row = tomllib.loads(path.read_text())
            if unknown := sorted(row.keys() - _KEYS):
                problems.append(Problem(path, None, f"unknown key {unknown[0]!r}; known: {', '.join(sorted(_KEYS))}"))
                continue
            recipe = Recipe(
                path.parent, re.compile(row["serves"]), row["describes"], row.get("on"), row.get("fetch", {})
            )
            recipes.append(recipe)
        except (tomllib.TOMLDecodeError, re.error) as error:
            problems.append(Problem(path, None, str(error)))
        except KeyError as missing:
            problems.append(Problem(path, None, f"the key {missing} is missing"))
    if problems:
        raise ConfigurationError(problems)
    return tuple(recipes)


def unserved(references: Iterable[str], recipes: Sequence[Recipe]) -> tuple[str, ...]:
    """Those FROM references that no recipe serves: what is built on them needs a registry."""
    return tuple(each for each in references if find_base(each, recipes) is None)


def find_base(reference: str, recipes: Iterable[Recipe]) -> Base | None:
    """The base that a recipe can make for this FROM reference, if any.

    A pin does not matter here: a recipe stands in for the tag, and what it makes is labelled as a stand-in.
    """
    tag, _ = split_digest(reference)
    for recipe in recipes:
        match = recipe.serves.fullmatch(tag)
        if match:
            return Base(tag, recipe, match.groupdict())
    return None
