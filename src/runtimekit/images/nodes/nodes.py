"""The nodes of one builder during one run: which can be used, and which builds what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtimekit.engine import builders
from runtimekit.engine.builders import State
from runtimekit.errors import EngineError, NodeSilentError
from runtimekit.images.nodes import placement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runtimekit.engine.builders import Node, NodeAnswer
    from runtimekit.engine.client import Engine
    from runtimekit.images.nodes.placement import Place
    from runtimekit.images.plan import ImageStep
    from runtimekit.repository.catalogue import Runtime


@dataclass
class Nodes:
    """The nodes' state, and the builds that each gets."""

    engine: Engine
    builder: str
    """Its name."""
    nodes: tuple[Node, ...]
    log: Callable[[str], None]
    places: dict[tuple[Runtime, str], Place] = field(default_factory=dict)
    """The node of each image and platform; filled by :meth:`place`."""
    answers: list[NodeAnswer] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    """Nodes that went away in this run. They get no more builds."""

    @classmethod
    def of(cls, engine: Engine, name: str, log: Callable[[str], None]) -> Nodes:
        """The nodes of the builder ``name``.

        Raises:
            UnknownBuilderError: There is none.
            EngineError: The engine could not keep what they build.
        """
        nodes = builders.find(engine, name)
        if not engine.containerd_store:
            raise EngineError(
                "this Docker's classic image store changes what other builders have built when it is loaded.",
                todo=[
                    'turn on the containerd image store: {"features": {"containerd-snapshotter": true}} in daemon.json',
                    "or build without --builder",
                ],
            )
        return cls(engine, name, nodes, log)

    def place(self, steps: Sequence[ImageStep]) -> dict[tuple[Runtime, str], Place]:
        """Choose a node for every build of a plan. Nodes are asked only if there is something to build.

        Raises:
            NodeSilentError: None of them can be used.
            NoNodeError: A platform that no node has.
        """
        if steps and not self.answers:
            self.answers = [self._started(answer) for answer in builders.ask_all(self.engine, self.nodes)]
            silent = [(each.node.name, each.problem) for each in self.answers if each.state is State.SILENT]
            if len(silent) == len(self.answers):
                raise NodeSilentError(self.builder, silent, len(silent))
            for node, problem in silent:
                self.log(f"the node {node} is left out: {problem}")
        self.places = placement.place(steps, self.answers, self.builder)
        return self.places

    def _started(self, answer: NodeAnswer) -> NodeAnswer:
        """What a node can do is known only once BuildKit runs there."""
        if answer.state is not State.NOT_STARTED:
            return answer
        self.log(f"starting BuildKit on the node {answer.node.name}")
        return builders.ask(self.engine, answer.node, builders.START_SECONDS, start=True)

    def next_place(self, platform: str, load: Mapping[str, int]) -> Place | None:
        """The node that takes over after another one went away; None if none can."""
        left = [answer for answer in self.answers if answer.node.name not in self.lost]
        return placement.best(platform, left, load)
