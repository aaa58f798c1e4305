"""What comes before a build: see that it can be done, say what is going to be done, and let its logs exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.images import announce
from runtimekit.support import machine
from runtimekit.support.home import is_locked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtimekit.engine.reporter import Reporter
    from runtimekit.images.build import Builder
    from runtimekit.images.gateway import Gateway
    from runtimekit.images.plan import Plan


def prepare(builder: Builder, plan: Plan, reporter: Reporter) -> None:
    """Prepare what the builder is about to do; nothing is built yet.

    Raises:
        BaseNeedsRootError: A base is missing that only root can make.
    """
    if not plan.build:
        return
    gateway = builder.new_gateway() if plan.gateways else None
    wanted = _bases(plan, gateway) if builder.bootstraps else {}
    builder.bootstrapper.check_rights(wanted)
    missing = builder.bootstrapper.missing(wanted)
    for line in announce.lines(plan, missing, builder.times.read(), builder.jobs, bootstraps=builder.bootstraps):
        builder.say(line)
    builder.bootstrapper.queue(missing)
    compiles = gateway is not None and gateway.queue(plan.gateways, gateway.bases if builder.bootstraps else ())
    for step in plan.build:
        if not is_locked(f"image-{step.runtime.id}"):  # by another run, which writes there
            builder.works.queue(step.key, builder.log(step))
    reporter.planned(len(missing) + compiles + len(plan.build))


def _bases(plan: Plan, gateway: Gateway | None) -> dict[str, Sequence[str]]:
    """The bases that a plan needs, with those of the gateway's compiler, and for which platforms."""
    wanted = {name: set(platforms) for name, platforms in plan.bases.items()}
    for name in gateway.bases if gateway else ():
        wanted.setdefault(name, set()).add(f"linux/{machine.native()}")
    return {name: sorted(platforms) for name, platforms in wanted.items()}
