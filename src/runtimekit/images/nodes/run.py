"""Builds on a builder's nodes: each platform on its node, and once more on another one if that node goes away.

A node builds for one platform at a time, whatever buildx could do with several: what comes back is put together here
(:mod:`runtimekit.engine.oci_layouts`), because buildx can do that in a registry only.
"""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from runtimekit.engine import builders, containers, oci_layouts
from runtimekit.engine.builders import State
from runtimekit.engine.progress import Progress
from runtimekit.errors import BuildLostError, NodeLostError
from runtimekit.images.nodes.watch import build as build_watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from runtimekit.engine.buildx import BuildRequest
    from runtimekit.images.nodes.nodes import Nodes
    from runtimekit.images.nodes.placement import Place
    from runtimekit.images.plan import ImageStep
    from runtimekit.repository.catalogue import Runtime

LOCAL = "docker-image://"
"""How a build names an image of the engine."""


@contextmanager
def builds(nodes: Nodes, steps: Sequence[ImageStep], folder: Path, cancelled: threading.Event) -> Iterator[NodeBuilds]:
    """Builds on nodes, for a ``with``. Temporary files are removed at its end.

    Args:
        nodes: Who builds.
        steps: All that is going to be built.
        folder: Where what comes and goes is kept in between.
        cancelled: Ends all builds when set.

    Raises:
        NodeSilentError: No node can be used.
        NoNodeError: A platform that no node has.
    """
    nodes.place(steps)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        if not containers.is_owner_running(left.name):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
    scratch = folder / containers.owner()
    scratch.mkdir()
    try:
        yield NodeBuilds(nodes, scratch, cancelled)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass
class NodeBuilds:
    """The builds of one run."""

    nodes: Nodes
    scratch: Path
    cancelled: threading.Event
    _load: Counter[str] = field(default_factory=Counter)
    _bases: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _bases_lock: threading.Lock = field(default_factory=threading.Lock)

    def build(
        self,
        step: ImageStep,
        request: BuildRequest,
        *,
        log: Path,
        deadline: float,
        watch: Callable[[Progress], None],
    ) -> None:
        """Build one image, its platforms side by side, and load it into the engine.

        Args:
            step: What of the plan this is.
            request: As for the engine itself.
            log: Is told where each platform is built, and where the full log of that is.
            deadline: Seconds for each attempt.
            watch: Called as any of the builds moves on.

        Raises:
            ImageBuildError: The build failed on some platform; it is not tried elsewhere.
            BuildLostError: Its nodes went away.
            DeadlineError: It took too long.
            EngineError: The engine does not keep what was built.
            KeyboardInterrupt: The run was cancelled.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        contexts = {name: self._reachable(value) for name, value in request.contexts.items()}
        seen: dict[str, Progress] = {}

        def build(platform: str) -> Path:
            def news(progress: Progress) -> None:
                seen[platform] = progress
                watch(_together(list(seen.values()), progress.current))

            target = self.scratch / str(step.runtime) / platform.replace("/", "-")
            target.parent.mkdir(exist_ok=True)
            there = replace(
                request,
                name=f"{step.runtime} {platform}",
                platforms=(platform,),
                tags=(),
                contexts=contexts,
                output=f"type=oci,dest={target},tar=false",
            )
            self._build_for(step.runtime, there, target, log, deadline, news)
            return target

        with ThreadPoolExecutor(len(step.platforms)) as pool:
            made = dict(zip(step.platforms, pool.map(build, step.platforms), strict=True))
        oci_layouts.load(self.nodes.engine, made, request.tags[0], self.scratch / str(step.runtime) / "image.tar")
        shutil.rmtree(self.scratch / str(step.runtime))

    def _build_for(
        self,
        runtime: Runtime,
        request: BuildRequest,
        target: Path,
        log: Path,
        deadline: float,
        watch: Callable[[Progress], None],
    ) -> None:
        """One platform, on its node, and if that goes away once more on another one."""
        (platform,) = request.platforms
        lost: list[NodeLostError] = []
        place: Place | None = self.nodes.places[runtime, platform]
        if place and place.node.name in self.nodes.lost:  # in another build of this run
            place = self._elsewhere(platform)
        while place:
            own = log.with_name(f"{runtime}-{platform.rpartition('/')[2]}-{place.node.name}.log")
            own.unlink(missing_ok=True)  # an earlier run's
            self._note(log, f"{platform} on {place}: {own.name}")
            try:
                self._build_at(place, request, own, deadline, watch)
            except NodeLostError as error:
                self._note(log, str(error))
                lost.append(error)
                shutil.rmtree(target, ignore_errors=True)
                place = self._instead(error, platform) if len(lost) == 1 else None
            else:
                return
        nobody = f"no other node of {self.nodes.builder!r} can build for {platform}"
        why = "so did the one that took over" if len(lost) > 1 else nobody
        raise BuildLostError(request.name, lost, why)

    def _instead(self, error: NodeLostError, platform: str) -> Place | None:
        place = self._elsewhere(platform)
        if place:
            self.nodes.log(f"{error}. Once more on {place}")
        return place

    def _elsewhere(self, platform: str) -> Place | None:
        """The best remaining node that answers now; whatever ended one node may have ended others."""
        while True:
            with self._lock:
                place = self.nodes.next_place(platform, self._load)
            if place is None or builders.ask(self.nodes.engine, place.node).state is not State.SILENT:
                return place
            with self._lock:
                self.nodes.lost.add(place.node.name)

    def _build_at(
        self, place: Place, request: BuildRequest, log: Path, deadline: float, watch: Callable[[Progress], None]
    ) -> None:
        node = place.node
        with self._lock:
            self._load[node.name] += 1
        try:
            build_watched(
                self.nodes.engine, node, request, log=log, deadline=deadline, watch=watch, cancelled=self.cancelled
            )
        except NodeLostError:
            with self._lock:
                self.nodes.lost.add(node.name)
            raise
        finally:
            with self._lock:
                self._load[node.name] -= 1

    def _reachable(self, context: str) -> str:
        """A context as a node can have it: an image of the engine as files, each written once for all builds."""
        name = context.removeprefix(LOCAL)
        if name == context:
            return context
        with self._bases_lock:
            if name not in self._bases:
                image = self.nodes.engine.images([name])[name]
                self._bases[name] = oci_layouts.write(
                    self.nodes.engine, image, self.scratch / f"base-{len(self._bases)}"
                )
            return self._bases[name]

    def _note(self, log: Path, text: str) -> None:
        with self._lock, log.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def _together(parts: Sequence[Progress], current: str) -> Progress:
    """The progress of several builds as one."""
    whole = Progress(current=current, lag=0.0)
    for part in parts:
        whole.steps |= part.steps
        whole.done |= part.done
        whole.cached |= part.cached
        whole.times |= part.local_times()
    return whole
