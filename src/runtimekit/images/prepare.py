"""The step before a build: check that it can be done, announce it, create its log files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.errors import EngineError
from runtimekit.images import announce
from runtimekit.support import machine
from runtimekit.support.home import is_locked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from runtimekit.bases.make import Bootstrapper
    from runtimekit.engine.client import Engine
    from runtimekit.engine.reporter import Reporter
    from runtimekit.engine.work import Works
    from runtimekit.images.gateway import Gateway
    from runtimekit.images.plan import ImageStep, Plan


def prepare(
    plan: Plan,
    engine: Engine,
    reporter: Reporter,
    *,
    works: Works,
    bootstrapper: Bootstrapper,
    bootstraps: bool,
    gateway: Gateway | None,
    seconds: Mapping[str, float],
    jobs: int,
    log: Callable[[str], None],
    log_file: Callable[[ImageStep], Path],
) -> None:
    """Check that a plan can be carried out, say what it will do, and create its log files. Builds nothing.

    Args:
        plan: What is going to be built.
        engine: Where the images go.
        reporter: Learns how many pieces of work there are.
        works: Gets the pieces of work that wait for their turn.
        bootstrapper: Makes bases from packages.
        bootstraps: Whether bases are made from packages rather than pulled.
        gateway: The gateway, if images of the plan need it.
        seconds: How long earlier builds took, by name.
        jobs: How many builds run at a time.
        log: Takes one line.
        log_file: Where a step's build writes its output.

    Raises:
        EngineError: The engine cannot hold several platforms in one image.
        BaseNeedsRootError: A base is missing that only root can make.
    """
    if any(len(step.platforms) > 1 for step in plan.build) and not engine.containerd_store:
        raise EngineError(
            "this Docker cannot keep several platforms in one image: its classic image store holds one.",
            todo=[
                'turn on the containerd image store: {"features": {"containerd-snapshotter": true}} in daemon.json',
                "or build one platform: --local",
            ],
        )
    if not plan.build:
        return
    wanted = _bases(plan, gateway) if bootstraps else {}
    bootstrapper.check_rights(wanted)
    missing = bootstrapper.missing(wanted)
    for line in announce.lines(plan, missing, seconds, jobs, bootstraps=bootstraps):
        log(line)
    bootstrapper.queue(missing)
    compiles = gateway is not None and gateway.queue(plan.gateways, gateway.bases if bootstraps else ())
    for step in plan.build:
        if not is_locked(f"image-{step.runtime.id}"):  # by another run, which writes there
            works.queue(step.key, log_file(step))
    reporter.planned(len(missing) + compiles + len(plan.build))


def _bases(plan: Plan, gateway: Gateway | None) -> dict[str, Sequence[str]]:
    """The bases that a plan needs, with those of the gateway's compiler, and for which platforms."""
    wanted = {name: set(platforms) for name, platforms in plan.bases.items()}
    for name in gateway.bases if gateway else ():
        wanted.setdefault(name, set()).add(f"linux/{machine.native()}")
    return {name: sorted(platforms) for name, platforms in wanted.items()}
