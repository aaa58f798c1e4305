"""The local bases of a plan, made side by side. A base that fails concerns only the images that stand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.repository import recipes
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor, Future

    from runtimekit.bases.make import Bootstrapper


class LocalBases:
    """What takes the place of a registry's bases. Making them begins at once; who needs one waits for that one only."""

    def __init__(self, bootstrapper: Bootstrapper, wanted: Mapping[str, Sequence[str]], pool: Executor) -> None:
        """Begin to make the bases that a plan wants.

        Args:
            bootstrapper: Makes them.
            wanted: References, and docker's names of the platforms that each is wanted for.
            pool: Where; it must start work in the order in which it is given, since a base waits for the one below.
        """
        below: dict[str, set[str]] = {}
        for reference, platforms in wanted.items():
            base = recipes.find_base(reference, bootstrapper.recipes)
            if base and base.on:
                # Once for all platforms that anything on it wants, and for this machine's, where parts are fetched.
                below.setdefault(base.on, set()).update(platforms, [f"linux/{machine.native()}"])
        foundations = {name: pool.submit(bootstrapper.provide, name, sorted(below[name])) for name in below}

        def provide(reference: str) -> str:
            base = recipes.find_base(reference, bootstrapper.recipes)
            if base and base.on:
                return bootstrapper.provide(reference, sorted(wanted[reference]), foundations[base.on].result)
            return bootstrapper.provide(reference, sorted(wanted[reference]))

        self._made: dict[str, Future[str]] = {reference: pool.submit(provide, reference) for reference in wanted}

    def unfinished(self, references: Sequence[str]) -> list[str]:
        """Those of these references that are not made yet."""
        return [name for name in references if name in self._made and not self._made[name].done()]

    def images(self, references: Sequence[str]) -> dict[str, str]:
        """The local images for these references, of those that were wanted; waits for them.

        Raises:
            RuntimekitError: One of them could not be made.
        """
        return {reference: self._made[reference].result() for reference in references if reference in self._made}
