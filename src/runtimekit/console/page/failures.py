"""What failed: each failing cell of the matrix with its cases, and each of these with its request, answer and log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.conformance.results import Outcome
from runtimekit.console.page import troubles
from runtimekit.console.page.contents import natural, slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtimekit.conformance.results import CaseResult, SuiteResult
    from runtimekit.console.page.contents import Contents

MAX_SHOWN = 300
"""How many failures the page shows with all evidence. A broken gateway fails thousands, for one reason."""
MAX_OF_CELL = 10
"""How many of them of one cell."""
MAX_OPEN = 3
"""If there are no more failures than these, they are unfolded."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One failed case, or an image or suite that failed as a whole."""

    id: str
    rule: str
    """Of the contract; empty if it is no case."""
    message: str
    evidence: tuple[tuple[str, str], ...]
    """Titles and texts, to be shown verbatim."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """One failing cell, or one runtime without cases."""

    anchor: str
    runtime: str
    platform: str
    area: str
    """Empty if the whole runtime is meant."""
    words: str
    """How many cases failed; empty if the whole runtime is meant."""
    failures: tuple[Failure, ...]
    others: tuple[Failure, ...]
    """Those that are only named; their evidence is in ``build/reports``."""
    is_failure: bool
    """False where only this machine lacks something."""
    is_open: bool


def groups(contents: Contents) -> list[Group]:
    """What failed as a whole, then failed cells, most failures first, then what this machine could not do."""
    found = [*_troubles(contents, failures=True), *_cells(contents)]
    few = sum(len(failures) for *_, failures in found) <= MAX_OPEN
    room = MAX_SHOWN
    made: list[Group] = []
    for anchor, runtime, platform, area, words, failures in [*found, *_troubles(contents, failures=False)]:
        shown = min(MAX_OF_CELL, room)
        room -= min(len(failures), shown)
        made.append(
            Group(
                anchor=anchor,
                runtime=runtime,
                platform=platform,
                area=area,
                words=words,
                failures=tuple(failures[:shown]),
                others=tuple(failures[shown:]),
                is_failure=len(made) < len(found),
                is_open=few and len(made) < len(found),
            )
        )
    return made


_Found = tuple[str, str, str, str, str, list[Failure]]
"""Address, runtime, platform, area, how much failed, and the failures."""


def _troubles(contents: Contents, *, failures: bool) -> Iterator[_Found]:
    suites = {(suite.runtime, suite.platform): suite for suite in contents.suites}
    builds = {(row.runtime, row.platform): row for row in contents.builds}
    for key in sorted({**builds, **suites}, key=lambda key: (natural(key[0]), key[1])):
        trouble = troubles.of(builds.get(key), suites.get(key))
        if trouble and trouble.is_failure is failures:
            failure = Failure(id=trouble.title, rule="", message=trouble.message, evidence=(trouble.detail,))
            yield slug("why", *key), *key, "", "", [failure]


def _cells(contents: Contents) -> Iterator[_Found]:
    def order(suite: SuiteResult) -> tuple[object, ...]:
        return (-suite.count(Outcome.FAILED), natural(suite.runtime), suite.platform)

    for suite in sorted(contents.suites, key=order):
        for area in dict.fromkeys(case.area for case in suite.cases):
            cases = [case for case in suite.cases if case.area == area]
            failed = [_failure(case) for case in cases if case.outcome is Outcome.FAILED]
            if failed:
                anchor = slug(suite.runtime, suite.platform, area)
                words = f"{len(failed)} of {len(cases)} failed"
                yield anchor, suite.runtime, suite.platform, area, words, failed


def _failure(case: CaseResult) -> Failure:
    parts = (
        ("Expected", case.expected),
        ("Got", case.got),
        ("Request", case.request),
        ("Answer", case.answer),
        ("Log", case.log),
    )
    again = f" (the last of {case.attempts} attempts)" if case.attempts > 1 else ""
    return Failure(
        id=case.id,
        rule=case.rule,
        message=case.message + again,
        evidence=tuple((title, text.strip("\n")) for title, text in parts if text.strip()),
    )
