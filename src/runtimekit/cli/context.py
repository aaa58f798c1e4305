"""What most tasks begin with: the repository that they are in, and where their words go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from runtimekit.engine.client import Engine
    from runtimekit.images.nodes.nodes import Nodes
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.configuration import Configuration


@dataclass
class Context:
    """Everything is made when it is first asked for: `invoke list` needs no engine."""

    start: Path

    @cached_property
    def configuration(self) -> Configuration:
        """platforms.toml, from the nearest folder upwards."""
        from runtimekit.repository import configuration

        return configuration.load(configuration.find_root(self.start))

    @cached_property
    def catalogue(self) -> Catalogue:
        """What ``runtimes/`` holds."""
        from runtimekit.repository import catalogue

        return catalogue.load(self.configuration)

    @cached_property
    def progress(self) -> Console:
        """What goes on, on stderr, so that results on stdout can be piped."""
        from runtimekit.console import make_console

        return make_console(stderr=True)

    @cached_property
    def results(self) -> Console:
        """What came out, on stdout."""
        from runtimekit.console import make_console

        return make_console()

    def say(self, text: str) -> None:
        """One line about what is being done."""
        self.progress.print(f"▸ {text}", soft_wrap=True)

    @cached_property
    def engine(self) -> Engine:
        """A Docker engine that answers, started if need be."""
        from runtimekit.engine.client import connect

        return connect(self.say)

    def nodes(self, builder: str) -> Nodes | None:
        """``--builder``: who builds instead of the engine; None where none is named."""
        from runtimekit.images.nodes.nodes import Nodes

        return Nodes.of(self.engine, builder, self.say) if builder else None

    def registry_digest(self, tag: str) -> str:
        """The digest that a tag has in its registry now. The engine is asked for only when this is called."""
        return self.engine.registry_digest(tag)

    def choose(
        self,
        only: Sequence[str] | None,
        language: Sequence[str] | None = None,
        changed_since: str | None = None,
        tag: Sequence[str] | None = None,
    ) -> dict[Runtime, str]:
        """The images that a task is for, run images included, each with the reason why it was chosen."""
        from runtimekit.repository import changes, select
        from runtimekit.repository.recipes import load_recipes

        chosen = select.select(self.catalogue.all, only or (), language or (), tags=tag or ())
        if not changed_since:  # CI gives an empty one where there is nothing to compare with
            why = "named" if only or language or tag else "all"
            return dict.fromkeys(chosen, why)
        root = self.configuration.root
        recipes = load_recipes(root / "bases")
        affected = changes.affected(changes.since(root, changed_since), self.catalogue, recipes)
        return {each.runtime: each.reason for each in affected if each.runtime in chosen}


def current() -> Context:
    """The setting of the current folder."""
    return Context(Path.cwd())
