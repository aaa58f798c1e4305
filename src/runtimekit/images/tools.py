"""Programs of others that this project builds for itself, each from a folder of ``tools/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.engine import buildx
from runtimekit.repository import dockerfiles
from runtimekit.support import machine
from runtimekit.support.folders import folder_digest

if TYPE_CHECKING:
    from runtimekit.images.build import Builder

BUILD_SECONDS = 1200
_CONTEXT = "common"
"""The build context in which a tool's Dockerfile finds fetch.sh."""


def provide(builder: Builder, name: str) -> str:
    """Build the image of ``tools/<name>`` unless the engine has it, and return its name, which holds its sources' hash.

    Raises:
        ImageBuildError: A package cannot be downloaded.
        BaseNeedsRegistryError: There is neither a registry nor a recipe for its base.
    """
    image = f"runtimekit-{name}:{folder_digest(builder.configuration.root / 'tools' / name)[:12]}"
    if not builder.engine.images([image]):
        build_tool(builder, name, tags=(image,))
    return image


def build_tool(builder: Builder, name: str, *, tags: tuple[str, ...] = (), output: str = "") -> None:
    """Build ``tools/<name>`` for this machine, with bases as the builder gets them.

    Args:
        builder: The builder, whose tracker shows the build under the tool's name.
        name: The folder's name.
        tags: The image's names.
        output: The value of buildx's ``--output``; empty means into the engine.

    Raises:
        ImageBuildError: It does not build, or a download fails.
        BaseNeedsRegistryError: There is neither a registry nor a recipe for its base.
    """
    root, platform = builder.configuration.root, f"linux/{machine.native()}"
    folder = root / "tools" / name
    with builder.tracker.job(name, name, builder.logs / f"{name}.log", result="built") as piece:
        piece.begin()
        bases = dockerfiles.read((folder / "Dockerfile").read_text(encoding="utf-8"), {_CONTEXT}).bases
        local = {each: builder.bootstrapper.provide(each, [platform]) for each in bases if builder.bootstraps}
        request = buildx.BuildRequest(
            name=name,
            folder=folder,
            platforms=(platform,),
            tags=tags,
            contexts={
                _CONTEXT: str(root / "adapters" / "common"),
                **{reference: f"docker-image://{image}" for reference, image in local.items()},
            },
            output=output,
        )
        buildx.build(
            builder.engine,
            request,
            log=piece.log_file,
            deadline=BUILD_SECONDS,
            watch=piece.watch,
            cancelled=builder.cancelled,
        )
