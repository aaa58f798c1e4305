"""buildx's builders: read from its folder, created and removed by it, each node queried alone. A script is docker."""

from __future__ import annotations

import json
import sys
import textwrap
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import builders
from runtimekit.engine.builders import NodeSpec, State
from runtimekit.errors import BuilderNotMadeError, UnknownBuilderError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENTRY = {
    "Name": "mine",
    "Driver": "remote",
    "Nodes": [
        {
            "Name": "mine0",
            "Endpoint": "tcp://a:1",
            "Platforms": [{"os": "linux", "architecture": "arm64"}],
            "DriverOpts": {"cacert": "/ca"},
        },
        {"Name": "mine1", "Endpoint": "tcp://b:1", "Platforms": None},
    ],
    "Dynamic": False,
}
RUNNING = """\
Name:   mine
Driver: remote

Nodes:
Name:             mine0
Endpoint:         tcp://a:1
Status:           running
BuildKit version: v0.13.1
Platforms:        linux/arm64*, linux/amd64, linux/amd64/v2
Labels:
 a.Status: broken
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """An engine whose docker is a script; `mine` is there, and what docker was asked stands in `asked`."""
    monkeypatch.delenv("BUILDX_CONFIG", raising=False)
    instances = tmp_path / "config/buildx/instances"
    instances.mkdir(parents=True)
    (instances / "mine").write_text(json.dumps(ENTRY))

    def made(script: str) -> Any:
        program = tmp_path / "play.py"
        asked = tmp_path / "asked"
        asked.touch()
        prelude = (
            f"import os, sys, time\nwords = sys.argv[1:]\nopen({str(asked)!r}, 'a').write(' '.join(words) + '\\n')\n"
        )
        program.write_text(prelude + textwrap.dedent(script))
        command = [sys.executable, str(program)]

        def docker(*words: str, doing: str, deadline: float = 20, check: bool = True) -> str:
            return commands.run([*command, *words], doing=doing, deadline=deadline, check=check).stdout

        location = SimpleNamespace(config=tmp_path / "config")
        return SimpleNamespace(
            command=command, environment=lambda: {"PATH": ""}, docker=docker, location=location, asked=asked
        )

    return made


def test_nodes_are_read_from_buildxs_own_entry(engine: Any) -> None:
    """Whoever made the builder."""
    one, two = builders.find(engine(""), "mine")
    assert (one.driver, one.name, one.endpoint, one.declared) == ("remote", "mine0", "tcp://a:1", ("linux/arm64",))
    assert (two.name, two.declared) == ("mine1", ())


def test_an_unknown_builder_is_named_with_one_that_may_be_meant(engine: Any) -> None:
    """A builder with a broken entry is an error, too."""
    docker = engine("")
    with pytest.raises(UnknownBuilderError, match=r"'mnie'\. Perhaps you meant 'mine'\?"):
        builders.find(docker, "mnie")
    (docker.location.config / "buildx/instances/broken").write_text("{}")
    with pytest.raises(UnknownBuilderError, match="cannot be read"):
        builders.find(docker, "broken")


def test_a_view_has_one_node_with_all_its_settings(engine: Any) -> None:
    """The folder is removed afterwards."""
    node = builders.find(engine(""), "mine")[0]
    with builders.single_node_config(node) as folder:
        entry = json.loads((folder / "instances/mine").read_text())
        assert entry == ENTRY | {"Nodes": ENTRY["Nodes"][:1]}  # type: ignore[index]  # a list
    assert not folder.exists()


def test_a_node_says_how_it_is_and_what_it_can_do(engine: Any) -> None:
    """Processor variants are not our platforms, and labels are not read as platforms."""
    docker = engine(f"print('''{RUNNING}''', 'view' if os.listdir(os.environ['BUILDX_CONFIG']) else '')")
    answer = builders.ask(docker, builders.find(docker, "mine")[0])
    assert (answer.state, answer.version) == (State.RUNNING, "v0.13.1")
    assert answer.platforms == ("linux/arm64", "linux/amd64")
    assert docker.asked.read_text() == "buildx inspect mine\n"


@pytest.mark.parametrize(
    ("driver", "script", "state", "problem"),
    [
        ("remote", "print('Nodes:\\nName: x\\nStatus: inactive')", State.SILENT, "tcp://a:1 does not answer"),
        ("docker-container", "print('x\\nNodes:\\nStatus: inactive')", State.NOT_STARTED, ""),
        ("kubernetes", "print('x\\nNodes:\\nStatus: stopped')", State.NOT_STARTED, ""),
        (
            "docker-container",
            "print('x\\nNodes:\\nError: ssh: refused')",
            State.SILENT,
            "tcp://a:1 does not answer: ssh: refused",
        ),
        (
            "remote",
            "sys.stderr.write('ERROR: odd')\nsys.exit(1)",
            State.SILENT,
            "tcp://a:1 does not answer: ERROR: odd",
        ),
        ("remote", "time.sleep(60)", State.SILENT, "tcp://a:1 gave no answer within 0.5 s"),
    ],
)
def test_what_is_wrong_with_a_node_is_in_its_answer(
    engine: Any, driver: str, script: str, state: State, problem: str
) -> None:
    """A remote BuildKit that is gone cannot be started from here."""
    docker = engine(script)
    node = builders._node("mine", driver, ENTRY["Nodes"][0])  # type: ignore[index]  # a list
    answer = builders.ask(docker, node, 0.5 if "sleep" in script else 20)
    assert (answer.state, answer.problem) == (state, problem)


def test_all_are_asked_at_the_same_time(engine: Any) -> None:
    """Nodes that do not answer cost the time limit once."""
    docker = engine("time.sleep(60)")
    began = time.monotonic()
    answers = builders.ask_all(docker, builders.find(docker, "mine") * 3, 0.4)
    assert time.monotonic() - began < 5
    assert [answer.state for answer in answers] == [State.SILENT] * 6


def test_a_node_is_started_only_when_that_is_wanted(engine: Any) -> None:
    """Starting may pull an image."""
    docker = engine("")
    builders.ask(docker, builders.find(docker, "mine")[0], start=True)
    assert docker.asked.read_text() == "buildx inspect --bootstrap mine\n"


def test_a_builder_is_made_node_by_node_and_never_becomes_the_default(engine: Any) -> None:
    """The error holds buildx's output."""
    docker = engine("")
    wishes = [NodeSpec("ssh://a", ("linux/arm64",), ("a=b",)), NodeSpec("")]
    builders.create(docker, "new", "kubernetes", wishes)
    assert docker.asked.read_text().splitlines() == [
        "buildx create --name=new --driver=kubernetes --node=new0 --platform=linux/arm64 --driver-opt=a=b ssh://a",
        "buildx create --name=new --driver=kubernetes --node=new1 --append",
    ]


def test_nothing_is_left_of_a_builder_that_was_made_by_half(engine: Any, tmp_path: Path) -> None:
    """Not even where buildx keeps its entry."""
    entry = tmp_path / "config/buildx/instances/new"
    docker = engine(
        f"open({str(entry)!r}, 'w').write('x')\nsys.stderr.write('duplicate')\nsys.exit('--append' in words)"
    )
    with pytest.raises(BuilderNotMadeError, match="duplicate"):
        builders.create(docker, "new", "remote", [NodeSpec("tcp://a:1"), NodeSpec("tcp://a:1")])
    assert docker.asked.read_text().splitlines()[-1] == "buildx rm --force new"
    assert not entry.exists()
    assert builders.names(docker) == ["mine"]
