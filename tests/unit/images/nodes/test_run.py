"""Builds on nodes: spread, taken over once, put together, cleared up. No BuildKit: what a node does is a function."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import builders, containers, oci_layouts
from runtimekit.engine.builders import State
from runtimekit.engine.buildx import BuildRequest
from runtimekit.engine.progress import Progress
from runtimekit.errors import BuildLostError, EngineError, ImageBuildError, NodeLostError, NodeSilentError
from runtimekit.images.nodes import run
from runtimekit.images.nodes.nodes import Nodes
from runtimekit.images.plan import ImageStep

if TYPE_CHECKING:
    from pathlib import Path

AMD, ARM = "linux/amd64", "linux/arm64"
RUNTIME: Any = "x-1"
STEP = ImageStep(RUNTIME, (AMD, ARM))


class World:
    """Two nodes, and an engine that notes what is loaded."""

    def __init__(self, folder: Path, answers: list[Any]) -> None:
        self.folder = folder
        self.answers = answers
        """What the nodes say when they are asked."""
        self.said: list[str] = []
        self.tried: list[tuple[str, str]] = []
        self.requests: list[BuildRequest] = []
        self.loaded: dict[str, Any] = {}
        self.now = defaultdict(lambda: State.RUNNING)
        """How nodes are once one of them has gone away."""
        self.bad: dict[tuple[str, str], Exception] = {}
        """What goes wrong where, for which platform."""
        engine: Any = SimpleNamespace(
            containerd_store=True, images=lambda names: {name: SimpleNamespace(id="sha256:1") for name in names}
        )
        self.nodes = Nodes(engine, "mine", tuple(each.node for each in answers), self.said.append)

    def build_at(self, _engine: Any, node: Any, request: BuildRequest, *, watch: Any, **_more: Any) -> None:
        """What stands for a build on a node."""
        (platform,) = request.platforms
        self.tried.append((node.name, platform))
        self.requests.append(request)
        watch(Progress(steps={platform: "step"}, done={platform}, current=f"step for {platform}"))
        if (node.name, platform) in self.bad:
            raise self.bad[node.name, platform]

    def lose(self, *names: str) -> None:
        """These nodes go away in the middle of any build."""
        for name in names:
            for platform in (AMD, ARM):
                self.bad[name, platform] = NodeLostError(name, "x-1", "EOF")

    def run(self, step: ImageStep = STEP, times: int = 1) -> list[Progress]:
        """Build; gives how far it was, each time that it moved on."""
        request = BuildRequest(
            name=step.key,
            folder=self.folder,
            platforms=step.platforms,
            tags=("x-runtime:1",),
            contexts={"base:1": "docker-image://local/base:1", "common": "/common"},
        )
        seen: list[Progress] = []
        log = self.folder / "logs/x-1.log"
        with run.builds(self.nodes, [step], self.folder / "nodes", threading.Event()) as builds:
            for _ in range(times):
                builds.build(step, request, log=log, deadline=60, watch=seen.append)
        return seen


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Any) -> World:
    """`a` for amd64, `b` for arm64, either of which can stand in for the other."""
    made = World(tmp_path, [answer("a", AMD, ARM), answer("b", ARM, AMD)])
    monkeypatch.setattr(builders, "ask_all", lambda _engine, _nodes: made.answers)
    monkeypatch.setattr(builders, "ask", lambda _engine, node: answer(node.name, state=made.now[node.name]))
    monkeypatch.setattr(run, "build_watched", made.build_at)
    monkeypatch.setattr(oci_layouts, "write", lambda _engine, _image, folder: f"oci-layout://{folder.name}")
    monkeypatch.setattr(
        oci_layouts, "load", lambda _engine, parts, name, _file: made.loaded.update({name: sorted(parts)})
    )
    return made


def test_each_platform_is_built_on_its_node_and_all_are_one_image(world: World) -> None:
    """Without a tag on the way, and with the bases as files; what lay around is gone."""
    seen = world.run()
    assert sorted(world.tried) == [("a", AMD), ("b", ARM)]
    assert world.loaded == {"x-runtime:1": [AMD, ARM]}
    for request in world.requests:
        assert request.tags == ()
        assert request.contexts == {"base:1": "oci-layout://base-0", "common": "/common"}
        assert request.output.startswith(f"type=oci,dest={world.folder}/nodes/{os.getpid()}.")
    assert list((world.folder / "nodes").iterdir()) == []
    assert max(len(progress.done) for progress in seen) == 2


def test_what_a_killed_run_left_goes_away_and_that_of_another_run_stays(world: World) -> None:
    """Bases and results may have gigabytes. A process is told by its number and when it began."""
    other = world.folder / "nodes" / f"{os.getppid()}.{containers._started(os.getppid())}"
    for left in (world.folder / "nodes" / "1.0", other):
        (left / "x-1").mkdir(parents=True)
    world.run()
    assert list((world.folder / "nodes").iterdir()) == [other]


def test_a_base_is_written_once_for_all_builds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have a gigabyte."""
    written: list[str] = []
    monkeypatch.setattr(
        oci_layouts, "write", lambda _engine, _image, folder: written.append(folder.name) or "oci-layout://x"
    )
    world.run(times=3)
    assert written == ["base-0"]


