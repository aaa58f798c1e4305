"""A language's probe file: how the language's errors read, and which optional cases apply to it.

The file is beside the probe, in ``tests/resources/probe/<language>.toml``, so that a new language touches no case.
"""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runtimekit.conformance.cases import Case
    from runtimekit.repository.identifiers import Kind


@dataclass(frozen=True)
class Probe:
    """What a language's probe file says, by the case's id."""

    starts: Mapping[str, str] = field(default_factory=dict)
    """How the error's message begins."""
    error: Mapping[str, list[str]] = field(default_factory=dict)
    """What stands in the error's message."""
    logs: Mapping[str, str] = field(default_factory=dict)
    """What the logs file of a request is, in the second protocol."""
    children: str = ""
    """In the second protocol: ``exact`` if what child processes print is in their request's log, beside others, too."""
    unbuilt: Mapping[str, list[str]] = field(default_factory=dict)
    """In the second protocol: what the build says of a variant of the probe that cannot be built, by its name."""
    optional: frozenset[str] = frozenset()
    """Optional cases that it takes part in though they ask nothing of it by name."""

    def takes_part(self, case: Case) -> bool:
        """Whether the case concerns this language; one that is not optional concerns all."""
        return not case.optional or case.id in self.optional | self.starts.keys() | self.error.keys() | self.logs.keys()


def load(path: Path, kind: Kind, cases: Iterable[Case]) -> Probe:
    """Read the file of a language of this kind.

    Raises:
        ConfigurationError: It is missing, or does not fit the table: every case that asks for the language's own words
            must get them, unless it is optional, and no other case may be named.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError([Problem(path, None, "is missing: it says how this language's errors read")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([Problem(path, None, f"cannot be read: {error}")]) from None
    optional, children = frozenset(table.pop("optional", ())), table.pop("children", "")
    words = {name: table.pop(name, {}) for name in ("starts", "error", "logs", "unbuilt")}
    probe = Probe(children=children, optional=optional, **words)
    problems = [f"{name!r} is no key here: {', '.join([*words, 'children', 'optional'])}" for name in table]
    wanted = [each for each in cases if kind in each.kinds]
    for own in ("starts", "error", "logs"):
        asked = {each.id: each for each in wanted if each.own == own}
        problems += [f"{own}: no case {name} asks for that" for name in words[own].keys() - asked.keys()]
        problems += [
            f"{own}: the case {name} lacks its words"
            for name, each in asked.items()
            if not each.optional and name not in words[own]
        ]
    free = {each.id for each in wanted if each.optional and not each.own}
    problems += [f"optional: there is no optional case {name}" for name in probe.optional - free]
    if problems:
        raise ConfigurationError([Problem(path, None, text) for text in sorted(problems)])
    return probe


def lay_out(folders: Iterable[Path], target: Path) -> None:
    """Make ``target`` the probe's source. Copy each folder's files, except those that an earlier folder has.

    The ending does not matter: ``index.ts`` is in the place of ``index.js``. A missing folder counts as empty.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for folder in filter(Path.is_dir, folders):
        known = {path.stem for path in target.iterdir()}
        for path in (path for path in folder.iterdir() if path.stem not in known):
            copy = shutil.copytree if path.is_dir() else shutil.copy2
            copy(path, target / path.name)
