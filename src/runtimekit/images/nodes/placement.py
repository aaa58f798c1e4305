"""Decides which node builds what. A pure function: the same answers give the same places."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from runtimekit.engine.builders import State
from runtimekit.errors import NoNodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runtimekit.engine.builders import Node, NodeAnswer
    from runtimekit.images.plan import ImageStep
    from runtimekit.repository.catalogue import Runtime


class Fit(IntEnum):
    """How well a node suits a platform; the smallest value is best."""

    NATIVE = 0
    """It is the node's own platform, or one that it was given when it was made."""
    EMULATED = 1
    """Another one that it can build for. Of a node that was given platforms buildx does not say which is its own: all
    that it was not given counts as emulated."""

    @property
    def word(self) -> str:
        """The word that tables show."""
        return self.name.lower()


@dataclass(frozen=True)
class Place:
    """Where one image is built for one platform."""

    node: Node
    fit: Fit

    def __str__(self) -> str:
        """``mine0 (native)``."""
        return f"{self.node.name} ({self.fit.word})"


def fit(answer: NodeAnswer, platform: str) -> Fit | None:
    """How well a node suits a platform; None if it cannot build for it at all, or does not answer."""
    if answer.state is State.SILENT:
        return None
    own = answer.node.declared or answer.platforms[:1]
    if platform in own:
        return Fit.NATIVE
    return Fit.EMULATED if platform in answer.platforms else None


def best(platform: str, answers: Iterable[NodeAnswer], load: Mapping[str, int]) -> Place | None:
    """The node for one more build: native before emulated, then the least busy, then the first."""
    fits = [(fit(answer, platform), answer.node) for answer in answers]
    able = [Place(node, suits) for suits, node in fits if suits is not None]
    return min(able, key=lambda place: (place.fit, load.get(place.node.name, 0)), default=None)


def place(steps: Sequence[ImageStep], answers: Sequence[NodeAnswer], builder: str) -> dict[tuple[Runtime, str], Place]:
    """A node for each image and platform of a plan.

    Raises:
        NoNodeError: Platforms that no node has; names all of them.
    """
    load: Counter[str] = Counter()
    places: dict[tuple[Runtime, str], Place] = {}
    without: set[str] = set()
    for step in steps:
        for platform in step.platforms:
            found = best(platform, answers, load)
            if found is None:
                without.add(platform)
                continue
            load[found.node.name] += 1
            places[step.runtime, platform] = found
    if without:
        raise NoNodeError(builder, sorted(without), [_describe(answer) for answer in answers])
    return places


def _describe(answer: NodeAnswer) -> str:
    return f"{answer.node.name}: {', '.join(answer.platforms) or answer.problem or answer.state.value}"
