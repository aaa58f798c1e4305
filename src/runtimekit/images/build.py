"""Builds images side by side. One failure does not stop the others."""

from __future__ import annotations

import functools
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.bases import sources
from runtimekit.bases.make import Bootstrapper
from runtimekit.bases.provide import LocalBases
from runtimekit.engine import buildx
from runtimekit.engine.jobs import IMAGES, JobTracker
from runtimekit.errors import DiskFullError, ImageBuildError, RunInterruptedError, RuntimekitError
from runtimekit.images import build_request, labels, prepare
from runtimekit.images.build_request import Prerequisites
from runtimekit.images.fingerprint import inputs as inputs_of
from runtimekit.images.fingerprint import of_inputs
from runtimekit.images.gateway import Gateway
from runtimekit.images.nodes import run
from runtimekit.images.plan import ImageStep, Plan, make_plan, obstacle_of
from runtimekit.images.results import BUILT, CURRENT, FAILED, NEEDS_REGISTRY, BuildRow
from runtimekit.images.times import BuildTimes
from runtimekit.repository import revision
from runtimekit.repository.recipes import Source, find_base, load_recipes
from runtimekit.support import folders, machine
from runtimekit.support.home import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.jobs import Job
    from runtimekit.engine.reporter import FileLine, Reporter
    from runtimekit.images.nodes.nodes import Nodes
    from runtimekit.repository.catalogue import Runtime
    from runtimekit.repository.configuration import Configuration

    Start = Callable[..., None]
    """Starts the build of a step of the plan and waits for its end."""

BUILD_SECONDS = 3600

DEFAULT_JOBS = min(4, os.cpu_count() or 1)


