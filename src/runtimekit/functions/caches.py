"""Volumes that keep what a package manager has downloaded, so that a second build does not download it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime

VARIABLE = "RUNTIME_CACHE"
"""The environment variable that tells build.sh where the cache is."""

LABEL = "org.runtimekit.cache"
KEPT = 40
"""How many caches are kept. The oldest go first."""


def volume(engine: Engine, runtime: Runtime, dependencies: str) -> str:
    """The name of the cache for a language and a set of dependency files; the volume is made if it is missing.

    Args:
        engine: The engine that keeps it.
        runtime: The function's runtime.
        dependencies: The hash of what decides which packages are installed.
    """
    # Each protocol builds as a user of its own, and one's files are not the other's.
    speaks = "" if runtime.protocol is Protocol.V2021 else f"-{runtime.protocol}"
    name = f"runtimekit-cache-{runtime.id.language}{speaks}-{dependencies[:16]}"
    there = _volumes(engine)
    if name not in there:
        for old in there[: max(0, len(there) - KEPT + 1)]:  # one that is in use stays: docker refuses
            engine.docker("volume", "rm", old, doing=f"removing the cache {old}", check=False)
        label = f"{LABEL}={runtime.id.language}"
        engine.docker("volume", "create", "--label", label, name, doing=f"making the cache {name}")
    return name


def _volumes(engine: Engine) -> list[str]:
    """The caches that there are, the oldest first."""
    names = engine.docker("volume", "ls", "--quiet", "--filter", f"label={LABEL}", doing="listing caches").split()
    if not names:
        return []
    text = engine.docker("volume", "inspect", *names, doing="inspecting caches", check=False)
    rows = sorted(json.loads(text or "[]"), key=lambda row: str(row.get("CreatedAt")))
    return [str(row["Name"]) for row in rows]


def mounts(name: str, folder: str) -> dict[str, str]:
    """How a build container mounts a cache: volume by folder. Empty for no cache."""
    return {folder: name} if name else {}


def environment(name: str, folder: str) -> dict[str, str]:
    """What tells build.sh where the cache is. Empty for no cache."""
    return {VARIABLE: folder} if name else {}
