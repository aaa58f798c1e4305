"""Which version of its language a function asks for, in that language's own files."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from semantic_version import NpmSpec, Version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAST = 999
"""Stands for the newest patch (and, for Node, minor) release: a runtime's image has the newest there is."""


@dataclass(frozen=True)
class Wanted:
    """A version, or a range of versions, that a file asks for."""

    text: str
    file: str
    is_pep440: bool = False
    """Python's own grammar; all other languages' ranges are read as npm's, which they are variants of."""

    def allows(self, version: str) -> bool:
        """Whether a runtime with this version, such as ``22`` or ``3.13``, will do. What cannot be read allows all."""
        numbers = [int(part) for part in version.split(".")]
        ends = [[*numbers, *[fill] * (3 - len(numbers))] for fill in (0, LAST)]
        named = re.findall(rf"(?<![\d.]){re.escape(version)}\.\d+(?:\.\d+)?", self.text)
        candidates = [".".join(map(str, end)) for end in ends] + named
        try:
            if self.is_pep440:
                specifiers = SpecifierSet(self.text)
                return any(specifiers.contains(each) for each in candidates)
            spec = NpmSpec(_as_npm(self.text))
            return any(spec.match(Version.coerce(each)) for each in candidates)
        except (InvalidSpecifier, ValueError):
            return True


def _as_npm(text: str) -> str:
    """The range in npm's grammar: Composer's commas and single bars, RubyGems' and Elixir's ``~>``."""
    text = re.sub(r"\s*\|\|?\s*", " || ", text.replace(",", " "))
    text = re.sub(r"~>\s*(\d+\.\d+\.\d+)", r"~\1", text)
    text = re.sub(r"~>\s*(\d+)", r"^\1", text)
    return re.sub(r"([<>=~^])\s+(?=\d)", r"\1", text).strip()


def wanted(folder: Path, language: str) -> Wanted | None:
    """What the folder's files ask for; None if they do not say, or say it in a way that is not understood."""
    for file, reader in _READERS.get(language, ()):
        path = folder / file
        if path.is_file():
            try:
                text = reader(path.read_text(encoding="utf-8"))
            except (ValueError, KeyError, AttributeError, TypeError):  # build.sh says what is wrong with the file
                continue
            if text:
                return Wanted(text, file, is_pep440=language == "python")
    return None


def package_main(folder: Path) -> str:
    """The ``main`` file of package.json, if it is there and exists; else empty."""
    try:
        main = json.loads((folder / "package.json").read_text(encoding="utf-8")).get("main")
    except (OSError, ValueError, AttributeError):
        return ""
    if not isinstance(main, str) or not (folder / main).is_file():
        return ""
    return main.removeprefix("./")


def _toml(*keys: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        value: Any = tomllib.loads(text)
        for key in keys:
            value = value[key]
        return str(value)

    return read


def _json(*keys: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        value: Any = json.loads(text)
        for key in keys:
            value = value[key]
        return str(value)

    return read


def _pattern(pattern: str, form: str = "{}") -> Callable[[str], str]:
    def read(text: str) -> str:
        found = re.search(pattern, text, re.MULTILINE)
        return form.format(found[1].strip()) if found else ""

    return read


def _plain(form: str = "{}") -> Callable[[str], str]:
    """A file that holds nothing but a version: ``22``, ``v22.3.0``, ``ruby-3.3.1``."""
    return _pattern(r"^(?:v|ruby-|swift-)?(\d[\d.]*)\s*$", form)


_READERS: dict[str, tuple[tuple[str, Callable[[str], str]], ...]] = {
    "python": (
        ("pyproject.toml", _toml("project", "requires-python")),
        ("Pipfile", _pattern(r'^python_(?:full_)?version\s*=\s*"([\d.]+)"', "=={}.*")),
        (".python-version", _pattern(r"^(\d+\.\d+)", "=={}.*")),
    ),
    "node": (("package.json", _json("engines", "node")), (".nvmrc", _plain()), (".node-version", _plain())),
    "bun": (("package.json", _json("engines", "bun")),),
    "go": (("go.mod", _pattern(r"^go\s+(\d+\.\d+)", ">={}")),),
    "rust": (
        ("Cargo.toml", _pattern(r'^rust-version\s*=\s*"([\d.]+)"', ">={}")),
        ("rust-toolchain.toml", _pattern(r'^channel\s*=\s*"(\d[\d.]*)"')),
    ),
    "php": (("composer.json", _json("require", "php")),),
    "ruby": (("Gemfile", _pattern(r"""^\s*ruby\s+["']([^"']+)["']""")), (".ruby-version", _plain())),
    "dart": (("pubspec.yaml", _pattern(r"""^\s+sdk:\s*["']?([^"'\n]+)["']?""")),),
    "swift": (("Package.swift", _pattern(r"swift-tools-version:\s*(\d+\.\d+)", ">={}")),),
    "elixir": (("mix.exs", _pattern(r'elixir:\s*"([^"]+)"')),),
    "java": (
        ("pom.xml", _pattern(r"<(?:maven\.compiler\.release|java\.version)>(\d+)<", ">={}")),
        ("build.gradle", _pattern(r"(?:JavaLanguageVersion\.of\(|sourceCompatibility\s*=\s*['\"]?)(\d+)", ">={}")),
    ),
}
"""For each language, the files that may name a version, and how it is read; the first that does decides."""
