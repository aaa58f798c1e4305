"""Build images as OCI layouts so that the same sources give the same bytes on every machine.

Three things differ from an ordinary build. Its contexts are copied first, because ``COPY`` keeps what differs between
clones: times, modes from the umask, byte code. Files that are newer than the commit get the commit's time
(``SOURCE_DATE_EPOCH`` with ``rewrite-timestamp``), which the exporter into the engine does not support. And no cache is
used, because cached layers keep the times at which they were made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.engine import buildx
from runtimekit.support import folders

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from runtimekit.engine.client import Engine
    from runtimekit.engine.progress import Progress

BUILD_SECONDS = 3600


@dataclass(frozen=True)
class Layout:
    """One image for one platform, in the OCI layout that buildx wrote."""

    folder: Path

    def blob(self, digest: str) -> Path:
        """The path of a blob."""
        return self.folder / "blobs" / digest.replace(":", "/")

    def _document(self, digest: str) -> dict[str, Any]:
        return dict(json.loads(self.blob(digest).read_bytes()))

    @property
    def digest(self) -> str:
        """The digest of the image's manifest."""
        return str(json.loads((self.folder / "index.json").read_bytes())["manifests"][0]["digest"])

    @property
    def configuration(self) -> dict[str, Any]:
        """The image's configuration."""
        return self._document(self._document(self.digest)["config"]["digest"])

    def layers(self) -> list[tuple[str, str]]:
        """The digest of each layer, and the instruction that made it."""
        history = (row for row in self.configuration.get("history", ()) if not row.get("empty_layer"))
        digests = [layer["digest"] for layer in self._document(self.digest)["layers"]]
        made_by = [str(row.get("created_by", "")) for row in history]
        return list(zip(digests, (made_by + [""] * len(digests))[: len(digests)], strict=True))


def write(
    engine: Engine,
    request: buildx.BuildRequest,
    scratch: Path,
    *,
    log: Path,
    cancelled: threading.Event,
    watch: Callable[[Progress], None],
) -> Layout:
    """Build an image for one platform from its sources alone, below ``scratch``.

    Args:
        engine: The engine that builds.
        request: The request of an ordinary build, with ``SOURCE_DATE_EPOCH`` among its build arguments.
        scratch: A folder for the copies and the layout; the caller removes it.
        log: The full log goes here.
        cancelled: Ends the build when set.
        watch: Called whenever the build makes progress.

    Raises:
        ImageBuildError: The build failed.
        DeadlineError: It took longer than an hour.
    """
    when = int(request.build_args["SOURCE_DATE_EPOCH"])
    sources = {"": str(request.folder)} | {name: at for name, at in request.contexts.items() if "://" not in at}
    copies = {name: scratch / "sources" / (name or "folder") for name in sources}
    for name, source in sources.items():
        folders.copy(Path(source), copies[name], when)
    image = scratch / "image"
    reproducible = replace(
        request,
        folder=copies.pop(""),
        tags=(),
        contexts={**request.contexts, **{name: str(copy) for name, copy in copies.items()}},
        output=f"type=oci,dest={image},tar=false,rewrite-timestamp=true",
        no_cache=True,
    )
    buildx.build(engine, reproducible, log=log, deadline=BUILD_SECONDS, watch=watch, cancelled=cancelled)
    return Layout(image)
