"""Results of builds. ``console`` shows them, ``reports`` writes them to files."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from runtimekit.engine.client import Image
    from runtimekit.repository.catalogue import Runtime


BUILT, CURRENT, FAILED, NEEDS_REGISTRY = "built", "up to date", "failed", "needs a registry"
"""What became of an image, in a word or two."""


@dataclass(frozen=True, kw_only=True)
class BuildRow:
    """One image for one platform, after building."""

    runtime: str
    platform: str
    result: str
    """In a word or two: ``built``, ``up to date``, ``failed``, ``needs a registry``."""
    seconds: float
    size_bytes: int | None = None
    log: Path | None = None
    error: str = ""
    """After a failure: what happened, with the last lines of the log."""
    at: str = ""
    """When the row was written: UTC, such as ``2026-11-29T03:30:00Z``."""

    @classmethod
    def of(
        cls, runtime: Runtime, platform: str, result: str, *, seconds: float = 0.0, image: Image | None = None,
        log: Path | None = None, error: str = "",
    ) -> Self:  # fmt: skip
        """A runtime's row, with the size of its image where there is one."""
        return cls(
            runtime=str(runtime.id),
            platform=platform,
            result=result,
            seconds=seconds,
            size_bytes=image.size if image else None,
            log=log,
            error=error,
        )


@dataclass(frozen=True, kw_only=True)
class SizeRow:
    """The disk space of a runtime's images on one platform; None if the engine has no such image."""

    runtime: str
    platform: str
    build_bytes: int | None
    run_bytes: int | None

    def row(self) -> dict[str, Any]:
        """The row as JSON."""
        return asdict(self)


def failures(rows: Iterable[BuildRow], *, strict: bool) -> list[str]:
    """Which images failed, as ``node-22 linux/arm64``; with ``strict`` also those that only a registry can provide."""
    failed = {FAILED, NEEDS_REGISTRY} if strict else {FAILED}
    return [f"{row.runtime} {row.platform}" for row in rows if row.result in failed]
