"""How do two builds of an image differ? Lists the files of each layer, and what differs about them."""

from __future__ import annotations

import hashlib
import tarfile
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from runtimekit.supply_chain.oci_layouts import Layout


@dataclass(frozen=True)
class Difference:
    """One difference between two builds."""

    where: str
    """The layer, by its number and the instruction that made it, or ``configuration``."""
    name: str
    """A path in the image, or a key of the configuration."""
    what: str
    """What differs (``content``, ``mtime``, ``mode``, ``owner`` …), with both values; or which build alone has it."""


def compare(one: Layout, other: Layout) -> list[Difference]:
    """All differences; empty if both builds have the same digest."""
    if one.digest == other.digest:
        return []
    found = list(_layers(one, other))
    if not found:  # the configuration lists the layers' digests, so it always differs with them
        before, after = _flat(one.configuration), _flat(other.configuration)
        found = [
            Difference("configuration", key, f"{before.get(key)!r}, then {after.get(key)!r}")
            for key in sorted({*before, *after})
            if before.get(key) != after.get(key)
        ]
    return found or [Difference("manifest", "", "the same files, packed differently")]


def _layers(one: Layout, other: Layout) -> Iterator[Difference]:
    pairs = zip_longest(one.layers(), other.layers(), fillvalue=("", ""))
    for number, ((first, made_by), (second, made_by_other)) in enumerate(pairs, 1):
        where = f"layer {number}: {made_by or made_by_other}"
        if not first or not second:
            yield Difference(where, "", f"only the {'first' if first else 'second'} build has this layer")
        elif first != second:
            yield from _files(where, _entries(one.blob(first)), _entries(other.blob(second)))


def _files(
    where: str, before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        if name not in before or name not in after:
            yield Difference(where, name, f"only in the {'first' if name in before else 'second'} build")
            continue
        facts, others = before[name], after[name]
        if what := [f"{key} {facts[key]}, then {others[key]}" for key in facts if facts[key] != others[key]]:
            yield Difference(where, name, "; ".join(what))
    if list(before) != list(after) and before.keys() == after.keys():
        yield Difference(where, "", "the same files in another order")


def _entries(blob: Path) -> dict[str, dict[str, str]]:
    with tarfile.open(blob, "r:*") as archive:
        return {entry.name: _facts(archive, entry) for entry in archive}


def _facts(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> dict[str, str]:
    stream = archive.extractfile(entry) if entry.isreg() else None
    content = hashlib.file_digest(stream, "sha256").hexdigest()[:12] if stream else entry.linkname  # type: ignore[arg-type]
    return {
        "content": content,
        "mtime": f"{entry.mtime:g}" if isinstance(entry.mtime, float) else str(entry.mtime),
        "mode": f"{entry.mode:o}",
        "owner": f"{entry.uid}:{entry.gid}",
        "type": entry.type.decode(),
        "headers": repr(sorted(entry.pax_headers.items())),
    }


def _flat(value: object, key: str = "") -> dict[str, object]:
    """Flatten a nested document; keys are like ``config.Env[0]``."""
    if isinstance(value, dict):
        parts = [_flat(each, f"{key}.{name}" if key else str(name)) for name, each in value.items()]
    elif isinstance(value, list):
        parts = [_flat(each, f"{key}[{number}]") for number, each in enumerate(value)]
    else:
        return {key: value}
    return {name: each for part in parts for name, each in part.items()}
