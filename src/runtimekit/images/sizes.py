"""The disk space of images, for each runtime and platform."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from runtimekit.engine.sizes import unpacked_bytes
from runtimekit.images.results import SizeRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime


def sizes(engine: Engine, runtimes: Iterable[Runtime], arch: str | None = None) -> list[SizeRow]:
    """Every declared platform of each runtime, or only ``arch``; each image is measured once."""
    measure = functools.cache(lambda image, platform: unpacked_bytes(engine, image, platform))
    return [
        SizeRow(
            runtime=str(each),
            platform=platform.docker,
            build_bytes=measure(each.build_image, platform.docker),
            run_bytes=measure(each.run_image, platform.docker),
        )
        for each in runtimes
        for platform in each.platforms
        if arch is None or arch in {platform.name, platform.docker}
    ]
