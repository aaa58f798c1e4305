"""Which node builds what."""

from __future__ import annotations

from typing import Any

import pytest

from runtimekit.engine.builders import State
from runtimekit.errors import NoNodeError
from runtimekit.images.nodes import placement
from runtimekit.images.nodes.placement import Fit
from runtimekit.images.plan import ImageStep

AMD, ARM = "linux/amd64", "linux/arm64"


def steps(count: int, *platforms: str) -> list[ImageStep]:
    """So many images, each for these platforms."""
    runtimes: list[Any] = [f"image-{number}" for number in range(count)]
    return [ImageStep(runtime, platforms) for runtime in runtimes]


def placed(made: list[ImageStep], *answers: Any) -> list[str]:
    """The nodes' names, in the plan's order."""
    places = placement.place(made, answers, "mine")
    return [str(places[step.runtime, name]) for step in made for name in step.platforms]


def test_native_comes_before_emulated(answer: Any) -> None:
    """Also when the other one has nothing to do."""
    nodes = answer("a", AMD, ARM), answer("b", ARM, AMD)
    assert placed(steps(2, AMD, ARM), *nodes) == ["a (native)", "b (native)"] * 2
    assert placed(steps(3, ARM), *nodes) == ["b (native)"] * 3


def test_two_of_the_same_platform_share_it(answer: Any) -> None:
    """In turn."""
    assert placed(steps(4, AMD), answer("a", AMD), answer("b", AMD)) == ["a (native)", "b (native)"] * 2


def test_what_no_node_has_natively_is_emulated(answer: Any) -> None:
    """And said so."""
    assert placed(steps(1, AMD, ARM), answer("a", AMD, ARM), answer("b", AMD)) == ["a (native)", "a (emulated)"]


def test_a_node_that_was_given_a_platform_is_for_that(answer: Any) -> None:
    """Its machine may be another one: whoever made the builder decides."""
    nodes = answer("a", AMD, ARM, declared=(AMD,)), answer("b", ARM, AMD, declared=(ARM,))
    assert placed(steps(2, AMD, ARM), *nodes) == ["a (native)", "b (native)"] * 2
    assert placement.fit(nodes[0], ARM) is Fit.EMULATED
    assert placement.fit(answer("c", AMD, ARM, declared=(AMD, ARM)), ARM) is Fit.NATIVE


def test_platforms_that_no_node_has_are_named_all_at_once(answer: Any) -> None:
    """With what the nodes have instead; a silent one counts for nothing."""
    silent = answer("b", ARM, state=State.SILENT, declared=(ARM,))
    with pytest.raises(NoNodeError, match=r"'mine' can build for linux/arm64, linux/riscv64\.") as caught:
        placed(steps(2, AMD, ARM, "linux/riscv64"), answer("a", AMD), silent)
    assert "  a: linux/amd64\n" in str(caught.value)


def test_who_has_least_to_do_is_asked_first(answer: Any) -> None:
    """When a build has to move, too."""
    nodes = answer("a", AMD), answer("b", AMD)
    found = placement.best(AMD, nodes, {"a": 2, "b": 1})
    assert found is not None
    assert found.node.name == "b"
    assert placement.best(ARM, nodes, {}) is None
