"""Reads a TOML file and reports all its mistakes at once, each with its line.

:mod:`tomllib` stops at the first mistake and remembers no lines. So the text is taken statement by statement (a header,
or a key with its value) and each is given to tomllib alone: where it stands gives the lines, and one that is wrong
does not hide the others. The last word on what the whole text means is still tomllib's.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeAlias

from runtimekit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value is: ``("languages", "go", "kind")``, or with the number of an ``[[exceptions]]``."""

BROKEN = object()
"""The value of a key whose text is wrong: already reported, so that nobody need report it again."""

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|(end of document))\)$")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


class TomlFile:
    """The values of a file, their lines, and the mistakes found so far."""

    def __init__(self, path: Path) -> None:
        """Read ``path``. Mistakes do not raise: they are in ``problems``, to which the schema's are added."""
        self.path = path
        self.problems: list[Problem] = []
        self.values: dict[str, Any] = {}
        self.is_readable = True
        """Whether the headers can be trusted; if not, looking for missing keys would invent mistakes."""
        self._lines: dict[KeyPath, int] = {}
        self._headers: set[KeyPath] = set()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            self.report_line(None, "is not UTF-8 text, which TOML must be. Save it as UTF-8")
            self.is_readable = False
        else:
            self._read(text.replace("\r\n", "\n"))

    def line(self, keys: KeyPath) -> int | None:
        """The line of a value, or of the nearest table around it that has one."""
        while keys and keys not in self._lines:
            keys = keys[:-1]
        return self._lines.get(keys)

    def report(self, keys: KeyPath, text: str) -> None:
        """Add a mistake that is about the value at ``keys``."""
        self.report_line(self.line(keys), text)

    def report_line(self, line: int | None, text: str) -> None:
        """Add a mistake on a known line."""
        self.problems.append(Problem(self.path, line, text))

    def _read(self, text: str) -> None:
        table: dict[str, Any] = self.values
        here: KeyPath = ()
        for line, source, result in _statements(text):
            is_header = source.lstrip().startswith("[")
            if isinstance(result, tomllib.TOMLDecodeError):
                self.report_line(line, f"{_POSITION.sub('', str(result))}. The text: {source.strip()[:60]!r}")
                if is_header:
                    self.is_readable = False
                    table, here = {}, ("a header that cannot be read", line)
                elif assignment := _ASSIGNMENT.match(source):
                    table[assignment[1]] = BROKEN
            elif is_header:
                table, here = self._enter(result, line, is_array=source.lstrip().startswith("[["))
            else:
                self._merge(table, result, here, line)
        self._compare_with_tomllib(text)

    def _compare_with_tomllib(self, text: str) -> None:
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            if not self.problems:  # a rule about several statements together, such as adding to an inline table
                position = _POSITION.search(str(error))
                line = int(position[1]) if position and position[1] else None
                self.report_line(line, _POSITION.sub("", str(error)))
        else:
            self.values = values

    def _enter(self, header: dict[str, Any], line: int, *, is_array: bool) -> tuple[dict[str, Any], KeyPath]:
        """The table that a header opens, made if it is new, and its place."""
        table = self.values
        here: KeyPath = ()
        names = _chain(header)
        for position, name in enumerate(names):
            if is_array and position == len(names) - 1 and isinstance(table.setdefault(name, []), list):
                table[name].append({})
            inner = table.setdefault(name, {})
            here = (*here, name)
            if isinstance(inner, list) and inner:
                here = (*here, len(inner) - 1)
                inner = inner[-1]
            if not isinstance(inner, dict):
                self.report_line(line, f"{name!r} cannot be a table here: it has a value on line {self.line(here)}")
                return {}, here
            self._lines.setdefault(here, line)
            table = inner
        if here in self._headers:
            self.report_line(line, f"table {'.'.join(names)!r} is there twice; the other is on line {self.line(here)}")
        self._headers.add(here)
        return table, here

    def _merge(self, table: dict[str, Any], addition: dict[str, Any], here: KeyPath, line: int) -> None:
        """Put the keys of one statement into its table. The first value of a key stays."""
        for key, value in addition.items():
            place = (*here, key)
            if key not in table:
                table[key] = value
                self._locate(value, place, line)
            elif isinstance(table[key], dict) and isinstance(value, dict):
                self._merge(table[key], value, place, line)
            else:
                self.report_line(line, f"{key!r} is there twice; the other is on line {self.line(place)}")

    def _locate(self, value: object, place: KeyPath, line: int) -> None:
        self._lines[place] = line
        if isinstance(value, dict):
            for key, inner in value.items():
                self._locate(inner, (*place, key), line)


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any] | tomllib.TOMLDecodeError]]:
    """Each statement's first line, its text, and what it says when it stands alone, or why that cannot be read.

    A statement takes in further lines for as long as tomllib finds that it ends too early.
    """
    lines = text.split("\n")
    start = 0
    while start < len(lines):
        end = start + 1
        failure: tomllib.TOMLDecodeError | None = None
        while True:
            source = "\n".join(lines[start:end])
            try:
                result = tomllib.loads(source)
            except tomllib.TOMLDecodeError as error:
                failure = failure or error
                position = _POSITION.search(str(error))
                if position and position[2] and end < len(lines):
                    end += 1
                    continue
                yield start + 1, lines[start], failure
                end = start + 1
            else:
                yield start + 1, source, result
            break
        start = end


def _chain(header: dict[str, Any]) -> list[str]:
    """The names of a header, outermost first: what tomllib made of ``[a.b]`` or ``[[a.b]]``, standing alone."""
    names: list[str] = []
    node: Any = header
    while isinstance(node, dict) and node:
        ((name, node),) = node.items()
        names.append(name)
    return names
