"""``runtime.toml``, beside a function or in a runtime's folder: its protocol, and what its image must have."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.errors import ConfigurationError, Problem
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "runtime.toml"
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.:-]*", re.ASCII)
"""A package's name: Debian policy §5.6.1, with Debian's ``:arch``; Alpine's names are of this form, too."""


@dataclass(frozen=True)
class Needs:
    """What a function's image must hold beside what the runtime's image has."""

    packages: tuple[str, ...] = ()
    """System packages that the function needs when it runs. For interpreted languages they are there at build time,
    too, because one image builds and runs."""
    build_packages: tuple[str, ...] = ()
    """System packages that only ``build.sh`` needs, such as headers and compilers."""

    def __bool__(self) -> bool:
        """Whether anything is needed."""
        return bool(self.packages or self.build_packages)

    def __or__(self, other: Needs) -> Needs:
        """What either needs."""
        return Needs(
            tuple(sorted({*self.packages, *other.packages})),
            tuple(sorted({*self.build_packages, *other.build_packages})),
        )


_KEYS = {"packages": "packages", "build-packages": "build_packages"}
_PROTOCOL = "protocol"


def read(folder: Path) -> Needs:
    """Read what the folder's ``runtime.toml`` asks for. Without such a file nothing is needed.

    Raises:
        ConfigurationError: It is no TOML, has an unknown key, or names something that is no package or protocol.
    """
    table = _table(folder / FILE_NAME)
    return Needs(**{_KEYS[key]: tuple(sorted(set(value))) for key, value in table.items() if key in _KEYS})


def protocol(folder: Path) -> Protocol | None:
    """Read which protocol the function is for; None if the folder's ``runtime.toml`` does not say.

    Raises:
        ConfigurationError: As :func:`read` says.
    """
    name = _table(folder / FILE_NAME).get(_PROTOCOL)
    return None if name is None else Protocol(name)


def _table(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([Problem(file, None, f"is no valid TOML: {error}")]) from None
    problems = [Problem(file, None, text) for key, value in table.items() if (text := _problem(key, value))]
    if problems:
        raise ConfigurationError(problems)
    return table


def _problem(key: str, value: Any) -> str:  # noqa: ANN401 - whatever TOML can hold
    """What is wrong with one entry; empty if nothing is."""
    if key == _PROTOCOL:
        known = [each.value for each in Protocol]
        return "" if value in known else f'protocol must be one of {", ".join(known)}, as in protocol = "v5"'
    if key not in _KEYS:
        return f"has the key '{key}', which means nothing; it may have {', '.join(_KEYS)} and {_PROTOCOL}"
    if not isinstance(value, list):
        return f'{key} must be a list of packages\' names, as in {key} = ["libvips42"]'
    wrong = [each for each in value if not isinstance(each, str) or not _PACKAGE.fullmatch(each)]
    return f"{key}: {wrong[0]!r} is no package's name" if wrong else ""
