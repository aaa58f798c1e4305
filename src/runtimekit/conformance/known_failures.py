"""known_failures.toml: which cases are known to fail. A listed case that passes counts as failed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from runtimekit.conformance.results import CaseResult, Outcome
from runtimekit.errors import ConfigurationError, Problem
from runtimekit.repository.identifiers import perhaps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

_KEYS = {"runtime", "case", "because", "link"}


@dataclass(frozen=True, kw_only=True)
class KnownFailure:
    """One known failure."""

    runtime: str
    """A runtime's name or a glob such as ``go-*``."""
    case: str
    because: str
    link: str

    def covers(self, runtime: str, case: str) -> bool:
        """Whether it applies to this case of this runtime, on any run image."""
        return fnmatchcase(runtime, self.runtime) and case.partition("@")[0] == self.case


def load(path: Path, runtimes: Collection[str], cases: Collection[str]) -> tuple[KnownFailure, ...]:
    """Read the file. Raises ConfigurationError for every entry that is incomplete or fits no runtime or no case.

    Args:
        path: The file. It may be missing.
        runtimes: The names of all runtimes there are.
        cases: The ids of all cases there are.
    """
    if not path.is_file():
        return ()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("waiver", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([Problem(path, None, f"cannot be read: {error}")]) from None
    problems: list[Problem] = []
    found: list[KnownFailure] = []
    for number, row in enumerate(rows, 1):
        wrong = _mistake(row, runtimes, cases)
        if wrong:
            problems.append(Problem(path, None, f"waiver {number}: {wrong}"))
        else:
            found.append(KnownFailure(**row))
    if problems:
        raise ConfigurationError(problems)
    return tuple(found)


def _mistake(row: dict[str, object], runtimes: Collection[str], cases: Collection[str]) -> str:
    if row.keys() != _KEYS or not all(isinstance(value, str) and value.strip() for value in row.values()):
        return f"it needs exactly {', '.join(sorted(_KEYS))}, each a text: every exception has a reason"
    runtime, case = str(row["runtime"]), str(row["case"])
    if not any(fnmatchcase(name, runtime) for name in runtimes):
        return f"no runtime fits {runtime!r}.{perhaps(runtime, runtimes)}"
    if case not in cases:
        return f"no case is called {case!r}.{perhaps(case, cases)}"
    return ""


def apply(known: Sequence[KnownFailure], runtime: str, results: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    """The results, where known failures are waived and known failures that passed are failed."""
    return tuple(_applied(known, runtime, result) for result in results)


def _applied(known: Sequence[KnownFailure], runtime: str, result: CaseResult) -> CaseResult:
    known_failure = next((each for each in known if each.covers(runtime, result.id)), None)
    if known_failure is None or result.outcome is Outcome.NOT_RUN:
        return result
    reason = f"{known_failure.because} ({known_failure.link})"
    if result.outcome is Outcome.FAILED:
        return replace(result, outcome=Outcome.WAIVED, message=f"known failure: {reason}. {result.message}".rstrip())
    stale = f"passes, though known_failures.toml says that it fails: {reason}. Remove that entry"
    return replace(result, outcome=Outcome.FAILED, message=stale, expected="a failure", got="it passed")
