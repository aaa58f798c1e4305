"""Builds of a small repository, with an engine that only notes what it is asked."""

from __future__ import annotations

import io
import json
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from runtimekit.console.progress import PlainReporter
from runtimekit.engine import buildx
from runtimekit.engine.buildx import BuildRequest, LayerCache
from runtimekit.engine.progress import Progress
from runtimekit.errors import ImageBuildError
from runtimekit.images.build import Builder
from runtimekit.images.gateway import Gateway
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.recipes import Source

if TYPE_CHECKING:
    from pathlib import Path

CACHE = LayerCache(read="registry.test/a/cache", write="registry.test/a/cache")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[BuildRequest]:
    """What buildx would be asked for; go's image fails."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))  # its locks are not those of this machine's runs
    asked: list[BuildRequest] = []

    def build(_engine: Any, request: BuildRequest, *, log: Path, **_more: Any) -> None:
        asked.append(request)
        if request.name.startswith("go-"):
            raise ImageBuildError(
                request.name, 1, "RUN false\nERROR: exit code 1", log, request.folder / "Dockerfile", 2
            )
        if request.output.startswith("type=local,dest="):
            (type(log)(request.output.removeprefix("type=local,dest=")) / "amd64").mkdir(parents=True)

    monkeypatch.setattr(buildx, "build", build)
    return asked


def built(root: Path, *names: str, cache: LayerCache = CACHE, images: Any = lambda _names: {}) -> list[Any]:
    """The rows of a build for amd64."""
    engine: Any = SimpleNamespace(containerd_store=True, images=images, registry_digest=lambda _name: "sha256:1")
    loaded = configuration.load(root)
    builder = Builder(loaded, engine, Source.REGISTRY, log=lambda _text: None, cache=cache)
    runtimes = [catalogue.load(loaded).get(name) for name in names]
    with PlainReporter(Console(file=io.StringIO())) as reporter:
        return builder.build(builder.plan(runtimes, ["linux/amd64"]), reporter)


def test_every_image_reads_and_writes_its_own_layers(repository: Path, requests: list[BuildRequest]) -> None:
    """And without a cache none is named."""
    built(repository, "python-3.10", "alpine-3.22")
    named = {request.name: request.cache for request in requests}
    assert named == {
        "python-3.10 linux/amd64": tuple(CACHE.arguments("python-3.10", ("linux/amd64",))),
        "alpine-3.22 linux/amd64": tuple(CACHE.arguments("alpine-3.22", ("linux/amd64",))),
    }
    requests.clear()
    built(repository, "python-3.10", cache=buildx.NO_CACHE)
    assert [request.cache for request in requests] == [()]


@pytest.mark.usefixtures("requests")
def test_every_row_has_the_evidence_of_a_failure(repository: Path) -> None:
    """What the build printed last."""
    rows = built(repository, "go-1.24", "python-3.10")
    assert [(row.runtime, row.result) for row in rows] == [("go-1.24", "failed"), ("python-3.10", "built")]
    assert "ERROR: exit code 1" in rows[0].error
    assert not rows[1].error


def test_the_gateways_compilation_is_in_the_cache(repository: Path, requests: list[BuildRequest]) -> None:
    """Each of CI's machines needs it."""
    (repository / "gateway/Dockerfile").write_text("FROM golang:1.24\n")
    engine: Any = None
    gateway = Gateway(repository, engine, repository / "build/logs", threading.Event(), CACHE)
    gateway.compile(repository / "build/out", {})
    (request,) = requests
    assert request.cache == tuple(CACHE.arguments("gateway", request.platforms))


@pytest.mark.usefixtures("requests")
def test_a_report_that_cannot_be_written_hides_no_image(repository: Path) -> None:
    """A disk that is full at the end of a build: the table comes all the same."""
    (repository / "build").mkdir()
    (repository / "build/reports").write_text("a file where a folder should be")
    assert [row.result for row in built(repository, "python-3.10")] == ["built"]


