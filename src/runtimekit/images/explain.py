"""The inputs of an image, and which of them have changed since it was built."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.engine.labels import LABEL_INPUTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runtimekit.images.build import Builder
    from runtimekit.repository.catalogue import Runtime


@dataclass(frozen=True)
class Input:
    """One input of one image."""

    runtime: str
    name: str
    """Such as ``context gateway``, ``base node:22-bookworm-slim``, ``folder``."""
    now: str
    built: str
    """Its value when the image was built; empty if there is no image, or it had no such input."""

    @property
    def changed(self) -> bool:
        """Whether it makes the image stale."""
        return self.now != self.built

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"changed": self.changed}


def explain(builder: Builder, runtimes: Iterable[Runtime]) -> list[Input]:
    """Every input of these runtimes' images, for the first platform that each declares."""
    chosen = tuple(runtimes)
    images = builder.engine.images(runtime.build_image for runtime in chosen)
    rows: list[Input] = []
    for runtime in chosen:
        now = _flat(builder.inputs(runtime, runtime.platforms[0].docker))
        image = images.get(runtime.build_image)
        built = _flat(_recorded(image.labels if image else {}))
        names = [*now, *(name for name in built if name not in now)]
        rows += [Input(str(runtime), name, now.get(name, ""), built.get(name, "")) for name in names]
    return rows


def _recorded(labels: Mapping[str, str]) -> dict[str, Any]:
    try:
        return dict(json.loads(labels.get(LABEL_INPUTS, "{}")))
    except ValueError:
        return {}


def _flat(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Inputs with flat names, without those that only name the image."""
    flat = {"folder": str(inputs["folder"])} if "folder" in inputs else {}
    for kind, group in (("context", "contexts"), ("base", "bases"), ("fact", "facts")):
        for name, value in inputs.get(group, {}).items():
            flat[f"{kind} {name.removeprefix('org.opencontainers.image.')}"] = str(value)
    return flat
