"""Announces a build in a few lines: how many images, from which bases, for about how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runtimekit.images.plan import Plan
    from runtimekit.repository.recipes import Base

BASE_SECONDS = 18.0
IMAGE_SECONDS = 12.0
"""Average time of the first build, measured on two processors with two jobs."""
SHORT_SECONDS, MINUTES_FROM = 10, 90
"""The shortest time worth announcing, and the time from which minutes are shown. In seconds."""
EMULATED_TIMES = 5
"""An emulated platform takes this many times as long."""


def lines(plan: Plan, missing: Sequence[Base], times: Mapping[str, float], jobs: int, *, bootstraps: bool) -> list[str]:
    """The lines to show before a plan is carried out; none if nothing is built. Each fits into 80 columns.

    Args:
        plan: What is going to be done.
        missing: The bases that are made first.
        times: How long things took last time, in seconds, by their names in ``build/times.json``.
        jobs: How many things are done at a time.
        bootstraps: Whether bases are made here rather than pulled.
    """
    if not plan.build:
        return []
    platforms = sorted({name for step in plan.build for name in step.platforms})
    what = _number(len(plan.build), "image")
    at_once = f", {jobs} at a time" if jobs > 1 < len(plan.build) + len(missing) else ""
    said = [f"{what} for {', '.join(platforms)}{at_once}; logs: build/logs"]
    if not bootstraps:
        said.append("bases come from the registry")
    elif missing:
        are = "is" if len(missing) == 1 else "are"
        said.append(f"without a registry: {_number(len(missing), 'base')} {are} made from packages first")
    return [*said, _time(plan, missing, times, jobs)]


def _time(plan: Plan, missing: Iterable[Base], times: Mapping[str, float], jobs: int) -> str:
    known = [times.get(str(step.runtime)) for step in plan.build] + [times.get(base.key) for base in missing]
    guesses = [IMAGE_SECONDS * _weight(step.platforms) for step in plan.build]
    guesses += [BASE_SECONDS * _weight(plan.bases.get(base.reference, ())) for base in missing]
    spent = [guess if took is None else took for took, guess in zip(known, guesses, strict=True)]
    about = _rounded(max(sum(spent) / jobs, *spent))
    if None in known:
        return f"the first time this takes {about}; later only what has changed is built"
    return f"last time this took {about}"


def _weight(platforms: Iterable[str]) -> int:
    """How many native builds these platforms cost."""
    native = f"linux/{machine.native()}"
    return max(1, sum(1 if name == native else EMULATED_TIMES for name in platforms))


def _rounded(seconds: float) -> str:
    """A time, rounded to what an estimate can say."""
    if seconds < SHORT_SECONDS:
        return "less than 10 s"
    return f"about {seconds / 60:.0f} min" if seconds >= MINUTES_FROM else f"about {round(seconds, -1):.0f} s"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
