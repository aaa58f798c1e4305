"""Describe one image in the engine: its bill of materials, its provenance, and both as an attestation.

`invoke sbom` and publishing call this module. The modules for each format do not use an engine.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from runtimekit.engine import image_contents
from runtimekit.engine.labels import LABEL_INPUTS, LABEL_PLATFORMS, LABEL_STAND_IN
from runtimekit.errors import ImageMissingError
from runtimekit.images import fingerprint
from runtimekit.supply_chain import attestations, inventory, provenance, spdx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime
    from runtimekit.supply_chain.attestations import Attestation


@dataclass(frozen=True)
class _Built:
    """A built image and its labels. They say how it was built, whatever is checked out now."""

    runtime: Runtime
    platform: str
    id: str
    labels: Mapping[str, str]

    def label(self, name: str) -> str:
        """The value of a label ``org.opencontainers.image.…`` (contract I5); empty without one."""
        return self.labels.get(f"org.opencontainers.image.{name}", "")

    @property
    def base(self) -> str:
        """The reference of the base image; empty for ``scratch``."""
        name = self.label("base.name")
        return "" if name == "scratch" else name

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs of the build. The label has them once for all platforms, so the platform is added."""
        return {**json.loads(self.labels[LABEL_INPUTS]), "platform": self.platform}


def _find(engine: Engine, runtime: Runtime, platform: str) -> _Built:
    image = engine.images([runtime.build_image]).get(runtime.build_image)
    if image is None or platform not in image.labels.get(LABEL_PLATFORMS, "").split(","):
        raise ImageMissingError(runtime.build_image, platform, str(runtime))
    return _Built(runtime, platform, image.id, image.labels)


def bill_of_materials(
    engine: Engine, runtime: Runtime, platform: str, *, name: str = "", digest: str = ""
) -> dict[str, Any]:
    """The SPDX document of a built image.

    Args:
        engine: The engine that has the image.
        runtime: The image's runtime.
        platform: As docker calls it, ``linux/arm64``.
        name: The reference under which it is published (default: its local name).
        digest: The digest of the image's manifest for this platform (default: the engine's image id).

    Raises:
        ImageMissingError: It has not been built for this platform.
        CommandError: The engine cannot read it.
    """
    built = _find(engine, runtime, platform)
    with image_contents.opened(engine, runtime.build_image, platform) as opened:
        packages = inventory.read(opened.files, opened.settings.get("Env") or ())
    adapter = runtime.language.adapter if runtime.language else ""
    described = spdx.ImageDescription(
        name=name or runtime.build_image,
        platform=platform,
        digest=digest or built.id,
        created=built.label("created"),
        source=built.label("source"),
        licence=built.label("licenses"),
        base=built.base,
        base_digest=built.label("base.digest"),
        stand_in=built.labels.get(LABEL_STAND_IN, ""),
        project_packages=spdx.project_packages(built.inputs["contexts"], adapter, built.label("revision")),
    )
    return spdx.document(described, packages, f"runtimekit-{_version()}")


def origin(engine: Engine, runtime: Runtime, platform: str) -> provenance.Origin:
    """How a built image was made.

    Raises:
        ImageMissingError: It has not been built for this platform.
    """
    built = _find(engine, runtime, platform)
    buildx = engine.docker("buildx", "version", doing="asking for buildx's version").split()
    return provenance.Origin(
        runtime=str(runtime.id),
        platform=platform,
        dockerfile=f"runtimes/{runtime.id}/Dockerfile",
        source=built.label("source"),
        commit=built.label("revision"),
        fingerprint=fingerprint.of_inputs(built.inputs),
        inputs=built.inputs,
        stand_in=built.labels.get(LABEL_STAND_IN, ""),
        epoch=int(datetime.fromisoformat(built.label("created")).timestamp()),
        builder=provenance.builder_id(built.label("source"), os.environ),
        tools={"docker": str(engine.info["ServerVersion"]), "buildx": buildx[1], "runtimekit": _version()},
    )


def attest(engine: Engine, runtime: Runtime, platform: str, *, name: str, digest: str) -> Attestation:
    """The attestation of a built image: the manifest and the blobs to push beside it.

    Args:
        engine: The engine that has the image.
        runtime: The image's runtime.
        platform: As docker calls it.
        name: The reference under which it is published, without a digest.
        digest: The digest of the image's manifest for this platform.

    Raises:
        ImageMissingError: It has not been built for this platform.
        CommandError: The engine cannot read it.
    """
    predicates = {
        spdx.PREDICATE_TYPE: bill_of_materials(engine, runtime, platform, name=name, digest=digest),
        provenance.PREDICATE_TYPE: provenance.predicate(origin(engine, runtime, platform)),
    }
    statements = [attestations.statement(name, digest, kind, predicate) for kind, predicate in predicates.items()]
    return attestations.attestation(digest, statements)


def _version() -> str:
    """The version without what tells commits apart: each checkout says the same bytes about an image."""
    return Version(importlib.metadata.version("runtimekit")).base_version
