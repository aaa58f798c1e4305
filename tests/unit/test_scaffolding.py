"""``invoke new``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit import catalogue, configuration, scaffolding
from runtimekit.errors import RuntimeExistsError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path


def make(root: Path, language: str, version: str) -> scaffolding.Made:
    """In a repository."""
    return scaffolding.new(catalogue.load(configuration.load(root)), root / "runtimes", language, version)


def test_the_newest_sibling_is_the_model_and_the_version_is_replaced(repository: Path) -> None:
    """3.10 is newer than 3.9; what only contains the digits stays."""
    dockerfile = repository / "runtimes/python-3.10/Dockerfile"
    dockerfile.write_text(dockerfile.read_text() + "# 13.10 and 3.100 and 3.10.1 are others, 3.10 is not\n")
    made = make(repository, "python", "3.14")
    assert str(made.sibling) == "python-3.10"
    text = (made.folder / "Dockerfile").read_text()
    assert "13.10 and 3.100 and 3.10.1 are others, 3.14 is not" in text
    assert (made.folder / "README.md").read_text() == "# python-3.14\n"
    assert any(line.startswith("Dockerfile:") for line in made.mentions)
    assert "python-3.14" in [str(each.id) for each in catalogue.load(configuration.load(repository)).all]


def test_nothing_is_overwritten(repository: Path) -> None:
    """Not even by accident."""
    with pytest.raises(RuntimeExistsError):
        make(repository, "python", "3.9")


def test_a_language_without_a_sibling_is_told_the_near_name(repository: Path) -> None:
    """Its adapter comes first."""
    with pytest.raises(UnknownNameError, match="python"):
        make(repository, "pyhton", "3.14")


@pytest.mark.parametrize("version", ["", "../x", "3.10; rm", "03"])
def test_a_version_that_is_none_is_refused(repository: Path, version: str) -> None:
    """Names become folders."""
    with pytest.raises(ValueError, match="runtime's name"):
        make(repository, "python", version)
