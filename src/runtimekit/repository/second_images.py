"""The images of the second protocol: one over the image of each runtime whose language has it (docs/protocol-v5.md)."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtimekit.repository.configuration import FILE_NAME
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime

FOLDER = "adapters/open-runtimes"
"""What makes such an image: a Dockerfile and scripts for all languages, and a script of what differs in each."""
_ENTRYPOINT = re.compile(r"^default_entrypoint=(\S+)$", re.MULTILINE)


def having(runtimes: Iterable[Runtime]) -> list[Runtime]:
    """Those whose language has the second protocol."""
    return [each for each in runtimes if each.language and Protocol.V5 in each.language.protocols]


def problems(runtimes: Iterable[Runtime], root: Path) -> Iterator[tuple[Path, str]]:
    """What is missing to make the images of these runtimes: the file, and what is wrong with it."""
    scripts = {script_of(each, root) for each in having(runtimes)}
    for file in [root / FOLDER / "Dockerfile", *sorted(scripts)] if scripts else ():
        if not file.is_file():
            yield file, f"is missing; {FILE_NAME} has {Protocol.V5.value!r} among 'protocols'"
    for file in sorted(scripts):
        if file.is_file() and not _ENTRYPOINT.search(file.read_text(encoding="utf-8")):
            yield file, "has no line default_entrypoint=FILE"


def script_of(runtime: Runtime, root: Path) -> Path:
    """What building and starting a function of this language needs to know."""
    adapter = runtime.language.adapter if runtime.language else ""
    return root / FOLDER / "languages" / f"{adapter}.sh"


def of(first: Runtime, root: Path) -> Runtime:
    """The image over a runtime's image. It builds functions and runs them, also those of compiled languages."""
    identifier = replace(first.id, protocol=Protocol.V5)
    image = identifier.image_name(first.kind)
    script = script_of(first, root)
    entrypoint = _ENTRYPOINT.search(script.read_text(encoding="utf-8")) if script.is_file() else None
    return replace(
        first,
        id=identifier,
        folder=root / FOLDER,
        build_image=image,
        run_image=image,
        entrypoint=entrypoint[1] if entrypoint else first.entrypoint,
        bases=(),
        inputs=MappingProxyType({"gateway": root / "gateway", "common": root / "adapters" / "common"}),
        first=first,
    )
