"""What buildx is asked for to build one image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from runtimekit.engine import buildx
from runtimekit.engine.labels import LABEL_STAND_IN
from runtimekit.errors import ImageMissingError
from runtimekit.images import labels
from runtimekit.repository import second_images

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.bases.provide import LocalBases
    from runtimekit.engine.client import Engine
    from runtimekit.images.plan import ImageStep
    from runtimekit.repository.catalogue import Runtime
    from runtimekit.repository.configuration import Configuration
    from runtimekit.repository.revision import Revision


class Prerequisites(NamedTuple):
    """What must exist before images are built: bases made here, and the gateway's binaries."""

    local_bases: LocalBases
    gateway: Path | None


class Known(Protocol):
    """What the builder knows, as far as a request needs it."""

    configuration: Configuration
    engine: Engine
    cache: buildx.LayerCache
    revision: Revision

    @property
    def registry_digest(self) -> Callable[[str], str]:
        """The digest of a reference in its registry."""

    def fingerprint(self, runtime: Runtime, platform: str) -> str:
        """The hash of everything that decides what an image holds."""

    def inputs(self, runtime: Runtime, platform: str) -> Mapping[str, Any]:
        """What is hashed, by name."""


def of(builder: Known, step: ImageStep, prerequisites: Prerequisites) -> buildx.BuildRequest:
    """The request that builds a step's image, on bases and with a gateway that are there.

    Raises:
        ImageMissingError: The image below one of the second protocol is not in the engine.
    """
    runtime = step.runtime
    contexts = {name: str(folder) for name, folder in runtime.inputs.items()}
    if prerequisites.gateway and "gateway" in contexts:
        contexts["gateway"] = str(prerequisites.gateway)
    prints = {name: builder.fingerprint(runtime, name) for name in step.platforms}
    said = labels.repository_labels(builder.configuration.project, runtime)
    said |= labels.build_labels(builder.revision, builder.inputs(runtime, step.platforms[0]), prints)
    own = prerequisites.local_bases.images(runtime.bases)
    if runtime.first:
        below = runtime.first.build_image
        image = builder.engine.images([below]).get(below)
        if image is None:
            raise ImageMissingError(below, step.platforms[0], str(runtime.first))
        contexts["runtime"] = f"docker-image://{below}"
        said[labels.BASE_DIGEST] = image.id
    elif own:
        contexts |= {reference: f"docker-image://{image}" for reference, image in own.items()}
        last = own[runtime.bases[-1]]
        made = builder.engine.images([last])[last]
        said |= {LABEL_STAND_IN: made.labels[LABEL_STAND_IN], labels.BASE_DIGEST: made.id}
    elif runtime.bases:
        said[labels.BASE_DIGEST] = builder.registry_digest(runtime.bases[-1])
    return buildx.BuildRequest(
        name=step.key,
        folder=runtime.folder,
        platforms=step.platforms,
        tags=(runtime.build_image,),
        contexts=contexts,
        labels=said,
        build_args=_arguments(runtime, builder.configuration.root) | {"SOURCE_DATE_EPOCH": str(builder.revision.epoch)},
        cache=tuple(builder.cache.arguments(str(runtime.id), step.platforms)),
    )


def _arguments(runtime: Runtime, root: Path) -> dict[str, str]:
    """What a Dockerfile has to be told: the one of the second protocol's images, which all languages share."""
    if not runtime.first or not runtime.language:
        return {}
    return {"LANGUAGE": second_images.script(runtime.language, root).stem}
