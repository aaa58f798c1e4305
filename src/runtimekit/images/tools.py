"""Programs of others that this project builds for itself, each from a folder of ``tools/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.engine import buildx
from runtimekit.repository import dockerfiles
from runtimekit.support import folders, machine

if TYPE_CHECKING:
    from runtimekit.images.build import Builder

BUILD_SECONDS = 1200
_CONTEXTS = {"common": "adapters/common", "shared": "tools/shared"}
"""The build contexts in which a tool's Dockerfile finds fetch.sh, and what tools share. Their folders."""


def provide(builder: Builder, name: str) -> str:
    """Build ``tools/<name>`` unless the engine has it, and return the image's name, which holds its sources' hash.

    Raises:
        ImageBuildError: It does not build, or a package cannot be downloaded.
        BaseNeedsRegistryError: There is neither a registry nor a recipe for its base.
    """
    folder = builder.configuration.root / "tools"
    digest = folders.folder_digest(folder / name)[:12]
    if "from=shared" in (folder / name / "Dockerfile").read_text(encoding="utf-8"):
        digest += f"-{folders.folder_digest(folder / 'shared')[:6]}"
    image = f"runtimekit-{name}:{digest}"
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
        bases = dockerfiles.read((folder / "Dockerfile").read_text(encoding="utf-8"), {*_CONTEXTS}).bases
        local = {each: builder.bootstrapper.provide(each, [platform]) for each in bases if builder.bootstraps}
        request = buildx.BuildRequest(
            name=name,
            folder=folder,
            platforms=(platform,),
            tags=tags,
            contexts={
                **{context: str(root / where) for context, where in _CONTEXTS.items() if (root / where).is_dir()},
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
