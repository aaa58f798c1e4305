"""Publishing in parts, for CI: a machine for each platform writes a file of digests, another merges them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runtimekit.errors import PublishRefusedError
from runtimekit.publishing import preconditions
from runtimekit.publishing.model import PlatformImage
from runtimekit.support.atomic_files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from runtimekit.registry.address import Address
    from runtimekit.repository.catalogue import Catalogue, Runtime

FORMAT = 1
"""The version of the file's format. Other versions are refused."""


def write(path: Path, images: Iterable[PlatformImage]) -> None:
    """Write the digests of what was pushed."""
    rows = [image.row() for image in images]
    write_text(path, json.dumps({"format": FORMAT, "images": rows}, indent=1) + "\n")


def read(paths: Iterable[Path]) -> list[PlatformImage]:
    """What several machines have pushed, by the files that they wrote or folders of these.

    Raises:
        PublishRefusedError: A file is missing or is none of ours; names all such.
    """
    images: list[PlatformImage] = []
    reasons = []
    files = [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    for path in files:
        try:
            images += _read(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            way_out = "give the files that `publish --platform P --digests FILE` of this version has written"
            reasons.append((f"{path} cannot be read: {error}", way_out))
    if reasons:
        raise PublishRefusedError(reasons)
    return images


def _read(path: Path) -> list[PlatformImage]:
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if row["format"] != FORMAT:
        raise ValueError(f"its format is {row['format']}, not {FORMAT}")
    return [PlatformImage.read(each) for each in row["images"]]


def merge(
    images: Sequence[PlatformImage],
    catalogue: Catalogue,
    address: Address,
    commit: str,
    *,
    bootstrapped_allowed: bool,
) -> dict[Runtime, tuple[PlatformImage, ...]]:
    """The images by runtime, if nothing is missing and all fits together.

    Raises:
        PublishRefusedError: Every reason against it, at once.
    """
    reasons: list[tuple[str, str]] = []
    by_runtime: dict[str, list[PlatformImage]] = {}
    for image in images:
        by_runtime.setdefault(image.runtime, []).append(image)
    merged: dict[Runtime, tuple[PlatformImage, ...]] = {}
    for runtime in catalogue.all:
        if parts := by_runtime.pop(str(runtime), None):
            reasons += _against(runtime, parts, address, commit)
            for part in parts:
                allowed = bootstrapped_allowed
                reasons += preconditions.of_stand_in(part.runtime, part.platform, part.stand_in, allowed=allowed)
            # A file that was given twice says the same twice.
            merged[runtime] = tuple({part.platform: part for part in parts}.values())
    for name in by_runtime:
        reasons.append((f"{name} is no runtime of this repository", "merge where the images were built from"))
    if not images:
        reasons.append(("the files hold no image", "build and push a platform first"))
    if reasons:
        raise PublishRefusedError(reasons)
    return merged


def _against(
    runtime: Runtime, parts: Sequence[PlatformImage], address: Address, commit: str
) -> Iterable[tuple[str, str]]:
    declared = {platform.docker for platform in runtime.platforms}
    given = [part.platform for part in parts]
    for name in sorted(declared - set(given)):
        way_out = f"publish --only {runtime} --platform {name} --digests FILE, then merge with that file, too"
        yield f"{runtime}: the declared platform {name} is missing", way_out
    for name in sorted(set(given) - declared):
        yield f"{runtime}: {name} is no platform of it", "declare it in platforms.toml, or leave its file out"
    for name in sorted({name for name in given if given.count(name) > 1}):
        if len({part.manifest.digest for part in parts if part.platform == name}) > 1:
            yield f"{runtime}: the files name several images for {name}", "give one file for each platform"
    repository = address.reference(runtime.build_image)
    for part in parts:
        what = f"{runtime} {part.platform}"
        if part.repository != repository:
            yield f"{what} was pushed to {part.repository}, not to {repository}", "name the same --registry everywhere"
        if part.commit != commit:
            way_out = "check out the commit that all parts were built from; build those of another one again"
            yield f"{what} is of commit {part.commit[:12]}, checked out is {commit[:12]}", way_out
        if not part.tests.get("passed") and not part.tests.get("skipped"):
            yield f"{what} has no passing test on record", "publish that platform again; it tests what it pushes"
