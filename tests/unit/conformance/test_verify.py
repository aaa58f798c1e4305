"""What is checked of a runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.conformance.cases import Scope
from runtimekit.conformance.verify import scope_for
from runtimekit.repository import catalogue, configuration
from runtimekit.support import machine

if TYPE_CHECKING:
    from pathlib import Path


def test_every_case_is_for_the_newest_version_that_can_be_had(repository: Path) -> None:
    """Where the newest needs a registry that does not answer, its older sibling stands for the language."""
    runtimes = catalogue.load(configuration.load(repository))
    older, newer = runtimes.get("python-3.9"), runtimes.get("python-3.10")
    here = f"linux/{machine.native()}"
    assert [scope_for(each, runtimes, here) for each in (older, newer)] == [Scope.CORE, Scope.FULL]
    without = [scope_for(each, runtimes, here, "", lambda each: each is not newer) for each in (older, newer)]
    assert without == [Scope.FULL, Scope.CORE]
    assert scope_for(older, runtimes, here, "full") is Scope.FULL
