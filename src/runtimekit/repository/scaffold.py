"""``invoke new``: a runtime's folder from its newest sibling, or a whole language from one that is like it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.errors import RuntimeExistsError, UnknownNameError
from runtimekit.repository.configuration import FILE_NAME
from runtimekit.repository.identifiers import RuntimeId, near_names
from runtimekit.support.atomic_files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.repository.catalogue import Catalogue, Runtime


@dataclass(frozen=True)
class Made:
    """A new runtime's folder."""

    folder: Path
    sibling: Runtime
    """The folder that it was copied from."""
    mentions: tuple[str, ...]
    """Lines to check by hand: those that name the version, as ``Dockerfile:2: FROM …``."""


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


def new_language(catalogue: Catalogue, root: Path, language: str, version: str, like: str) -> Made:
    """Make a language that does everything as another one does, under its own name, to be changed piece by piece.

    Copies the adapter, the runtime's folder, the test functions and the starter, and adds the table of platforms.toml.

    Raises:
        ValueError: The name is none (contract I1).
        UnknownNameError: There is no runtime ``like``.
        RuntimeExistsError: Something of this name is there already.
    """
    identifier = RuntimeId.parse(f"{language}-{version}")
    model = catalogue.get(like)
    if model.language is None:
        raise ValueError(f"{like} runs functions of several languages; name a language's own runtime")
    known = model.id.language
    resources = root / "tests" / "resources"
    copies = {
        model.folder: root / "runtimes" / str(identifier),
        root / "adapters" / model.language.adapter: root / "adapters" / language,
        resources / known: resources / language,
        resources / "probe" / known: resources / "probe" / language,
        resources / "probe" / f"{known}.toml": resources / "probe" / f"{language}.toml",
        resources / "dependency" / known: resources / "dependency" / language,
        root / "starters" / known: root / "starters" / language,
    }
    for target in copies.values():
        if target.exists():
            raise RuntimeExistsError(target)
    for source, target in copies.items():
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            shutil.copyfile(source, target)
    folder = root / "runtimes" / str(identifier)
    names = {
        f"{known}-runtime:{model.version}": f"{language}-runtime:{version}",
        f"adapters/{model.language.adapter}": f"adapters/{language}",
        f"runtimes/{model.id}": f"runtimes/{identifier}",
    }
    for path in (folder / "README.md", folder / "Dockerfile"):
        text = path.read_text(encoding="utf-8")
        for old, now in names.items():
            text = text.replace(old, now)
        path.write_text(text, encoding="utf-8")
    _add_table(root / FILE_NAME, known, language)
    made = (str(target.relative_to(root)) for target in copies.values() if target.exists())
    return Made(folder, model, (f"{FILE_NAME}: [languages.{language}]", *made))


_OWN = ("name", "adapter", "protocols", "#")
"""How the lines of a language's table begin that a language like it does not take over."""


def _add_table(file: Path, known: str, language: str) -> None:
    """Put the new language's table behind that of the language it is like; everything else stays as it was written.

    A new language has the contract only: the second protocol's script would be the other language's.
    """
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    begin = lines.index(f"[languages.{known}]\n")
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].startswith("[")), len(lines))
    table = [line for line in lines[begin + 1 : end] if "=" in line and not line.startswith(_OWN)]
    own = ["\n", f"[languages.{language}]\n", f'name = "{language.capitalize()}"\n', *table]
    last = max(at for at in range(begin, end) if lines[at].strip()) + 1
    lines[last:last] = own
    write_text(file, "".join(lines))
