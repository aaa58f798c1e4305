"""Base images where no registry can be reached: the upstream image, put together from packages.

A folder of ``bases/`` is a recipe: ``recipe.toml`` says which FROM references it serves and what to fetch, and its
Dockerfile lays that out as the official image does. What comes out is stored under a name of its own and handed to a
build with ``--build-context <exact reference>=docker-image://…``; nothing in ``runtimes/`` knows of it.
"""

from __future__ import annotations

import re
import socket
import ssl
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from runtimekit.errors import BaseNeedsRegistryError, ConfigurationError, Problem
from runtimekit.identifiers import split_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LOCAL_NAMESPACE = "runtimekit-base"
REGISTRY_HOST = "registry-1.docker.io"
REGISTRY_SECONDS = 3.0

LABEL_STAND_IN = "org.runtimekit.base"
"""On every image built on a base of ours: what that base is made of. `publish` refuses such images."""
LABEL_FINGERPRINT = "org.runtimekit.fingerprint"
LABEL_INPUTS = "org.runtimekit.inputs"
"""What an image was made from, so that `explain` can tell what has changed."""
LABEL_PLATFORMS = "org.runtimekit.platforms"


class Source(StrEnum):
    """Where base images come from, ``--bases``."""

    AUTO = "auto"
    REGISTRY = "registry"
    BOOTSTRAP = "bootstrap"


@dataclass(frozen=True)
class Recipe:
    """How one upstream image is put together here."""

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
        """What reports call its making."""
        return f"base {self.reference}"

    @property
    def on(self) -> str | None:
        """The reference below it."""
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


def find(reference: str, recipes: Iterable[Recipe]) -> Base | None:
    """The base that a recipe can make for this FROM reference, if any.

    A pin does not matter here: a recipe stands in for the tag, and what it makes is labelled as a stand-in.
    """
    tag, _ = split_digest(reference)
    for recipe in recipes:
        match = recipe.serves.fullmatch(tag)
        if match:
            return Base(tag, recipe, match.groupdict())
    return None


def require(reference: str, platform: str, recipes: Iterable[Recipe]) -> Base:
    """As :func:`find`, for when no registry answers.

    Raises:
        BaseNeedsRegistryError: No recipe serves it.
    """
    base = find(reference, recipes)
    if base is None:
        raise BaseNeedsRegistryError(reference, platform, "there is no recipe for it in bases/")
    return base


@cache
def registry_answers(host: str = REGISTRY_HOST, seconds: float = REGISTRY_SECONDS) -> bool:
    """Whether the registry of the official images answers within three seconds. Asked once per run."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, 443), timeout=seconds) as connection,
            context.wrap_socket(connection, server_hostname=host) as secure,
        ):
            secure.sendall(f"GET /v2/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            # 401 is the registry's own way to say that it is there.
            return secure.recv(16).startswith((b"HTTP/1.1 200", b"HTTP/1.1 401"))
    except OSError:
        return False


def bootstraps(source: Source) -> bool:
    """Whether bases are put together here rather than pulled."""
    return source is Source.BOOTSTRAP or (source is Source.AUTO and not registry_answers())
