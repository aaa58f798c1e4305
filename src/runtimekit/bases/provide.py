"""Make the local bases of a plan in parallel. If one fails, only the images on top of it fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.repository import recipes
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor, Future

    from runtimekit.bases.make import Bootstrapper


class LocalBases:
    """The local bases of a plan. Making them starts at once; :meth:`images` waits only for those it is asked for."""

    def __init__(self, bootstrapper: Bootstrapper, wanted: Mapping[str, Sequence[str]], pool: Executor) -> None:
        """Start making the bases that a plan needs.

        Args:
            bootstrapper: Makes them.
            wanted: References, and docker's names of the platforms that each is wanted for.
            pool: Runs the work. It must start tasks in the order of submission, because a base waits for the one below.
        """
        below: dict[str, set[str]] = {}
        for reference, platforms in wanted.items():
            base = recipes.find_base(reference, bootstrapper.recipes)
            if base and base.on:
                # Make it once, for all platforms of the bases on top, and for the native one, which fetches parts.
                below.setdefault(base.on, set()).update(platforms, [f"linux/{machine.native()}"])
        foundations = {name: pool.submit(bootstrapper.provide, name, sorted(below[name])) for name in below}

        def provide(reference: str) -> str:
            base = recipes.find_base(reference, bootstrapper.recipes)
            if base and base.on:
                return bootstrapper.provide(reference, sorted(wanted[reference]), foundations[base.on].result)
            return bootstrapper.provide(reference, sorted(wanted[reference]))

        self._made: dict[str, Future[str]] = {reference: pool.submit(provide, reference) for reference in wanted}

    def unfinished(self, references: Sequence[str]) -> list[str]:
        """The references whose bases are not ready yet."""
        return [name for name in references if name in self._made and not self._made[name].done()]

    def images(self, references: Sequence[str]) -> dict[str, str]:
        """Wait for these bases and return their local images by reference. Unknown references are left out.

        Raises:
            RuntimekitError: One of them could not be made.
        """
        return {reference: self._made[reference].result() for reference in references if reference in self._made}
