"""The image of the load generator, built once from ``tools/wrk``. Its name holds the hash of its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.images import tools

if TYPE_CHECKING:
    from runtimekit.images.build import Builder

TOOL = "wrk"


def provide(builder: Builder) -> str:
    """Build the image unless the engine has it, and return its name. Raises as :func:`tools.provide` does."""
    return tools.provide(builder, TOOL)
