"""One run of `publish`: one image after the other, and a record of all of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.errors import (
    ExitCode,
    RegistryLoginError,
    RegistryUnavailableError,
    RunInterruptedError,
    RuntimekitError,
)
from runtimekit.publishing.model import fingerprint_of
from runtimekit.publishing.push import Repository
from runtimekit.publishing.tags import Releaser, Tags
from runtimekit.registry.client import Sent
from runtimekit.support.home import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runtimekit.engine.reporter import Reporter
    from runtimekit.publishing.model import PlatformImage
    from runtimekit.publishing.record import Record
    from runtimekit.registry.client import Registry
    from runtimekit.repository.catalogue import Catalogue, Runtime

PUBLISHED, UNCHANGED, PUSHED, REFUSED, FAILED, NOT_REACHED = (
    "published",
    "unchanged",
    "pushed by digest",
    "refused",
    "failed",
    "not reached",
)

STOPPING = (RegistryUnavailableError, RegistryLoginError)
"""Errors that the next image would meet as well: they end the run."""

GRAVEST = (ExitCode.REFUSED, ExitCode.FAILED, ExitCode.TRY_AGAIN)
"""Exit codes from the gravest on. The run ends with the gravest of its images'."""


@dataclass
class PublicationRow:
    """The result of publishing one image."""

    runtime: str
    result: str
    index: str = ""
    tags: Mapping[str, Sent] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    error: RuntimekitError | None = None

    @property
    def succeeded(self) -> bool:
        """Whether everything requested was done."""
        return self.result in {PUBLISHED, UNCHANGED, PUSHED}


@dataclass
class Publisher:
    """Pushes images and sets their tags."""

    catalogue: Catalogue
    registry: Registry
    record: Record
    reporter: Reporter
    releaser: Releaser = field(default_factory=Releaser)

    def publish(
        self,
        runtimes: Sequence[Runtime],
        images_of: Callable[[Runtime, Repository], Sequence[PlatformImage]],
        *,
        release: bool,
    ) -> list[PublicationRow]:
        """Publish these runtimes; one that fails does not stop the others, unless it is the registry that fails.

        Args:
            runtimes: What is published, in this order.
            images_of: Pushes a runtime's platforms, or says what was pushed elsewhere.
            release: Whether to go on to index and tags, or to stop when all is pushed by digest.

        Raises:
            RunInterruptedError: Ctrl-C.
        """
        rows: list[PublicationRow] = []
        try:
            for runtime in runtimes:
                if rows and isinstance(rows[-1].error, STOPPING):
                    rows += [PublicationRow(str(each), NOT_REACHED) for each in runtimes[len(rows) :]]
                    break
                rows.append(self._one(runtime, images_of, release=release))
        except KeyboardInterrupt:
            self.registry.retrier.cancelled.set()
            raise RunInterruptedError from None
        errors = [str(row.error) for row in rows if row.error]
        self.record.end("failed" if errors else "ok", "\n".join(errors))
        return rows

    def _one(
        self, runtime: Runtime, images_of: Callable[[Runtime, Repository], Sequence[PlatformImage]], *, release: bool
    ) -> PublicationRow:
        repository = Repository(self.registry, self.registry.address.repository(runtime.build_image))
        key, began = str(runtime), time.monotonic()
        row = PublicationRow(key, FAILED)
        self.reporter.started(key)
        try:
            with locked(f"publish-{runtime.id}", self.registry.retrier.cancelled):
                self.record.image(key, image=repository.reference, result="pushing")
                images = images_of(runtime, repository)
                row.result = PUSHED
                if release:
                    self._release(runtime, repository, images, row)
        except RuntimekitError as error:
            row.result, row.error = REFUSED if error.exit_code is ExitCode.REFUSED else FAILED, error
            self.record.image(key, error=str(error))
        row.counts, row.seconds = dict(repository.counts), time.monotonic() - began
        self.record.image(
            key, result=row.result, pushed=dict(sorted(row.counts.items())), seconds=round(row.seconds, 1)
        )
        text = row.result if row.error is None else f"{row.result}: {row.error}"
        self.reporter.finished(key, ok=row.error is None, text=text)
        return row

    def _release(
        self, runtime: Runtime, repository: Repository, images: Sequence[PlatformImage], row: PublicationRow
    ) -> None:
        fingerprint = fingerprint_of({image.platform: image.fingerprint for image in images})
        tags = Tags.of(runtime, self.catalogue, fingerprint)
        self.record.image(row.runtime, result="releasing", fingerprint=fingerprint, version=runtime.version)
        released = self.releaser.release(
            repository, images, tags, lambda text: self.reporter.step(row.runtime, text, 0, 0)
        )
        row.index, row.tags = released.index, released.tags
        row.result = UNCHANGED if set(released.tags.values()) == {Sent.PRESENT} else PUBLISHED
        facts: dict[str, Any] = {"index": released.index, "tags": dict(released.tags), "extras": released.extras}
        self.record.image(row.runtime, **facts)


def exit_code_of(rows: Sequence[PublicationRow]) -> ExitCode:
    """The run's exit code: that of the gravest error."""
    codes = {row.error.exit_code for row in rows if row.error}
    return next((code for code in GRAVEST if code in codes), ExitCode.FAILED if codes else ExitCode.OK)
