"""What is out of date? Bases behind their tags, versions past their end of life, languages with newer versions.

No input or output: callers pass the registry's answers, the lifetimes and today's date, and get rows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from runtimekit.repository.end_of_life import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runtimekit.repository.catalogue import Runtime
    from runtimekit.repository.end_of_life import Lifetimes
    from runtimekit.supply_chain.pins import Pin

WARNING_PERIOD = dt.timedelta(days=90)
"""How long before its end of life a version is mentioned, and how long the table of lifetimes counts as fresh."""


class Verdict(StrEnum):
    """The result of one check of an audit."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing. Nothing is wrong with the current images."""
    DUE = "due"
    """Somebody must act. The audit fails."""
    UNKNOWN = "unknown"
    """It could not be checked, which is not the same as ok."""


@dataclass(frozen=True)
class Finding:
    """One row of an audit."""

    subject: str
    """A runtime, a language or a base's tag."""
    about: str
    """``version``, ``newer``, ``base`` or ``data``."""
    verdict: Verdict
    found: str
    todo: str = ""

    def row(self) -> dict[str, str]:
        """The row for JSON. Its keys are never renamed."""
        return {
            "subject": self.subject,
            "about": self.about,
            "verdict": self.verdict.value,
            "found": self.found,
            "todo": self.todo,
        }


def versions(runtimes: Sequence[Runtime], lifetimes: Lifetimes, today: dt.date) -> list[Finding]:
    """A row for each runtime's version, one for each language with a newer version, and one for an old table."""
    return [*_ends(runtimes, lifetimes, today), *_newer(runtimes, lifetimes, today), *_data(lifetimes, today)]


def _ends(runtimes: Iterable[Runtime], lifetimes: Lifetimes, today: dt.date) -> Iterator[Finding]:
    for runtime in runtimes:
        life = lifetimes.versions.get(runtime.id)
        if life is None:
            todo = f"add {runtime.version} to [{runtime.id.language}] of {FILE_NAME}"
            yield Finding(str(runtime), "version", Verdict.DUE, "no end of life is recorded", todo)
        elif life.until is None:
            yield Finding(str(runtime), "version", Verdict.OK, "maintained, no end announced")
        elif life.is_over(today):
            found = f"ended {life.until}, {(today - life.until).days} days ago"
            yield Finding(str(runtime), "version", Verdict.DUE, found, "retire it")
        elif life.until - today <= WARNING_PERIOD:
            found = f"ends {life.until}, in {(life.until - today).days} days"
            yield Finding(str(runtime), "version", Verdict.NOTE, found, "tell its users")
        else:
            yield Finding(str(runtime), "version", Verdict.OK, f"maintained until {life.until}")


def _newer(runtimes: Iterable[Runtime], lifetimes: Lifetimes, today: dt.date) -> Iterator[Finding]:
    ours = {runtime.id.language: runtime for runtime in sorted(runtimes, key=lambda runtime: runtime.id)}  # last wins
    for language, runtime in ours.items():
        newest = lifetimes.newest(language, today)
        if newest and runtime.id < newest:
            todo = f"invoke new {language} {newest.version}" if runtime.language else f"copy runtimes/{runtime}"
            yield Finding(
                language, "newer", Verdict.NOTE, f"there is {newest.version}; ours is {runtime.version}", todo
            )


def _data(lifetimes: Lifetimes, today: dt.date) -> Iterator[Finding]:
    if lifetimes.checked and today - lifetimes.checked > WARNING_PERIOD:
        found = f"last compared with its sources on {lifetimes.checked}, {(today - lifetimes.checked).days} days ago"
        yield Finding(FILE_NAME, "data", Verdict.NOTE, found, "renew it (docs/supply-chain.md)")


def bases(pins: Iterable[Pin]) -> list[Finding]:
    """A row for each base. Dockerfiles with the same tag and the same pin share one."""
    return list(dict.fromkeys(_base(pin) for pin in pins))


def _base(pin: Pin) -> Finding:
    if pin.current is None:
        return Finding(pin.tag, "base", Verdict.UNKNOWN, f"no answer: {pin.problem}", "try again")
    if pin.pinned is None:
        found = f"not pinned; every build takes what the tag holds that day, now {short(pin.current)}"
        return Finding(pin.tag, "base", Verdict.NOTE, found, "invoke pin")
    if pin.is_behind:
        found = f"pinned to {short(pin.pinned)}, the tag holds {short(pin.current)}"
        return Finding(pin.tag, "base", Verdict.DUE, found, "invoke pin, then build and test")
    return Finding(pin.tag, "base", Verdict.OK, f"pinned to what the tag holds, {short(pin.pinned)}")


def short(digest: str) -> str:
    """The first digits of a digest, for tables."""
    return digest[: len("sha256:") + 12]
