"""What is checked of a runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import create_autospec

from runtimekit.conformance.cases import Scope
from runtimekit.conformance.verify import scope_for, stand_ins
from runtimekit.engine.client import Engine, Image
from runtimekit.engine.labels import LABEL_STAND_IN
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


def test_an_images_label_says_what_stands_in_for_its_base() -> None:
    """One on an official base has no such label."""
    labels = {"node-runtime:22": {LABEL_STAND_IN: "node 22 on Debian"}, "go-runtime:1.27": {}}
    images = {name: Image(name, "sha256:1", 1, "amd64", each) for name, each in labels.items()}
    engine = create_autospec(Engine, instance=True)
    engine.images.return_value = images
    assert stand_ins(engine, images) == {"node-runtime:22": "node 22 on Debian"}
