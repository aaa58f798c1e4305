"""The image of the load generator, built once from ``tools/wrk``. Its name holds the hash of its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.images.tools import build_tool
from runtimekit.support.folders import folder_digest

if TYPE_CHECKING:
    from runtimekit.images.build import Builder

TOOL = "wrk"


def provide(builder: Builder) -> str:
    """Build the image unless the engine has it, and return its name.

    Raises:
        ImageBuildError: A package cannot be downloaded.
        BaseNeedsRegistryError: There is neither a registry nor a recipe for its base.
    """
    image = f"runtimekit-{TOOL}:{folder_digest(builder.configuration.root / 'tools' / TOOL)[:12]}"
    if not builder.engine.images([image]):
        build_tool(builder, TOOL, tags=(image,))
    return image
