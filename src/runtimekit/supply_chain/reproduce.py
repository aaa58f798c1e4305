"""An image, built twice from its sources: the same digest, or a list of what differs.

Nothing of an earlier build is used, the gateway's compilation included; :mod:`runtimekit.supply_chain.oci_layouts` says
how.
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
    """What came of building an image twice."""

    runtime: str
    platform: str
    digests: tuple[str, str]
    """Of the image's manifest, in the first and in the second build."""
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether both builds made the same bytes."""
        return self.digests[0] == self.digests[1]

    def row(self) -> dict[str, Any]:
        """For machines: keys are never renamed."""
        return {
            "runtime": self.runtime,
            "platform": self.platform,
            "digests": list(self.digests),
            "differences": [asdict(each) for each in self.differences],
        }


def reproduce(builder: Builder, runtime: Runtime, platform: str) -> Reproduction:
    """Build one image for one platform twice, and compare.

    Raises:
        BaseNeedsRegistryError: A base cannot be had here for this platform.
        ImageBuildError: It does not build.
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
    with builder.works.job(IMAGES, f"{request.name}, {scratch.name} build", log, result="built") as piece:
        piece.begin()
        return oci_layouts.write(
            builder.engine,
            replace(request, contexts=contexts),
            scratch,
            log=log,
            cancelled=builder.cancelled,
            watch=piece.watch,
        )
