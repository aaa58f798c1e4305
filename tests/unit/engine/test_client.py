"""Looking up images is cheap, however many there are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtimekit.engine.client import MANY_IMAGES, Engine


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that an engine with the images ``a:1`` and ``b:2`` is asked to run."""
    commands: list[tuple[str, ...]] = []

    def docker(_engine: Engine, *words: str, **_: Any) -> str:  # as the real one
        commands.append(words)
        if words[1] == "ls":
            return "a:1\nb:2\n<none>:<none>\n"
        here = [name for name in words[2:] if name in {"a:1", "b:2"}]
        return json.dumps([{"RepoTags": [name], "Id": f"sha256:{name}", "Size": 1} for name in here])

    monkeypatch.setattr(Engine, "docker", docker)
    return commands


@pytest.mark.parametrize("others", [1, MANY_IMAGES])
def test_those_that_exist_are_found_whatever_else_is_asked_for(asked: list[tuple[str, ...]], others: int) -> None:
    """In the order in which they were asked for."""
    engine = Engine.__new__(Engine)
    found = engine.images(["b:2", *(f"missing:{number}" for number in range(others)), "a:1"])
    assert {name: image.id for name, image in found.items()} == {"b:2": "sha256:b:2", "a:1": "sha256:a:1"}
    assert list(found) == ["b:2", "a:1"]
    assert all(len(words) < MANY_IMAGES for words in asked)


def test_nothing_is_asked_for_nothing(asked: list[tuple[str, ...]]) -> None:
    """Not even docker is called."""
    assert Engine.__new__(Engine).images([]) == {}
    assert asked == []
