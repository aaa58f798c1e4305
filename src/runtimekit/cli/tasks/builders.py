"""Tasks for builders on other machines (docs/builders.md)."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.context import Context

    from runtimekit.engine.builders import NodeAnswer

NAME = "the builder's name"


@task(
    positional=["name"],
    iterable=["node"],
    help={
        "name": NAME,
        "node": "ssh://user@host, tcp://host:port …, and =linux/arm64 after it if it is for that; may be given again",
        "driver": "what runs there: docker-container (Docker), remote (BuildKit) or kubernetes",
    },
)
def create(_context: Context, name: str, node: list[str] | None = None, driver: str = "docker-container") -> None:
    """Make a builder of one or several machines: all of them answer, or nothing is made."""
    from runtimekit.cli import node_options
    from runtimekit.engine import builders
    from runtimekit.engine.builders import State
    from runtimekit.errors import BuilderExistsError, BuilderNotMadeError

    context = current()
    known = [platform.docker for platform in context.configuration.platforms]
    nodes = node_options.parse_nodes(driver, node or (), known)
    if node_options.builder_name(name) in builders.names(context.engine):
        raise BuilderExistsError(name)
    builders.create(context.engine, name, driver, nodes)
    answers = builders.ask_all(context.engine, builders.find(context.engine, name))
    if silent := [f"  {each.node.name}: {each.problem}" for each in answers if each.state is State.SILENT]:
        builders.remove(context.engine, name)
        raise BuilderNotMadeError(name, "\n".join(silent))
    _show(answers, json=False)


@task(name="list", help={"json": "for machines: a list of objects"})
def list_builders(_context: Context, json: bool = False) -> None:
    """Show all builders and the state of their nodes."""
    from runtimekit.engine import builders

    engine = current().engine
    nodes = [node for name in builders.names(engine) for node in builders.find(engine, name)]
    _show(builders.ask_all(engine, nodes), json=json)


@task(positional=["name"], help={"name": NAME, "json": "for machines: a list of objects"})
def check(_context: Context, name: str, json: bool = False) -> None:
    """Ask every node of a builder, side by side, whether it can be used; fails if one cannot."""
    from runtimekit.engine import builders
    from runtimekit.engine.builders import State
    from runtimekit.errors import NodeSilentError

    engine = current().engine
    answers = builders.ask_all(engine, builders.find(engine, name))
    _show(answers, json=json)
    if silent := [(each.node.name, each.problem) for each in answers if each.state is State.SILENT]:
        raise NodeSilentError(name, silent, len(answers))


@task(positional=["name"], help={"name": NAME})
def remove(_context: Context, name: str) -> None:
    """Remove a builder, and what buildx has started for it on its machines, if they answer."""
    from runtimekit.engine import builders

    context = current()
    builders.find(context.engine, name)
    builders.remove(context.engine, name)
    context.log(f"removed the builder {name}")


def _show(answers: Sequence[NodeAnswer], *, json: bool) -> None:
    if json:
        print(json_format.dumps([each.row() for each in answers], indent=2))  # noqa: T201 - the result itself
        return
    from runtimekit.console.nodes import nodes_table

    current().results.print(nodes_table(answers))
