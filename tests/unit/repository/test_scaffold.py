"""``invoke new``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import RuntimeExistsError, UnknownNameError
from runtimekit.repository import catalogue, configuration, scaffold

if TYPE_CHECKING:
    from pathlib import Path


def make(root: Path, language: str, version: str) -> scaffold.Made:
    """In a repository."""
    return scaffold.new(catalogue.load(configuration.load(root)), root / "runtimes", language, version)


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


def test_a_new_language_is_its_model_under_another_name(repository: Path) -> None:
    """Complete: the catalogue, which checks everything, takes it."""
    for name in ("tests/resources/python", "tests/resources/probe/python", "starters/python"):
        (repository / name).mkdir(parents=True)
        (repository / name / "index.py").write_text("def main(req, res): ...")
    (repository / "tests/resources/probe/python.toml").write_text("[starts]\n")
    readme = repository / "runtimes/python-3.10/README.md"
    readme.write_text("`python-runtime:3.10` of runtimes/python-3.10 with adapters/python, on python:3.10-slim\n")
    before = (repository / "platforms.toml").read_text()
    items = catalogue.load(configuration.load(repository))
    made = scaffold.new_language(items, repository, "snake", "1", "python-3.10")
    loaded = catalogue.load(configuration.load(repository)).get("snake-1")
    assert (loaded.name, loaded.entrypoint, loaded.build_image) == ("Snake", "index.py", "snake-runtime:1")
    assert loaded.bases == ("python:3.10-slim",)
    text = (made.folder / "README.md").read_text()
    assert text == "`snake-runtime:1` of runtimes/snake-1 with adapters/snake, on python:3.10-slim\n"
    assert (repository / "tests/resources/probe/snake.toml").exists()
    assert (repository / "adapters/snake/file").exists()
    assert (repository / "starters/snake/index.py").exists()
    after = (repository / "platforms.toml").read_text()
    assert all(line in after for line in before.splitlines())
    with pytest.raises(RuntimeExistsError):
        scaffold.new_language(items, repository, "snake", "1", "python-3.10")


def test_a_new_language_needs_a_languages_runtime_as_its_model(repository: Path) -> None:
    """A run image has no adapter; a name that is none gets the near ones."""
    items = catalogue.load(configuration.load(repository))
    with pytest.raises(ValueError, match="several languages"):
        scaffold.new_language(items, repository, "snake", "1", "alpine-3.22")
    with pytest.raises(UnknownNameError):
        scaffold.new_language(items, repository, "snake", "1", "python-3.11")
