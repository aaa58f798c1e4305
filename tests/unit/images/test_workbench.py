"""What `docker compose up` and the dev container run in."""

from __future__ import annotations

import importlib.resources
import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import jsonschema
from ruamel.yaml import YAML

from runtimekit.errors import BaseNeedsRegistryError, NotBuiltError
from runtimekit.images import tools, workbench

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]
COMPOSE = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DEVELOPING = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))


def test_compose_fits_its_schema_and_asks_no_registry() -> None:
    """The image is the one that `build` names."""
    vendored = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(vendored.read_text(encoding="utf-8")))
    tests = COMPOSE["services"]["tests"]
    assert (tests["image"], tests["pull_policy"]) == (workbench.NAME, "never")


def test_paths_are_the_same_inside_and_outside() -> None:
    """The engine outside reads what a container inside asks it to mount."""
    binds = [each for each in COMPOSE["services"]["tests"]["volumes"] if not str(each).startswith("venv:")]
    for each in binds:
        if isinstance(each, dict):
            assert each["source"] == each["target"]
        else:
            half = len(each) // 2
            assert each[:half] == each[half + 1 :]
            assert each[half] == ":"
    assert len(binds) == 4
    assert "source=${localWorkspaceFolder},target=${localWorkspaceFolder}" in DEVELOPING["workspaceMount"]


def test_the_dev_container_is_made_of_what_is_there() -> None:
    """Of the same Dockerfile, with the context that it names."""
    folder = ROOT / ".devcontainer"
    build = DEVELOPING["build"]
    assert (folder / build["dockerfile"]).resolve() == ROOT / "tools/workbench/Dockerfile"
    assert (folder / build["context"]).resolve() == ROOT / "tools/workbench"
    (context,) = build["options"]
    assert (ROOT / context.rpartition("${localWorkspaceFolder}/")[2] / "fetch.sh").is_file()
    recommended = json.loads((ROOT / ".vscode/extensions.json").read_text(encoding="utf-8"))["recommendations"]
    assert set(DEVELOPING["customizations"]["vscode"]["extensions"]) <= set(recommended)


def test_the_image_gets_the_name_that_compose_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In others' repositories, which have no such tool, there is nothing to do."""
    said: list[tuple[str, ...]] = []
    engine = SimpleNamespace(docker=lambda *words, **_how: said.append(words))
    builder: Any = SimpleNamespace(configuration=SimpleNamespace(root=tmp_path), engine=engine)
    monkeypatch.setattr(tools, "provide", lambda _builder, name: f"{name}:12ab")
    assert not workbench.provide(builder)
    (tmp_path / "tools/workbench").mkdir(parents=True)
    assert workbench.provide(builder)
    assert said == [("tag", "workbench:12ab", workbench.NAME)]


def test_a_build_does_not_fail_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line says why, and another one that it is there."""
    said: list[str] = []
    answers: list[Any] = [True, False, BaseNeedsRegistryError("debian:trixie-slim", "linux/amd64", "no recipe")]

    def provide(_builder: Any) -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    monkeypatch.setattr(workbench, "provide", provide)
    for _ in range(3):
        workbench.provide_if_possible(SimpleNamespace(), said.append)  # type: ignore[arg-type]
    there, not_there = said
    assert there == "docker compose up checks these images"
    assert not_there.startswith("docker compose up has no image to run the tests in: ")
    assert "debian:trixie-slim" in not_there


def test_what_is_not_built_is_one_line() -> None:
    """However many they are."""
    assert str(NotBuiltError(["a"])) == "missing or stale: a; `./dev build --local` makes them."
    assert str(NotBuiltError(list("abcdefg"))).startswith("missing or stale: a, b, c, d, e and 2 more; ")
