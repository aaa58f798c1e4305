"""Results of cases and of suites."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"
    """Failed, as known_failures.toml says it does."""
    NOT_RUN = "not run"
    """Not reached. It never counts as passed."""


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """One case of the contract."""

    id: str
    rule: str
    """The contract's rule that it checks, such as ``R5``."""
    area: str
    outcome: Outcome
    seconds: float
    message: str = ""
    expected: str = ""
    got: str = ""
    log: str = ""
    """The container's last lines."""
    request: str = ""
    """Of a failed case: the last request that it sent, without keys, and cut if it is long."""
    answer: str = ""
    """What came back, likewise; empty if nothing did."""
    attempts: int = 1
    """How often it was run: more than once if the first result may not have been the runtime's fault."""


@dataclass(frozen=True, kw_only=True)
class SuiteResult:
    """All cases of one runtime on one platform."""

    runtime: str
    platform: str
    cases: tuple[CaseResult, ...]
    seconds: float
    error: str = ""
    """Why the cases could not run, such as a failed build."""
    unavailable: str = ""
    """Why this machine cannot have the image at all, such as a base that needs a registry. Never ok, yet no defect."""
    at: str = ""
    """When the result was written: UTC, such as ``2026-11-29T03:30:00Z``."""

    def count(self, outcome: Outcome) -> int:
        """How many cases ended so."""
        return sum(case.outcome is outcome for case in self.cases)

    @property
    def ok(self) -> bool:
        """Whether the runtime was shown to work: something passed, nothing failed, nothing was left out."""
        left_over = self.count(Outcome.FAILED) + self.count(Outcome.NOT_RUN)
        return not self.error and not self.unavailable and self.count(Outcome.PASSED) > 0 and left_over == 0

    @property
    def name(self) -> str:
        """The runtime and the platform, and which cases failed, up to three: an error's last line has to say it."""
        failed = [case.id for case in self.cases if case.outcome is Outcome.FAILED]
        more = [f"{len(failed) - 3} more"] if len(failed) > 3 else []  # noqa: PLR2004 - as the docstring says
        return f"{self.runtime} {self.platform}" + (f" ({', '.join([*failed[:3], *more])})" if failed else "")

    @property
    def verdict(self) -> str:
        """``ok`` in words, with the reason where it is not ok."""
        if self.error or self.unavailable:
            return self.error or f"needs a registry: {self.unavailable}"
        if not self.count(Outcome.PASSED) and not self.count(Outcome.FAILED):
            return "no case was run"
        return ", ".join(f"{number} {outcome}" for outcome in Outcome if (number := self.count(outcome)))
