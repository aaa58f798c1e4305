"""The phases of `./dev test`: which nox sessions they have, in which order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from runtimekit.conformance.results import SuiteResult

RUNTIMES = "runtimes"
"""The phase of the runtimes' sessions."""
CHECKS = ("lint", "types", "unit", "adapters", "gateway")
"""nox sessions about the project itself."""
IMAGES = ("images", "workflows", "page")
"""The nox session that builds what those of the runtimes test, and the checks whose programs need a base of them."""
EMULATION = "emulation"
"""The nox session of the platform that is emulated, which runs beside the runtimes'."""
SECOND = "v5"
"""The nox session about the second protocol: it takes longest, begins with the runtimes' and runs beside them."""
DOCS = ("docs",)
"""The nox session that makes the site, after the runtimes': one of its pages shows what they have left."""
SYSTEM = ("system",)
"""The nox session about the build system, after them."""
NEWCOMER = ("newcomer",)
"""The nox session that does all this on a machine that has nothing; last, since its second half uses the images."""
WITHOUT = "RUNTIMEKIT_WITHOUT"
"""The environment variable with names of sessions that `test` leaves out: on the newcomer's machine, its own."""


DEFAULT_JOBS = min(2, os.cpu_count() or 1)
"""Runtimes to test at a time: their suites wait more than they compute, but more than two get into each other's way."""


def leave_out(
    phases: Mapping[str, Sequence[str]], names: Sequence[str], log: Callable[[str], None]
) -> dict[str, list[str]]:
    """The phases without some sessions, which are named aloud; a phase of which nothing is left goes."""
    if names:
        log(f"left out: {', '.join(names)} ({WITHOUT} in the environment)")
    kept = {phase: [each for each in sessions if each not in names] for phase, sessions in phases.items()}
    return {phase: sessions for phase, sessions in kept.items() if sessions}


def with_runtimes(failed: Iterable[str], suites: Iterable[SuiteResult]) -> list[str]:
    """The phases that failed; that of the runtimes with the names of those that did. What cannot be had did not."""
    broken = [suite.name for suite in suites if not suite.ok and not suite.unavailable]
    words = f" ({', '.join(broken)})" if broken else ""
    return [f"{phase}{words if phase == RUNTIMES else ''}" for phase in failed]