def test_the_gateway_is_compiled_for_what_is_needed_and_once(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first build on a machine does not wait for other machines' gateways."""
    (repository / "gateway/Dockerfile").write_text("FROM golang:1.24\n")
    engine: Any = None
    gateway = Gateway(repository, engine, repository / "build/logs", threading.Event())
    compiled: list[str] = []

    def build(_engine: Any, request: BuildRequest, **_more: Any) -> None:
        compiled.append(request.build_args["ARCHITECTURES"])
        for name in compiled[-1].split():
            folder = repository / request.output.partition("dest=")[2] / name
            folder.mkdir(parents=True)
            (folder / "gateway").touch()

    monkeypatch.setattr(buildx, "build", build)
    folder = gateway.provide(["amd64"], {})
    assert gateway.provide(["amd64", "arm64"], {}) == folder
    gateway.provide(["arm64"], {})
    assert compiled == ["amd64", "arm64"]
    assert sorted(path.name for path in folder.iterdir()) == ["amd64", "arm64"]


def test_a_base_that_fails_is_a_failed_row_although_its_dockerfile_is_elsewhere(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A base is made in RUNTIMEKIT_HOME: no line of the repository can be named, and nothing else goes wrong."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))

    def build(_engine: Any, request: BuildRequest, *, log: Path, **_more: Any) -> None:
        raise ImageBuildError(request.name, 1, "no space", log, tmp_path / "home/bases/golang-1.24/Dockerfile", 3)

    monkeypatch.setattr(buildx, "build", build)
    (row,) = built(repository, "go-1.24")
    assert (row.result, "no space" in row.error) == ("failed", True)


class Making:
    """An engine in which what is built is there afterwards, and a builder that looks for its log as it begins."""

    containerd_store = True

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        self.logs: dict[str, str] = {}
        self.there: list[str] = []

    def images(self, names: Any) -> dict[str, Any]:
        """Those of these names that were built."""
        return {name: self.made[name] for name in names if name in self.made}

    def registry_digest(self, name: str) -> str:
        """Nobody should ask."""
        raise AssertionError(name)

    def build(self, _engine: Any, request: BuildRequest, *, log: Path, watch: Any, **_more: Any) -> None:
        """As buildkit.build, in no time."""
        self.logs[log.name] = log.read_text()
        self.there = self.there or sorted(path.name for path in log.parent.iterdir())
        progress = Progress(clock=lambda: 1_000_000_000.0)
        step = {"digest": "1", "name": "[1/1] RUN make", "started": "2001-01-01T00:00:00Z"}
        for vertex in (step, step | {"completed": "2001-01-01T00:00:01Z"}):
            progress.update({"vertexes": [vertex]})
            watch(progress)
        for tag in request.tags:
            self.made[tag] = SimpleNamespace(id="sha256:1", size=1, labels=dict(request.labels))


def test_every_base_and_image_is_a_row_with_a_log_and_in_the_trace(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And before all of them stands what is going to be done."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    recipe = repository / "bases/alpine"
    recipe.mkdir(parents=True)
    (recipe / "recipe.toml").write_text("serves = 'alpine:3.22'\ndescribes = 'a stand-in'\n")
    (recipe / "Dockerfile").write_text("FROM scratch\n")
    engine: Any = Making()
    monkeypatch.setattr(buildx, "build", engine.build)
    said: list[str] = []
    loaded = configuration.load(repository)
    builder = Builder(loaded, engine, Source.BOOTSTRAP, log=said.append)
    stream = io.StringIO()
    with PlainReporter(Console(file=stream, width=200)) as reporter:
        plan = builder.plan([catalogue.load(loaded).get("alpine-3.22")], ["linux/amd64"])
        (row,) = builder.build(plan, reporter)
    assert row.result == "built"
    assert said[1] == "without a registry: 1 base is made from packages first"
    lines = [line.partition(" (")[0] for line in stream.getvalue().splitlines()]
    assert lines == [
        "base alpine:3.22: started",
        "base alpine:3.22: made",
        "alpine-3.22 linux/amd64: started",
        "alpine-3.22 linux/amd64: built",
    ]
    assert engine.logs["base-alpine-3.22.log"].strip().endswith("is made for linux/amd64: a stand-in")
    assert "alpine-3.22 linux/amd64\n" in engine.logs["alpine-3.22.log"]
    events = json.loads((repository / "build/reports/trace.json").read_text())["traceEvents"]
    names = [event["name"] for event in events if event["ph"] == "X"]
    names = [name for name in names if not name.startswith("waits for")]  # it may have had to
    assert sorted(names) == sorted(["base alpine:3.22", "alpine-3.22 linux/amd64", *2 * ["[1/1] RUN make"]])
    assert engine.there == ["alpine-3.22.log", "base-alpine-3.22.log"], "before the first of them has begun to build"
    assert set(builder.times.read()) == {"base alpine:3.22", "alpine-3.22"}
    assert builder.bootstrapper.missing({"alpine:3.22": ["linux/amd64"]}) == []


def test_an_image_of_the_second_protocol_is_built_after_the_one_below_it(
    two_protocols: Path, requests: list[BuildRequest]
) -> None:
    """Also if only the second one was asked for; its Dockerfile begins with the first one's image."""
    image = SimpleNamespace(id="sha256:2", labels={}, size=1)

    def images(names: Any) -> dict[str, Any]:
        built = {tag for request in requests for tag in request.tags}
        return {name: image for name in names if name in built}

    rows = built(two_protocols, "python-3.10-v5", images=images)
    assert [(row.runtime, row.result) for row in rows] == [("python-3.10", "built"), ("python-3.10-v5", "built")]
    first, second = (request for request in requests if request.tags)  # the gateway has none
    assert (first.tags, second.tags) == (("python-runtime:3.10",), ("python:v5-3.10",))
    assert second.contexts["runtime"] == "docker-image://python-runtime:3.10"
    assert second.build_args["LANGUAGE"] == "python"
    assert second.labels["org.opencontainers.image.base.name"] == "python-runtime:3.10"
    assert second.labels["org.opencontainers.image.base.digest"] == "sha256:2"


@pytest.mark.usefixtures("requests")
def test_an_image_is_not_built_on_one_that_failed(two_protocols: Path) -> None:
    """And says so, with the log of the one below it."""
    path = two_protocols / "platforms.toml"
    path.write_text(path.read_text().replace("[languages.go]", '[languages.go]\nprotocols = ["2021", "v5"]'))
    first, second = built(two_protocols, "go-1.24-v5")
    assert (first.result, second.result) == ("failed", "failed")
    assert second.error == "go-1.24, which it is made on, was not built"
    assert second.log == first.log
