"""Images derived from a runtime's own by adding system packages. They stay in the engine and are never published."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.engine import buildx
from runtimekit.support import machine
from runtimekit.support.canonical_json import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtimekit.errors import ImageBuildError
    from runtimekit.images.build import Builder

BUILD_SECONDS = 1200
_BASE, _COMMON = "runtime-image", "common"
_SAYS = "packages.sh: "
_DOCKERFILE = f"""\
FROM {_BASE}
ARG PACKAGES
USER 0:0
RUN --mount=type=bind,from={_COMMON},target=/common sh /common/packages.sh $PACKAGES
USER {{user}}
"""


def derived_name(image: str, image_id: str, packages: Sequence[str]) -> str:
    """The name of the image that has these packages on top: its tag says of what image and which packages it is."""
    digest = hashlib.sha256(canonical([image_id, sorted(packages)])).hexdigest()
    return f"{image}-with-{digest[:12]}"


def build(builder: Builder, image: str, packages: Sequence[str], tag: str, user: str) -> None:
    """Build ``image`` with more system packages, for this machine.

    Args:
        builder: The builder, whose tracker shows the build.
        image: The runtime's image; it must be in the engine.
        packages: The packages' names, as the image's distribution calls them.
        tag: The new image's name.
        user: The image's user, who is the new image's, too.

    Raises:
        ImageBuildError: A package does not exist, or cannot be fetched. The error has one line that says which.
    """
    name = tag.replace("/", "-").replace(":", "-")
    with (
        tempfile.TemporaryDirectory() as folder,
        builder.tracker.job(name, name, builder.logs / f"{name}.log", result="built") as piece,
    ):
        piece.begin()
        (Path(folder) / "Dockerfile").write_text(_DOCKERFILE.format(user=user), encoding="utf-8")
        request = buildx.BuildRequest(
            name=name,
            folder=Path(folder),
            platforms=(f"linux/{machine.native()}",),
            tags=(tag,),
            contexts={
                _BASE: f"docker-image://{image}",
                _COMMON: str(builder.configuration.root / "adapters" / "common"),
            },
            build_args={"PACKAGES": " ".join(packages)},
        )
        buildx.build(
            builder.engine,
            request,
            log=piece.log_file,
            deadline=BUILD_SECONDS,
            watch=piece.watch,
            cancelled=builder.cancelled,
        )


def complaint(error: ImageBuildError) -> str:
    """What packages.sh said of a package that does not exist; empty if the build failed for another reason."""
    lines = (line.strip() for line in error.tail.splitlines())
    return next((line.removeprefix(_SAYS) for line in lines if line.startswith(_SAYS)), "")