@dataclass
class Builder:
    """Builds runtimes of one repository on one engine."""

    configuration: Configuration
    engine: Engine
    source: Source = Source.AUTO
    jobs: int = DEFAULT_JOBS
    log: Callable[[str], None] = print
    cancelled: threading.Event = field(default_factory=threading.Event)
    cache: buildx.LayerCache = buildx.NO_CACHE
    nodes: Nodes | None = None
    """The nodes that build; None for the engine itself. Either way the images end up in the engine."""

    def __post_init__(self) -> None:
        root = self.configuration.root
        self.logs = root / "build" / "logs"
        self.bootstraps = sources.bootstraps(self.source)
        self.times = BuildTimes(root / "build" / "times.json")
        self.tracker = JobTracker(self.log, self.times.read, self.times.note, root)
        recipes = load_recipes(root / "bases")
        self.bootstrapper = Bootstrapper(
            self.engine, recipes, logs=self.logs, log=self.log, cancelled=self.cancelled, tracker=self.tracker
        )
        self.base_obstacle = self.bootstrapper.obstacle if self.bootstraps else sources.no_obstacle
        self.revision = revision.of(root)
        self.digest = functools.cache(folders.folder_digest)
        self.registry_digest = functools.cache(self.engine.registry_digest)

    def plan(self, runtimes: Iterable[Runtime], platforms: Sequence[str] | None, *, force: bool = False) -> Plan:
        """What :meth:`build` would do, from the images that the engine has now."""
        asked = tuple(runtimes)
        # An image of the second protocol is made on one of the first: that is built before it, if it is stale.
        chosen = tuple(dict.fromkeys([*(each.first for each in asked if each.first), *asked]))
        images = self.engine.images(runtime.build_image for runtime in chosen)
        return make_plan(
            chosen,
            platforms,
            wanted=self.fingerprint,
            present={name: labels.recorded_fingerprints(image) for name, image in images.items()},
            obstacle=self.base_obstacle,
            force=force,
            seconds=self.times.read(),
        )

    def obstacle(self, runtime: Runtime, platform: str) -> str | None:
        """Why a runtime's image cannot be had here for a platform, or None."""
        return obstacle_of(runtime, platform, self.base_obstacle)

    def inputs(self, runtime: Runtime, platform: str) -> dict[str, Any]:
        """Everything that decides what this image contains, by name."""
        target = next(each for each in runtime.platforms if each.docker == platform)
        digests = {reference: self._base_digest(reference) for reference in runtime.bases}
        if runtime.first:
            digests[runtime.first.build_image] = self.fingerprint(runtime.first, platform)
        return inputs_of(
            runtime, target, digests, labels.repository_labels(self.configuration.project, runtime), digest=self.digest
        )

    def fingerprint(self, runtime: Runtime, platform: str) -> str:
        """The hash of :meth:`inputs`."""
        return of_inputs(self.inputs(runtime, platform))

    def _base_digest(self, reference: str) -> str:
        if not self.bootstraps:
            return self.registry_digest(reference)
        base = find_base(reference, self.bootstrapper.recipes)
        return self.bootstrapper.fingerprint(base) if base else "needs a registry"

    def build(self, plan: Plan, reporter: Reporter) -> list[BuildRow]:
        """Carry out a plan and return a row for every runtime and platform in it.

        Raises:
            EngineError: The engine cannot hold several platforms in one image.
            RunInterruptedError: Ctrl-C; every build of ours has ended.
            BaseNeedsRootError: A base is missing that only root can make; nothing was begun.
        """
        prepare.prepare(
            plan,
            self.engine,
            reporter,
            tracker=self.tracker,
            bootstrapper=self.bootstrapper,
            bootstraps=self.bootstraps,
            gateway=self.new_gateway() if plan.gateways else None,
            seconds=self.times.read(),
            jobs=self.jobs,
            log=self.log,
            log_file=self.log_file,
        )
        rows = [BuildRow.of(each.runtime, each.platform, NEEDS_REGISTRY) for each in plan.missing]
        images = self.engine.images({runtime.build_image for runtime, _ in plan.current})
        rows += [BuildRow.of(r, p, CURRENT, image=images.get(r.build_image)) for r, p in plan.current]
        with self.tracker.report_to(reporter):
            try:
                rows += self._carry_out(plan)
            finally:
                self._write_trace()
        return sorted(rows, key=lambda row: (row.runtime, row.platform))

    def _carry_out(self, plan: Plan) -> list[BuildRow]:
        rows: list[BuildRow] = []
        with self._starter(plan) as start, ThreadPoolExecutor(self.jobs) as pool:
            try:
                prerequisites = self._prerequisites(plan, pool)
                futures: dict[Runtime, Future[list[BuildRow]]] = {}
                for step in sorted(plan.build, key=lambda step: step.runtime.first is not None):
                    below = futures.get(step.runtime.first) if step.runtime.first else None
                    futures[step.runtime] = pool.submit(self._build, step, prerequisites, start, below)
                for future in futures.values():
                    rows += future.result()
            except KeyboardInterrupt:
                self.cancelled.set()
                pool.shutdown(cancel_futures=True)
                raise RunInterruptedError from None
        return rows

    def _write_trace(self) -> None:
        try:
            self.tracker.trace.write(self.configuration.root / "build" / "reports")
        except OSError as error:  # a full disk must not hide what became of the images
            self.log(f"build/reports lacks this build's trace: {error.strerror}")

    @contextmanager
    def _starter(self, plan: Plan) -> Iterator[Start]:
        """The function that starts one build of this plan, in the engine or on a builder's nodes."""
        if self.nodes is None:
            yield lambda _step, request, **more: buildx.build(
                self.engine, request, deadline=BUILD_SECONDS, cancelled=self.cancelled, **more
            )
            return
        folder = self.configuration.root / "build" / "nodes"
        with run.builds(self.nodes, plan.build, folder, self.cancelled) as builds:
            yield functools.partial(builds.build, deadline=BUILD_SECONDS)

    def requests(self, plan: Plan) -> list[buildx.BuildRequest]:
        """The builds that :meth:`build` would start. Their prerequisites are made now."""
        with ThreadPoolExecutor(self.jobs) as pool:
            prerequisites = self._prerequisites(plan, pool)
            return [build_request.of(self, step, prerequisites) for step in plan.build]

    def _prerequisites(self, plan: Plan, pool: Executor) -> Prerequisites:
        local_bases = LocalBases(self.bootstrapper, plan.bases if self.bootstraps else {}, pool)
        if not plan.gateways:
            return Prerequisites(local_bases, None)
        gateway, local = self._gateway()
        return Prerequisites(local_bases, gateway.provide(plan.gateways, local))

    def compile_gateway(self, folder: Path) -> None:
        """Compile the gateway into a folder from its sources, without any cache."""
        gateway, local = self._gateway()
        gateway.compile(folder, local, no_cache=True)

    def test_gateway(self) -> str:
        """Run the gateway's own tests and return what they print.

        Raises:
            CommandError: A test failed.
        """
        gateway, local = self._gateway()
        return gateway.test(local)

    def new_gateway(self) -> Gateway:
        """The gateway of this repository, which reads its Dockerfile."""
        return Gateway(self.configuration.root, self.engine, self.logs, self.cancelled, self.cache, self.tracker)

    def _gateway(self) -> tuple[Gateway, dict[str, str]]:
        """The gateway, and the local images of its bases where no registry answers."""
        gateway = self.new_gateway()
        native = [f"linux/{machine.native()}"]
        wanted = gateway.bases if self.bootstraps else ()
        return gateway, {reference: self.bootstrapper.provide(reference, native) for reference in wanted}

    def _build(
        self, step: ImageStep, prerequisites: Prerequisites, start: Start, below: Future[list[BuildRow]] | None
    ) -> list[BuildRow]:
        """Build one image, after the one below it, which begins earlier, so that waiting for it cannot block it."""
        lacking = [row for row in below.result() if row.result == FAILED] if below else []
        if self.cancelled.is_set():
            raise KeyboardInterrupt
        if lacking:
            words = f"{step.runtime.first}, which it is made on, was not built"
            self.tracker.end_waiting(step.key, words, ok=False)
            return [BuildRow.of(step.runtime, name, FAILED, log=lacking[0].log, error=words) for name in step.platforms]
        waiting = functools.partial(self.tracker.show_waiting, step.key, "waits for another run that builds it")
        with locked(f"image-{step.runtime.id}", self.cancelled, waiting) as waited:
            if waited and self._is_current(step):  # another run has just built it
                self.tracker.end_waiting(step.key, f"{CURRENT}: another run has built it")
                image = self.engine.images([step.runtime.build_image])[step.runtime.build_image]
                return [BuildRow.of(step.runtime, name, CURRENT, image=image) for name in step.platforms]
            return self._build_alone(step, prerequisites, start)

    def _is_current(self, step: ImageStep) -> bool:
        image = self.engine.images([step.runtime.build_image]).get(step.runtime.build_image)
        has = labels.recorded_fingerprints(image) if image else {}
        return all(has.get(name) == self.fingerprint(step.runtime, name) for name in step.platforms)

    def log_file(self, step: ImageStep) -> Path:
        """The file with an image's build output."""
        return self.logs / f"{step.runtime.id}.log"

    def _build_alone(self, step: ImageStep, prerequisites: Prerequisites, start: Start) -> list[BuildRow]:
        log = self.log_file(step)
        words, result, image = "", BUILT, None
        piece: Job | None = None

        def verdict(error: Exception) -> tuple[str, FileLine | None]:
            place = error.place_in(self.configuration.root) if isinstance(error, ImageBuildError) else None
            return str(DiskFullError.of(error, str(log)) or error), place

        try:
            with self.tracker.job(
                IMAGES, step.key, log, time_key=str(step.runtime), result=BUILT, summarize=verdict
            ) as piece:
                for reference in prerequisites.local_bases.unfinished(step.runtime.bases):
                    with piece.stage(f"waits for its base {reference}"):
                        prerequisites.local_bases.images([reference])
                request = build_request.of(self, step, prerequisites)
                piece.begin()
                start(step, request, log=log, watch=piece.watch)
        except (RuntimekitError, OSError) as error:
            words, result = verdict(error)[0], FAILED
        else:
            image = self.engine.images([step.runtime.build_image]).get(step.runtime.build_image)
        took = piece.seconds if piece else 0.0
        shown = log.relative_to(self.configuration.root)
        return [
            BuildRow.of(step.runtime, name, result, seconds=took, image=image, log=shown, error=words)
            for name in step.platforms
        ]
