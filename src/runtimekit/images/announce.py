"""What a build is going to do, in a few lines before it begins: how much, from what, for about how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runtimekit.images.plan import Plan
    from runtimekit.repository.recipes import Base

BASE_SECONDS = 18.0
IMAGE_SECONDS = 12.0
"""How long one takes the first time, on average over all of them: measured with two processors and two jobs."""
SHORT_SECONDS, MINUTES_FROM = 10, 90
"""Nobody waits for less, and from when on a time is told in minutes."""
EMULATED_TIMES = 5
"""As many times as long it takes on a platform that is emulated."""


def lines(plan: Plan, missing: Sequence[Base], times: Mapping[str, float], jobs: int, *, bootstraps: bool) -> list[str]:
    """What to say before a plan is carried out; nothing if there is nothing to do. Each fits into 80 columns.

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
    """How many native platforms it is worth."""
    native = f"linux/{machine.native()}"
    return max(1, sum(1 if name == native else EMULATED_TIMES for name in platforms))


def _rounded(seconds: float) -> str:
    """No more precise than it is known."""
    if seconds < SHORT_SECONDS:
        return "less than 10 s"
    return f"about {seconds / 60:.0f} min" if seconds >= MINUTES_FROM else f"about {round(seconds, -1):.0f} s"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
