"""Nodes that only tests know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.engine.builders import Node, NodeAnswer, State

if TYPE_CHECKING:
    from collections.abc import Callable


def node(name: str, *declared: str) -> Node:
    """A node of the builder `mine`."""
    return Node("mine", "remote", name, f"tcp://{name}:1234", declared, {"Name": name})


@pytest.fixture
def answer() -> Callable[..., NodeAnswer]:
    """A node that has answered: what it was given when it was made, and what it says."""

    def made(name: str, *platforms: str, declared: tuple[str, ...] = (), state: State = State.RUNNING) -> NodeAnswer:
        return NodeAnswer(node(name, *declared), state, 0.1, platforms)

    return made