def test_a_build_whose_node_goes_away_is_built_once_more_on_another(world: World) -> None:
    """Emulated, since it must be; said so, and in the log."""
    world.lose("b")
    world.run()
    assert sorted(world.tried) == [("a", AMD), ("a", ARM), ("b", ARM)]
    assert world.loaded == {"x-runtime:1": [AMD, ARM]}
    assert world.said == ["the node b went away while it was building x-1: EOF. Once more on a (emulated)"]
    log = (world.folder / "logs/x-1.log").read_text()
    assert "linux/arm64 on b (native): x-1-arm64-b.log\n" in log
    assert "linux/arm64 on a (emulated): x-1-arm64-a.log\n" in log


def test_nothing_more_is_given_to_a_node_that_went_away(world: World) -> None:
    """In this run: it would cost every further build its time."""
    world.lose("b")
    world.run(times=3)
    assert world.tried.count(("b", ARM)) == 1
    assert world.tried.count(("a", ARM)) == 3


def test_it_is_tried_elsewhere_only_once(world: World, answer: Any) -> None:
    """Two nodes that a build has ended are enough: it may be the build."""
    world.lose("a", "b", "c")
    world.answers.append(answer("c", AMD, ARM))
    with pytest.raises(BuildLostError, match="its node went away, and so did the one that took over"):
        world.run(ImageStep(RUNTIME, (AMD,)))
    assert len(world.tried) == 2
    assert world.loaded == {}
    assert list((world.folder / "nodes").iterdir()) == []


def test_a_node_that_does_not_answer_any_more_takes_nothing_over(world: World, answer: Any) -> None:
    """What ended one may have ended others: asking takes less time than trying."""
    world.lose("a")
    world.now["b"] = State.SILENT
    world.answers.append(answer("c", ARM, AMD))
    world.run(ImageStep(RUNTIME, (AMD,)))
    assert world.tried == [("a", AMD), ("c", AMD)]


def test_a_lost_build_that_nobody_can_take_over_says_so(world: World) -> None:
    """And what became of its node."""
    del world.answers[0]
    world.lose("b")
    with pytest.raises(BuildLostError, match="no other node of 'mine' can build for linux/arm64") as caught:
        world.run(ImageStep(RUNTIME, (ARM,)))
    assert "  b: EOF\n" in str(caught.value)


def test_a_build_that_fails_is_tried_nowhere_else(world: World) -> None:
    """It would fail there, too. The image's other platforms alone are no image."""
    world.bad["b", ARM] = ImageBuildError("x-1", 1, "exit code: 1", world.folder / "log", world.folder)
    with pytest.raises(ImageBuildError):
        world.run()
    assert sorted(world.tried) == [("a", AMD), ("b", ARM)]
    assert world.loaded == {}


def test_silent_nodes_are_left_out_and_named(world: World, monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """Where none is left, nothing begins."""
    silent = answer("b", state=State.SILENT)
    monkeypatch.setattr(builders, "ask_all", lambda _engine, _nodes: [answer("a", AMD, ARM), silent])
    world.run()
    assert sorted(world.tried) == [("a", AMD), ("a", ARM)]
    assert world.said[0].startswith("the node b is left out")
    world.nodes.answers.clear()
    monkeypatch.setattr(builders, "ask_all", lambda _engine, _nodes: [silent])
    with pytest.raises(NodeSilentError, match="1 of 1 nodes"):
        world.run()


def test_a_node_that_is_not_started_is_started_before_anything_is_placed(
    world: World, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    """Only then is it known what it can do."""
    asleep = answer("b", state=State.NOT_STARTED)
    monkeypatch.setattr(builders, "ask_all", lambda _engine, _nodes: [asleep])
    monkeypatch.setattr(
        builders, "ask", lambda _engine, _node, _seconds, *, start: answer("b", ARM, AMD) if start else None
    )
    world.run()
    assert sorted(world.tried) == [("b", AMD), ("b", ARM)]


def test_nobody_is_asked_where_there_is_nothing_to_build(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is up to date stays so, whatever the nodes are up to."""
    monkeypatch.setattr(builders, "ask_all", None)
    assert world.nodes.place([]) == {}


def test_the_classic_image_store_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not keep the digest of what was built."""
    monkeypatch.setattr(builders, "find", lambda _engine, _name: ())
    engine: Any = SimpleNamespace(containerd_store=False)
    with pytest.raises(EngineError, match="classic image store"):
        Nodes.of(engine, "mine", print)
