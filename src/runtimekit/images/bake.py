"""A docker-bake.json that builds the same images with plain ``docker buildx bake``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtimekit.engine.buildx import BuildRequest


def bake_file(requests: Iterable[BuildRequest]) -> dict[str, Any]:
    """The builds as targets of bake. Dots are taken out of names: bake refuses them."""
    targets = {request.name.split(" ")[0].replace(".", "-"): _target(request) for request in requests}
    return {"group": {"default": {"targets": sorted(targets)}}, "target": targets}


def _target(request: BuildRequest) -> dict[str, Any]:
    return {
        "context": str(request.folder),
        "contexts": dict(sorted(request.contexts.items())),
        "platforms": list(request.platforms),
        "tags": list(request.tags),
        "labels": dict(sorted(request.labels.items())),
        "args": dict(sorted(request.arguments.items())),
        # The docker driver's own exporter; without provenance the image's id is the same for the same inputs.
        "output": ["type=docker"],
        "attest": ["type=provenance,disabled=true"],
    }
