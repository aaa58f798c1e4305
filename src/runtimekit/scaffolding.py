"""``invoke new``: a runtime's folder from its newest sibling."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.errors import RuntimeExistsError, UnknownNameError
from runtimekit.identifiers import RuntimeId, near_names

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.catalogue import Catalogue, Runtime


@dataclass(frozen=True)
class Made:
    """A new runtime's folder."""

    folder: Path
    sibling: Runtime
    """What it was made from."""
    mentions: tuple[str, ...]
    """Every line that names the version now, as ``Dockerfile:2: FROM …``: what a person should look at."""


def new(catalogue: Catalogue, runtimes: Path, language: str, version: str) -> Made:
    """Copy the folder of the language's newest version, with the new version in its place.

    Raises:
        ValueError: The name is none (contract I1).
        UnknownNameError: The language has no runtime yet; docs/adding-a-runtime.md says how it gets one.
        RuntimeExistsError: The folder is there already.
    """
    identifier = RuntimeId.parse(f"{language}-{version}")
    siblings = [runtime for runtime in catalogue.all if runtime.id.language == language]
    if not siblings:
        known = {runtime.id.language for runtime in catalogue.all}
        raise UnknownNameError(language, near_names(language, known), "language")
    folder = runtimes / str(identifier)
    if folder.exists():
        raise RuntimeExistsError(folder)
    sibling = max(siblings, key=lambda runtime: runtime.id)
    shutil.copytree(sibling.folder, folder)
    # The whole number only: 3.1 is not a part of 3.10, nor 22 of 2022.
    old = re.compile(rf"(?<![\d.]){re.escape(sibling.version)}(?![\d]|\.\d)")
    mentions: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        lines = old.sub(version, path.read_text(encoding="utf-8")).splitlines(keepends=True)
        path.write_text("".join(lines), encoding="utf-8")
        named = (f"{path.name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if version in line)
        mentions += named
    return Made(folder, sibling, tuple(mentions))
