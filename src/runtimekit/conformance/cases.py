"""What a case of the conformance suite is. Nothing here runs one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from collections.abc import Callable


Check: TypeAlias = "Callable[[Any], str | None]"
"""Does what the case is about to a :class:`~runtimekit.conformance.target.Suite`, which is built upon this module.

It raises :class:`~runtimekit.conformance.failures.CaseFailedError` if a runtime does not do as the contract says.

It may return a note for the report, such as an image's size."""

EVERY_KIND = frozenset({Kind.INTERPRETED, Kind.COMPILED})

RULE = re.compile(r"[IRFETL]\d{1,2}")
"""A rule's number in the contract, such as ``R5``."""

_ID = re.compile(r"[a-z]+\.[a-z0-9][a-z0-9-]*")


class Scope(StrEnum):
    """How much of the suite is run."""

    CORE = "core"
    """What emulation can bear, too."""
    FULL = "full"


class Bench(StrEnum):
    """Which launched function a case works on."""

    PROBE = "probe"
    """The probe, shared with other cases."""
    HELLO = "hello"
    """The documented test function; on every run image that the language declares."""
    SLOW = "slow"
    """Another probe, for cases that dawdle for long: what they occupy there holds nobody else up."""
    VICTIM = "victim"
    """A third probe, for cases that attack it: one after the other."""
    OWN = "own"
    """None: the case launches what it needs, because it ends, floods or restarts it."""
    IMAGE = "image"
    """No function: the case looks at an image, at each one that the runtime has."""


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
    bench: Bench = Bench.PROBE
    alone: bool = False
    """Whether nothing else may run beside it, because it measures time, fills memory or ends workers."""
    calm: bool = False
    """Whether it measures time but uses hardly any: such cases run beside each other, and beside nothing else."""
    patient: bool = False
    """Whether it mostly waits: it is begun first and runs beside all others."""
    last: bool = False
    """Whether it looks at what all the others have left behind."""
    kinds: frozenset[Kind] = EVERY_KIND
    """The kinds of language that it concerns; compiled ones have no ``file`` to choose, for example."""
    optional: bool = False
    """Whether it is about something that not every language has: only those take part whose probe says so."""
    own: str = ""
    """What it asks of the language's probe: ``starts`` or ``error`` (see :mod:`probes`)."""
    any_function: bool = False
    """Whether it says something about every function, so that it needs no fixture of this repository."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(
                f"{self.id!r} is no case's id: it is <area>.<name> in lower case, such as 'key.wrong-last-byte'"
            )
        if not RULE.fullmatch(self.rule):
            raise ValueError(f"{self.id}: {self.rule!r} is no rule of the contract, such as 'R5'")

    @property
    def apart(self) -> bool:
        """Whether it does not take its turn with the others."""
        return self.alone or self.calm or self.last or self.patient or self.bench is Bench.SLOW

    @property
    def area(self) -> str:
        """The part of the contract that it belongs to, as tables show it."""
        return self.id.partition(".")[0]


def case(
    id: str,  # noqa: A002 - the case's own word for it
    *,
    rule: str,
    core: bool = False,
    bench: Bench = Bench.PROBE,
    alone: bool = False,
    calm: bool = False,
    patient: bool = False,
    last: bool = False,
    kinds: frozenset[Kind] = EVERY_KIND,
    optional: bool = False,
    any_function: bool = False,
) -> Callable[[Check], Check]:
    """Mark a function of ``tests/conformance/*.py`` as a case; :mod:`loading` finds it by this mark."""

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
