"""Is an image reproducible? Build it twice from its sources and compare the digests.

Nothing of an earlier build is used, and the gateway is compiled anew. :mod:`runtimekit.supply_chain.oci_layouts`
explains how.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.engine.jobs import IMAGES
from runtimekit.errors import BaseNeedsRegistryError
from runtimekit.supply_chain import oci_layouts
from runtimekit.supply_chain.image_diff import compare

if TYPE_CHECKING:
    from runtimekit.engine.buildx import BuildRequest
    from runtimekit.images.build import Builder
    from runtimekit.repository.catalogue import Runtime
    from runtimekit.supply_chain.image_diff import Difference
    from runtimekit.supply_chain.oci_layouts import Layout


@dataclass(frozen=True)
class Reproduction:
    """The result of building an image twice."""

    runtime: str
    platform: str
    digests: tuple[str, str]
    """The digests of the image's manifest in the first and the second build."""
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether both builds have the same digest."""
        return self.digests[0] == self.digests[1]

    def row(self) -> dict[str, Any]:
        """The row for JSON. Its keys are never renamed."""
        return {
            "runtime": self.runtime,
            "platform": self.platform,
            "digests": list(self.digests),
            "differences": [asdict(each) for each in self.differences],
        }


def reproduce(builder: Builder, runtime: Runtime, platform: str) -> Reproduction:
    """Build one image for one platform twice, and compare.

    Raises:
        BaseNeedsRegistryError: A base is not available here for this platform.
        ImageBuildError: A build failed.
    """
    plan = builder.plan([runtime], [platform], force=True)
    for missing in plan.missing:
        raise BaseNeedsRegistryError(", ".join(runtime.bases), missing.platform, missing.because)
    (request,) = builder.requests(plan)
    scratch = builder.configuration.root / "build" / "reproduce"
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{runtime.id}-", dir=scratch))
    try:
        one, other = (_build(builder, runtime, request, folder / number) for number in ("first", "second"))
        return Reproduction(str(runtime.id), platform, (one.digest, other.digest), tuple(compare(one, other)))
    finally:
        shutil.rmtree(folder)


def _build(builder: Builder, runtime: Runtime, request: BuildRequest, scratch: Path) -> Layout:
    contexts = dict(request.contexts)
    if "gateway" in contexts:
        contexts["gateway"] = str(scratch / "gateway")
        builder.compile_gateway(scratch / "gateway")
    log = builder.logs / f"reproduce-{runtime.id}-{scratch.name}.log"
    with builder.tracker.job(IMAGES, f"{request.name}, {scratch.name} build", log, result="built") as piece:
        piece.begin()
        return oci_layouts.write(
            builder.engine,
            replace(request, contexts=contexts),
            scratch,
            log=log,
            cancelled=builder.cancelled,
            watch=piece.watch,
        )
