"""How long versions of languages and systems are maintained: lifetimes.toml, kept by hand (docs/supply-chain.md)."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.errors import ConfigurationError, Problem
from runtimekit.repository.identifiers import RuntimeId

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FILE_NAME = "lifetimes.toml"
OPEN = "maintained"
"""The value that stands for: no end is announced."""


@dataclass(frozen=True)
class Lifetime:
    """The lifetime of one version."""

    until: dt.date | None
    """The last day on which it is maintained; None where no end is announced."""

    def is_over(self, today: dt.date) -> bool:
        """Whether its maintenance has ended."""
        return self.until is not None and self.until < today


@dataclass(frozen=True)
class Lifetimes:
    """The content of the file."""

    checked: dt.date | None = None
    """When somebody last compared it with its sources; None where there is no file."""
    versions: Mapping[RuntimeId, Lifetime] = field(default_factory=dict)

    def newest(self, language: str, today: dt.date) -> RuntimeId | None:
        """The newest maintained version of a language."""
        alive = (each for each, life in self.versions.items() if each.language == language and not life.is_over(today))
        return max(alive, default=None)


def load(root: Path) -> Lifetimes:
    """Read ``root``'s lifetimes.toml; empty where there is none.

    Raises:
        ConfigurationError: Every mistake in it.
    """
    path = root / FILE_NAME
    if not path.is_file():
        return Lifetimes()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([Problem(path, None, str(error))]) from error
    problems: list[str] = []
    checked = values.pop("checked", None)
    if type(checked) is not dt.date:
        problems.append("'checked' must be the day on which the file was last compared with its sources")
    versions = {}
    for name, value in _versions(values, problems):
        try:
            versions[RuntimeId.parse(name)] = _lifetime(value)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise ConfigurationError([Problem(path, None, problem) for problem in problems])
    return Lifetimes(checked, versions)


def _versions(values: Mapping[str, Any], problems: list[str]) -> Iterator[tuple[str, Any]]:
    for language, table in values.items():
        if not isinstance(table, dict) or not isinstance(table.get("source"), str):
            problems.append(f"[{language}] must be a table with 'source', the address where its dates come from")
            continue
        yield from ((f"{language}-{version}", value) for version, value in table.items() if version != "source")


def _lifetime(value: object) -> Lifetime:
    if type(value) is dt.date:
        return Lifetime(value)
    if value == OPEN:
        return Lifetime(None)
    raise ValueError(f"must be a day such as 2027-10-31, or {OPEN!r}, not {value!r}")
