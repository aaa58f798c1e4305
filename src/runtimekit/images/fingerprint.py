"""The hash of everything that an image is made from. With an equal hash, building again would make the same image."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from runtimekit.support.canonical_json import canonical
from runtimekit.support.folders import folder_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime
    from runtimekit.repository.identifiers import Platform


DOCUMENTATION = frozenset({"README.md"})
"""Files of a runtime's folder that never reach its image."""


def inputs(
    runtime: Runtime,
    platform: Platform,
    base_digests: Mapping[str, str],
    facts: Mapping[str, str],
    *,
    digest: Callable[[Path], str] = folder_digest,
) -> dict[str, Any]:
    """Everything that decides what ``runtime``'s image for ``platform`` holds, by name, to be hashed or shown.

    ``base_digests`` has the digest of each image that it is built on, ``facts`` whatever else matters, such as labels.
    Who asks for many images gives ``functools.cache(folder_digest)``, so that a folder they share is read once.
    """
    return {
        "runtime": str(runtime.id),
        "platform": platform.docker,
        "folder": folder_digest(runtime.folder, without=DOCUMENTATION),
        "contexts": {name: digest(folder) for name, folder in runtime.inputs.items()},
        "bases": {image: base_digests[image] for image in runtime.below},
        "facts": dict(facts),
    }


def fingerprint(
    runtime: Runtime,
    platform: Platform,
    base_digests: Mapping[str, str],
    facts: Mapping[str, str],
    *,
    digest: Callable[[Path], str] = folder_digest,
) -> str:
    """The hash of :func:`inputs`, 64 hexadecimal digits."""
    return of_inputs(inputs(runtime, platform, base_digests, facts, digest=digest))


def of_inputs(described: Mapping[str, Any]) -> str:
    """The hash of what :func:`inputs` returned."""
    return hashlib.sha256(canonical(described)).hexdigest()
