"""What makes the images of the second protocol, over the images of the first (docs/protocol-v5.md)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runtimekit.repository.configuration import FILE_NAME
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from runtimekit.repository.configuration import Language

FOLDER = "adapters/open-runtimes"
"""A Dockerfile and scripts for all languages, and a script of what differs in each."""
_ENTRYPOINT = re.compile(r"^default_entrypoint=(\S+)$", re.MULTILINE)


def problems(languages: Iterable[Language], root: Path) -> Iterator[tuple[Path, str]]:
    """What is missing to make images for these languages: the file, and what is wrong with it."""
    scripts = sorted({script(each, root) for each in languages if Protocol.V5 in each.protocols})
    for file in [root / FOLDER / "Dockerfile", *scripts] if scripts else ():
        if not file.is_file():
            yield file, f"is missing; {FILE_NAME} has {Protocol.V5.value!r} among 'protocols'"
    for file in scripts:
        if file.is_file() and not _ENTRYPOINT.search(file.read_text(encoding="utf-8")):
            yield file, "has no line default_entrypoint=FILE"


def script(language: Language, root: Path) -> Path:
    """What building and starting a function of this language needs to know: its own file, else that of its adapter."""
    folder = root / FOLDER / "languages"
    own = folder / f"{language.id}.sh"
    return own if own.is_file() else folder / f"{language.adapter}.sh"


def entrypoint(language: Language, root: Path) -> str:
    """The default entrypoint, as the script says it; empty if it does not, which is one of its problems."""
    file = script(language, root)
    found = _ENTRYPOINT.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    return found[1] if found else ""
