"""An image's labels: written when it is built, read to see whether it is current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtimekit.engine.labels import LABEL_FINGERPRINT, LABEL_INPUTS, LABEL_PLATFORMS
from runtimekit.repository.identifiers import Protocol
from runtimekit.support.canonical_json import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtimekit.engine.client import Image
    from runtimekit.repository.catalogue import Runtime
    from runtimekit.repository.configuration import Project
    from runtimekit.repository.revision import Revision

_SPOKEN = {Protocol.V2021: "one HTTP contract", Protocol.V5: "the open-runtimes protocol"}
BASE_DIGEST = "org.opencontainers.image.base.digest"


def repository_labels(project: Project, runtime: Runtime) -> dict[str, str]:
    """The labels that depend on the repository's files only (contract I5)."""
    what = "Runs compiled functions" if runtime.language is None else f"Runs functions written in {runtime.name}"
    return {
        "org.opencontainers.image.title": runtime.build_image.partition(":")[0],
        "org.opencontainers.image.description": f"{what} {runtime.version} behind {_SPOKEN[runtime.protocol]}",
        "org.opencontainers.image.source": project.source,
        "org.opencontainers.image.licenses": project.licenses,
        "org.opencontainers.image.version": runtime.version,
        "org.opencontainers.image.base.name": runtime.below[-1] if runtime.below else "scratch",
    }


def build_labels(revision: Revision, inputs: Mapping[str, Any], prints: Mapping[str, str]) -> dict[str, str]:
    """The labels that depend on the build: commit, inputs, and the fingerprint for each platform."""
    return {
        "org.opencontainers.image.revision": revision.commit,
        "org.opencontainers.image.created": revision.created,
        LABEL_PLATFORMS: ",".join(prints),
        LABEL_INPUTS: canonical(inputs).decode(),
        LABEL_FINGERPRINT: " ".join(f"{name}={value}" for name, value in prints.items()),
    }


def recorded_fingerprints(image: Image) -> dict[str, str]:
    """The platforms in an image of ours, each with its fingerprint."""
    entries = image.labels.get(LABEL_FINGERPRINT, "").split()
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)
