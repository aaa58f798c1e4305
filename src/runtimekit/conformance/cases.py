"""What a case of the conformance suite consists of. :mod:`case_runner` runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from collections.abc import Callable


Check: TypeAlias = "Callable[[Any], str | None]"
"""Checks a :class:`~runtimekit.conformance.target.Target` (a module that imports this one).

It raises :class:`~runtimekit.conformance.failures.CaseFailedError` if the runtime breaks the contract, and may return
a note for the report, such as an image's size."""

EVERY_KIND = frozenset({Kind.INTERPRETED, Kind.COMPILED})

RULE = re.compile(r"[IRFETLOVB]\d{1,2}")
"""A rule's number in the contract, such as ``R5``, or in the open-runtimes protocol, such as ``V5``."""

_ID = re.compile(r"[a-z]+\.[a-z0-9][a-z0-9-]*")


class Scope(StrEnum):
    """How much of the suite is run."""

    CORE = "core"
    """The cases that are also quick enough under emulation."""
    FULL = "full"


class Subject(StrEnum):
    """What a case works on: one of the launched functions, or an image."""

    PROBE = "probe"
    """The probe, shared with other cases."""
    HELLO = "hello"
    """The documented test function; on every run image that the language declares."""
    SLOW = "slow"
    """A second probe, for cases that occupy it for long, so that they delay no other case."""
    VICTIM = "victim"
    """A third probe, for cases that attack it. They run one after the other."""
    OWN = "own"
    """None: the case launches what it needs, because it ends, floods or restarts it."""
    IMAGE = "image"
    """No function: the case checks each image of the runtime."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case: what it is called, which rule it checks, and how."""

    id: str
    """``<area>.<name>``, such as ``key.wrong-last-byte``."""
    rule: str
    """The rule of the contract that it checks."""
    check: Check = field(repr=False)
    core: bool = False
    """Whether it belongs to :attr:`Scope.CORE`."""
    bench: Subject = Subject.PROBE
    alone: bool = False
    """Whether nothing else may run beside it, because it measures time, fills memory or ends workers."""
    calm: bool = False
    """Whether it measures time but needs little processor time: such cases run together, with no others."""
    patient: bool = False
    """Whether it mostly waits: it starts first and runs beside all others."""
    last: bool = False
    """Whether it runs after all others, to check what they left behind."""
    kinds: frozenset[Kind] = EVERY_KIND
    """The kinds of language that it concerns; compiled ones have no ``file`` to choose, for example."""
    optional: bool = False
    """Whether only those languages get it whose probe file names it."""
    own: str = ""
    """Which table of the probe file holds what is expected: ``starts``, ``error`` or ``logs`` (see :mod:`probes`)."""
    any_function: bool = False
    """Whether it works with any function, so that it needs no fixture of this repository."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(
                f"{self.id!r} is no case's id: it is <area>.<name> in lower case, such as 'key.wrong-last-byte'"
            )
        if not RULE.fullmatch(self.rule):
            raise ValueError(f"{self.id}: {self.rule!r} is no rule of the contract, such as 'R5'")

    @property
    def scheduled_separately(self) -> bool:
        """Whether the runner gives it a time of its own instead of running it with the others."""
        return self.alone or self.calm or self.last or self.patient or self.bench is Subject.SLOW

    @property
    def area(self) -> str:
        """The part of the contract that it belongs to, as tables show it."""
        return self.id.partition(".")[0]


def case(
    id: str,  # noqa: A002 - the case's own word for it
    *,
    rule: str,
    core: bool = False,
    bench: Subject = Subject.PROBE,
    alone: bool = False,
    calm: bool = False,
    patient: bool = False,
    last: bool = False,
    kinds: frozenset[Kind] = EVERY_KIND,
    optional: bool = False,
    any_function: bool = False,
) -> Callable[[Check], Check]:
    """Mark a function of ``tests/conformance/*.py`` as a case; :mod:`collect` finds it by this mark."""

    def mark(check: Check) -> Check:
        check.__dict__["case"] = Case(
            id=id,
            rule=rule,
            check=check,
            core=core,
            bench=bench,
            alone=alone,
            calm=calm,
            patient=patient,
            last=last,
            kinds=kinds,
            optional=optional,
            any_function=any_function,
        )
        return check

    return mark
