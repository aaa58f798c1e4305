"""Reads the tables of a TOML file, and reports what is missing, unknown or of a wrong type."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from runtimekit.repository.identifiers import perhaps
from runtimekit.support.toml import BROKEN, KeyPath, TomlFile

if TYPE_CHECKING:
    from collections.abc import Collection

ONE_LINE = re.compile(r"[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*")
"""Any text that can stand in a table, a label or a log line."""


class Table:
    """One table. Each key is asked for by the method of its type; after the last one, ``close`` reports the others.

    A mistake is reported to the file and stands for an empty value, so that reading goes on to the next mistake.
    """

    def __init__(self, file: TomlFile, values: dict[str, Any], place: KeyPath = ()) -> None:
        self.file = file
        self.place = place
        self._values = values
        self._known: set[str] = set()

    @property
    def title(self) -> str:
        """The table as its header has it, for messages."""
        name = ".".join(f'"{part}"' if "." in part else part for part in self.place if isinstance(part, str))
        if not name:
            return "the file"
        return f"[[{name}]]" if isinstance(self.place[-1], int) else f"[{name}]"

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def report(self, key: str, text: str) -> None:
        """Add a mistake that is about the value of ``key``."""
        self.file.report((*self.place, key), text)

    def text(self, key: str, like: re.Pattern[str] = ONE_LINE, wanted: str = "text") -> str:
        """A text that must be there, of the form ``like``, which ``wanted`` says in words."""
        found = self.optional_text(key, like, wanted)
        if key not in self._values:
            self.report(key, f"{self.title} needs {key!r}: {wanted}")
        return found or ""

    def optional_text(self, key: str, like: re.Pattern[str] = ONE_LINE, wanted: str = "text") -> str | None:
        """A text that may be absent."""
        self._known.add(key)
        value = self._values.get(key)
        if value is None or value is BROKEN:
            return None
        if not isinstance(value, str) or not like.fullmatch(value):
            self.report(key, f"{key!r} must be {wanted}, not {_shown(value)}")
            return None
        return value

    def optional_number(self, key: str, most: int, wanted: str) -> int | None:
        """A whole number from 1 to ``most`` that may be absent."""
        self._known.add(key)
        value = self._values.get(key)
        if value is None or value is BROKEN:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.report(key, f"{key!r} must be {wanted}, not {_shown(value)}")
            return None
        return value

    def choice(self, key: str, among: Collection[str]) -> str | None:
        """A text that must be one of ``among``."""
        wanted = "one of " + ", ".join(repr(each) for each in among)
        found = self.text(key, wanted=wanted)
        if not found or found in among:
            return found or None
        self.report(key, f"{key!r} must be {wanted}, not {found!r}.{perhaps(found, among)}")
        return None

    def texts(self, key: str, wanted: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; empty where it is absent."""
        self._known.add(key)
        value = self._values.get(key)
        if value is None and required:
            self.report(key, f"{self.title} needs {key!r}: {wanted}")
        if value is None or value is BROKEN:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.report(key, f"{key!r} must be {wanted}, not {_shown(value)}")
            return ()
        return tuple(value)

    def table(self, key: str) -> Table:
        """A table that must be there."""
        self._known.add(key)
        value = self._values.get(key)
        if value is None:
            self.file.report_line(None, f"the table [{key}] is missing")
        elif not isinstance(value, dict) and value is not BROKEN:
            self.report(key, f"{key!r} must be a table, not {_shown(value)}")
        return Table(self.file, value if isinstance(value, dict) else {}, (*self.place, key))

    def tables(self, key: str) -> dict[str, Table]:
        """The tables inside a table, such as each language's in ``[languages]``."""
        self._known.add(key)
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            if value is not BROKEN:
                self.report(key, f"{key!r} must be a table of tables, not {_shown(value)}")
            return {}
        found = {}
        for name, inner in value.items():
            if isinstance(inner, dict):
                found[name] = Table(self.file, inner, (*self.place, key, name))
            elif inner is not BROKEN:
                text = f"{name!r} must be a table, [{key}.{name}], not {_shown(inner)}"
                self.file.report((*self.place, key, name), text)
        return found

    def array(self, key: str) -> list[Table]:
        """The tables of ``[[key]]``."""
        self._known.add(key)
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            if value is not BROKEN:
                self.report(key, f"{key!r} must be written as [[{key}]], not {_shown(value)}")
            return []
        return [Table(self.file, each, (*self.place, key, number)) for number, each in enumerate(value)]

    def close(self) -> None:
        """Report the keys that nobody asked for: a misspelt one would otherwise be silently without effect."""
        for key in self._values.keys() - self._known:
            what = "table" if isinstance(self._values[key], dict | list) and not self.place else "key"
            known = self._known - self._values.keys() or self._known
            self.report(key, f"unknown {what} {key!r} in {self.title}.{perhaps(key, known)}")


def _shown(value: object) -> str:
    """A wrong value, short enough for a message."""
    text = repr(value)
    return textwrap.shorten(text, 60, placeholder=" …")
