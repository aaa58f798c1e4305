"""What most tasks need: the repository, the engine, and consoles for output."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtimekit.console import Console
    from runtimekit.engine.client import Engine
    from runtimekit.engine.reporter import Output
    from runtimekit.images.nodes.nodes import Nodes
    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.configuration import Configuration


@dataclass
class TaskContext:
    """A task's surroundings. Each attribute is made at its first use: `list` needs no engine."""

    start: Path

    @cached_property
    def configuration(self) -> Configuration:
        """The configuration in the nearest platforms.toml, from :attr:`start` upwards."""
        from runtimekit.repository import configuration

        return configuration.load(configuration.find_root(self.start))

    @cached_property
    def catalogue(self) -> Catalogue:
        """The runtimes in ``runtimes/``."""
        from runtimekit.repository import catalogue

        return catalogue.load(self.configuration)

    @cached_property
    def needing_registry(self) -> frozenset[Runtime]:
        """The runtimes with a base that no recipe of ``bases/`` makes: without a registry they are left out."""
        from runtimekit.repository import recipes

        known = recipes.load_recipes(self.configuration.root / "bases")
        everything = (*self.catalogue.all, *self.catalogue.second)
        return frozenset(each for each in everything if recipes.unserved(each.outside, known))

    def catalogue_for(self, language: str) -> Catalogue:
        """The catalogue for choosing the language's version: without those that need a registry while none answers.

        A language keeps them if it has no others. Only for a language that has both is a registry asked.
        """
        from dataclasses import replace

        from runtimekit.bases import sources

        needing = {each for each in self.needing_registry if each.id.language == language}
        others = [each for each in self.catalogue.runtimes if each.id.language == language and each not in needing]
        if not needing or not others or sources.registry_answers():
            return self.catalogue
        kept = {
            name: tuple(each for each in getattr(self.catalogue, name) if each not in needing)
            for name in ("runtimes", "second")
        }
        return replace(self.catalogue, **kept)

    @cached_property
    def progress(self) -> Console:
        """The console for progress: stderr, so that results on stdout can be piped."""
        from runtimekit.console import make_console

        return make_console(stderr=True)

    @cached_property
    def results(self) -> Console:
        """The console for results: stdout."""
        from runtimekit.console import make_console

        return make_console()

    @property
    def output(self) -> Output:
        """Where long runs report to: lines, and progress as suits a terminal or a log."""
        from runtimekit.console.progress import choose_reporter
        from runtimekit.engine.reporter import Output

        return Output(self.log, lambda: choose_reporter(self.progress))

    def log(self, text: str) -> None:
        """Print a line about what is being done, on stderr."""
        self.progress.print(f"▸ {text}", soft_wrap=True)

    @cached_property
    def engine(self) -> Engine:
        """A Docker engine that answers. It is started if need be."""
        from runtimekit.engine.client import connect

        return connect(self.log)

    def nodes(self, builder: str) -> Nodes | None:
        """Return the nodes of a builder (``--builder``); None for no name: the engine builds."""
        from runtimekit.images.nodes.nodes import Nodes

        return Nodes.of(self.engine, builder, self.log) if builder else None

    def registry_digest(self, tag: str) -> str:
        """Return the digest that a tag has in its registry now. Starts the engine only when called."""
        return self.engine.registry_digest(tag)

    def choose(
        self,
        only: Sequence[str] | None,
        language: Sequence[str] | None = None,
        changed_since: str | None = None,
        tag: Sequence[str] | None = None,
        protocol: str = "",
    ) -> dict[Runtime, str]:
        """Return the images that a task's options select, run images included, each with the reason."""
        from runtimekit.repository import changes, select
        from runtimekit.repository.recipes import load_recipes

        among = select.of_protocols(self.catalogue, protocol, only or ())
        chosen = select.select(among, only or (), language or (), tags=tag or ())
        if not changed_since:  # CI passes an empty one if there is nothing to compare with
            why = "named" if only or language or tag else "all"
            return dict.fromkeys(chosen, why)
        root = self.configuration.root
        recipes = load_recipes(root / "bases")
        affected = changes.affected(changes.since(root, changed_since), self.catalogue, recipes)
        return {each.runtime: each.reason for each in affected if each.runtime in chosen}


def current() -> TaskContext:
    """Return the context of the current folder."""
    return TaskContext(Path.cwd())
