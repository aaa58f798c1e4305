"""One build on one node, which may go away: told apart from a build that fails.

A node is lost when buildx's last word says so; when the build ended without a word of its own about why, and the node
does not answer afterwards; or when nothing moves for a while and the node does not answer either. A build whose
own command failed is never taken for one: it would fail anywhere.
"""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from runtimekit.engine import builders, buildx
from runtimekit.engine.builders import State
from runtimekit.errors import DeadlineError, ImageBuildError, NodeLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runtimekit.engine.builders import Node
    from runtimekit.engine.client import Engine
    from runtimekit.engine.progress import Progress

SILENCE_SECONDS = 60.0
"""How long a build may say nothing before its node is asked. Compilers are silent for longer, on nodes that answer."""
POLL_SECONDS = 0.2
_OWN_FAULT = re.compile(
    r"did not complete successfully: exit code: \d+|failed to (?:read dockerfile|compute cache key)"
)


class _Watch:
    """Ends a build if the run is cancelled, or if nothing happens and the node does not answer."""

    def __init__(self, engine: Engine, node: Node, cancelled: threading.Event, silence: float) -> None:
        self.engine = engine
        self.node = node
        self.cancelled = cancelled
        self.silence = silence
        self.ended = threading.Event()
        self.over = threading.Event()
        self.problem = ""
        self.heard = time.monotonic()

    def look(self) -> None:
        """Until the build is over."""
        while not self.over.wait(POLL_SECONDS):
            if self.cancelled.is_set():
                self.ended.set()
                return
            if time.monotonic() - self.heard < self.silence:
                continue
            answer = builders.ask(self.engine, self.node)
            if answer.state is State.SILENT and time.monotonic() - self.heard >= self.silence:
                self.problem = f"nothing moved for {self.silence:g} s, and {answer.problem}"
                self.ended.set()
                return
            self.heard = time.monotonic()


@contextmanager
def _watched(watch: _Watch) -> Iterator[None]:
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        watch.over.set()
        thread.join()


def build(
    engine: Engine,
    node: Node,
    request: buildx.BuildRequest,
    *,
    log: Path,
    deadline: float,
    watch: Callable[[Progress], None],
    cancelled: threading.Event,
    silence: float = SILENCE_SECONDS,
) -> None:
    """Run one build on one node to its end.

    Args:
        engine: Whose docker client speaks to the node.
        node: Where to build.
        request: What to build. Its contexts and its output must be files: a node does not see the engine's images.
        log: The full log goes here.
        deadline: Seconds after which the build is ended.
        watch: Called as the build moves on.
        cancelled: Ends the build when set.
        silence: Seconds without news after which the node is asked whether it is there.

    Raises:
        NodeLostError: The node went away; nothing is known about the build.
        ImageBuildError: The build itself failed.
        DeadlineError: It took too long, on a node that answers.
        KeyboardInterrupt: ``cancelled`` was set.
    """
    watching = _Watch(engine, node, cancelled, silence)

    def news(progress: Progress) -> None:
        watching.heard = time.monotonic()
        watch(progress)

    with builders.viewed(node) as settings, _watched(watching):
        there = replace(request, builder=node.builder, settings=settings)
        try:
            buildx.build(engine, there, log=log, deadline=deadline, watch=news, cancelled=watching.ended)
        except KeyboardInterrupt:  # how a build says that its event was set, whoever set it
            if watching.problem and not cancelled.is_set():
                raise NodeLostError(node.name, request.name, watching.problem) from None
            raise
        except (ImageBuildError, DeadlineError) as error:
            if words := _why_lost(engine, node, error):
                raise NodeLostError(node.name, request.name, words) from None
            raise


def _why_lost(engine: Engine, node: Node, error: ImageBuildError | DeadlineError) -> str:
    """Why the node is lost, rather than the build broken; empty if the build is broken."""
    if isinstance(error, ImageBuildError):
        if buildx.is_lost(error):
            return error.tail.splitlines()[-1].removeprefix("ERROR: ")
        if _OWN_FAULT.search(error.tail):
            return ""
    answer = builders.ask(engine, node)
    return answer.problem if answer.state is State.SILENT else ""
