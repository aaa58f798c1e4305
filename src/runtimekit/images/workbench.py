"""The image in which `docker compose up` runs the tests: compose.yaml takes it from the engine, under one name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.errors import BaseNeedsRegistryError, ImageBuildError
from runtimekit.images import tools

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtimekit.images.build import Builder

TOOL = "workbench"
NAME = f"runtimekit-{TOOL}:local"
"""As compose.yaml calls it."""


def provide(builder: Builder) -> bool:
    """Make the image, and give it the name. Without its folder, as in others' repositories, there is nothing to do.

    Raises:
        ImageBuildError: It does not build, or a package cannot be downloaded.
        BaseNeedsRegistryError: There is neither a registry nor a recipe for its base.
    """
    if not (builder.configuration.root / "tools" / TOOL).is_dir():
        return False
    image = tools.provide(builder, TOOL)
    builder.engine.docker("tag", image, NAME, doing=f"naming {NAME}")
    return True


def provide_if_possible(builder: Builder, log: Callable[[str], None]) -> None:
    """Make the image. Nothing else needs it: if it cannot be had, a line says so."""
    try:
        there = provide(builder)
    except (BaseNeedsRegistryError, ImageBuildError) as error:
        log(f"docker compose up has no image to run the tests in: {error}")
    else:
        if there:
            log("docker compose up checks these images")
