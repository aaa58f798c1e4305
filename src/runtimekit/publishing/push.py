"""Pushes a saved image by digest: its blobs side by side, then its manifest. Sets no tag."""

from __future__ import annotations

import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from runtimekit.registry.oci import Descriptor, Manifest, digest_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator

    from runtimekit.registry.client import Registry, Sent
    from runtimekit.registry.saved_image import SavedImage

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 4
"""How many blobs are pushed at a time."""


@dataclass
class Repository:
    """One repository of a registry, and counts of what this run did in it."""

    registry: Registry
    name: str
    counts: Counter[str] = field(default_factory=Counter)
    """``blobs uploaded``, ``blobs mounted``, ``blobs present``, ``manifests uploaded``, ``manifests present``."""

    @property
    def reference(self) -> str:
        """As docker names it: ``ghcr.io/acme/node-runtime``."""
        return f"{self.registry.address.host}/{self.name}"

    def fresh(self) -> Repository:
        """The same repository for a new client: new connections, no cached answers."""
        return Repository(self.registry.fresh(), self.name)

    def push_image(self, saved: SavedImage, manifest: Descriptor, watch: Callable[[str, int, int], None]) -> None:
        """Push one platform's image.

        Args:
            saved: The file that it is in.
            manifest: Which of its manifests.
            watch: Is told what has been done, how many blobs are there, and of how many.

        Raises:
            RegistryUnavailableError: A fault that did not pass.
            RegistryLoginError: We are not let in.
            RegistryAnswerError: The registry refuses it.
        """
        content = saved.read(manifest.digest)
        blobs = Manifest.read(content).blobs

        def push(blob: Descriptor) -> str:
            sent = self.registry.push_blob(self.name, blob, lambda: saved.opened(blob.digest))
            return f"{blob.digest[:19]} {self._note(sent, 'blobs')}"

        for done, text in enumerate(side_by_side(push, blobs, self.registry.retrier.cancelled), 1):
            watch(text, done, len(blobs))
        self.push_manifest(content, manifest.media_type)

    def push_content(self, content: bytes, media_type: str) -> Descriptor:
        """Push a small blob that is in memory, such as an attestation, and say how to point at it."""
        blob = Descriptor(media_type=media_type, digest=digest_of(content), size=len(content))
        self._note(self.registry.push_blob(self.name, blob, lambda: nullcontext(io.BytesIO(content))), "blobs")
        return blob

    def push_manifest(self, content: bytes, media_type: str, tag: str = "") -> Sent:
        """Push a manifest or an index, under its digest or a tag."""
        return self._note(self.registry.push_manifest(self.name, content, media_type, tag), "manifests")

    def _note(self, sent: Sent, what: str) -> Sent:
        self.counts[f"{what} {sent}"] += 1
        return sent


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], cancelled: threading.Event) -> Iterator[Result]:
    """Do the same with several items at a time, and yield each result as it comes.

    The first failure is raised once those that have begun are done; Ctrl-C ends them, through ``cancelled``.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for future in as_completed([pool.submit(work, item) for item in items]):
                yield future.result()
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, KeyboardInterrupt):
                cancelled.set()
            raise
