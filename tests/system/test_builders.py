"""Builders of two nodes: real BuildKit on sockets of its own, which is killed and hangs while it builds."""

from __future__ import annotations

import json
import secrets
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import monorepo
import pytest
import realregistry
from relays import Relay, engine_socket

from runtimekit.engine import builders, export
from runtimekit.engine.buildx import BuildRequest
from runtimekit.errors import NodeLostError
from runtimekit.images.nodes import watch
from runtimekit.registry.saved_image import SavedImage

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
AMD, ARM = "linux/amd64", "linux/arm64"
MARKER_BYTES, ENOUGH = 6_000_000, 4_000_000
"""What is sent to a node for each build, and how much of that it takes before it dies: before any step begins, since
both nodes are one BuildKit, in which a step that is being cancelled takes a second build of it along."""
DOCKERFILE = """\
FROM alpine:3.22
COPY marker /usr/local/share/marker
USER 2001:2000
"""


class Site:
    """A small repository, a builder with two nodes, and the command line."""

    def __init__(self, cli, sockets: Path, engine) -> None:
        self.folder = cli.folder
        self.run = cli.run
        self.relays = {name: Relay(sockets / name, engine_socket(engine)) for name in ("a", "b")}
        monorepo.make(self.folder, ROOT)

    def create(self, *nodes: str) -> None:
        """Make the builder `mine`."""
        status, output = self.run(
            "builder", "create", "mine", "--driver", "remote", *(f"--node={each}" for each in nodes)
        )
        assert status == 0, output

    def change(self, *commands: str) -> None:
        """Something to build that no cache knows, with much to be sent, and these commands in its Dockerfile."""
        runtime = self.folder / "runtimes" / monorepo.NAME
        (runtime / "marker").write_bytes(secrets.token_bytes(MARKER_BYTES))
        (runtime / "Dockerfile").write_text(DOCKERFILE.replace("USER", "\n".join([*commands, "USER"])))
        monorepo.commit(self.folder)

    def left(self) -> list[str]:
        """What builds have left lying around."""
        return [str(path) for path in (self.folder / "build/nodes").glob("*")]


@pytest.fixture
def site(tmp_path: Path, engine, cli_in, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Builders live in a folder of the test's own."""
    monkeypatch.setenv("BUILDX_CONFIG", str(tmp_path / "buildx"))
    folder = tmp_path / "monorepo"
    folder.mkdir()
    made = Site(cli_in(folder), tmp_path, engine)
    yield made
    for relay in made.relays.values():
        relay.kill()
    engine.docker("image", "rm", "--force", monorepo.IMAGE, doing="removing the test's image", check=False)


BUILD = ("build", "--builder", "mine", "--bases", "bootstrap")


def platforms_run(engine) -> list[str]:
    """What the image's own programs say of the machine, on each platform."""
    return [
        engine.docker("run", "--rm", "--platform", name, monorepo.IMAGE, "uname", "-m", doing="running it").strip()
        for name in (AMD, ARM)
    ]


def test_two_nodes_share_an_image_and_it_is_the_engines_as_ever(site: Site, engine) -> None:
    """Made, listed, placed, built, up to date, removed. Nothing is left between."""
    a, b = site.relays["a"].url, site.relays["b"].url
    site.create(f"{a}={AMD}", f"{b}={ARM}")
    status, output = site.run("builder", "create", "mine", "--driver", "remote", "--node", a)
    assert status == 2, output
    status, output = site.run("builder", "list", "--json")
    assert status == 0, output
    rows = json.loads(output)
    assert [(row["node"], row["endpoint"], row["state"]) for row in rows] == [
        ("mine0", a, "running"),
        ("mine1", b, "running"),
    ]
    assert all(row["seconds"] < builders.ANSWER_SECONDS for row in rows)
    status, output = site.run("plan", "--builder", "mine", "--bases", "bootstrap")
    assert "mine0 (native), mine1 (native)" in output
    status, output = site.run(*BUILD)
    assert status == 0, output
    logs = sorted(path.name for path in (site.folder / "build/logs").glob(f"{monorepo.NAME}-*"))
    assert logs == [f"{monorepo.NAME}-amd64-mine0.log", f"{monorepo.NAME}-arm64-mine1.log"]
    assert platforms_run(engine) == ["x86_64", "aarch64"]
    assert site.left() == []
    status, output = site.run(*BUILD)
    assert output.count("up to date") == 2
    status, output = site.run("builder", "remove", "mine")
    assert status == 0, output
    assert site.run("builder", "check", "mine")[0] == 2


def test_a_build_outlives_its_node(site: Site, engine) -> None:
    """Which dies in the middle: once more on the other one, said so."""
    site.change()
    site.create(f"{site.relays['a'].url}={AMD}", f"{site.relays['b'].url}={ARM}")
    site.relays["a"].after(ENOUGH, site.relays["a"].kill)
    status, output = site.run(*BUILD)
    assert status == 0, output
    assert f"the node mine0 went away while it was building {monorepo.NAME} linux/amd64" in output
    assert "Once more on mine1" in output
    assert platforms_run(engine) == ["x86_64", "aarch64"]
    assert site.left() == []


def test_a_node_dies_during_a_step(site: Site) -> None:
    """The step is begun again on the other one."""
    site.change("RUN sleep 8")
    site.create(f"{site.relays['a'].url}={AMD}", site.relays["b"].url)
    # By then all of it has come in, and the step has begun that takes 8 s.
    site.relays["a"].after(MARKER_BYTES, threading.Timer(3, site.relays["a"].kill).start)
    status, output = site.run(*BUILD, "--platform", AMD)
    assert status == 0, output
    assert "the node mine0 went away" in output
    assert "Once more on mine1" in output


def test_without_nodes_nothing_is_built_and_nothing_published(site: Site, engine, tmp_path: Path) -> None:
    """Both die in the middle of a publication."""
    site.change()
    site.create(f"{site.relays['a'].url}={AMD}", f"{site.relays['b'].url}={ARM}")
    for relay in site.relays.values():
        relay.after(ENOUGH, relay.kill)
    with realregistry.running(tmp_path) as registry:
        where = ("--registry", f"127.0.0.1:{registry.port}/acme", "--allow-bootstrapped-bases")
        status, output = site.run("publish", *BUILD[1:], *where)
        assert status == 1, output
        assert "was not built: its node went away, and " in output
        assert registry.tags(f"acme/{monorepo.IMAGE.partition(':')[0]}") == {}
    assert monorepo.IMAGE not in engine.images([monorepo.IMAGE])
    assert site.left() == []


def test_what_nodes_built_is_tested_here_and_published_with_its_digests(site: Site, engine, tmp_path: Path) -> None:
    """The same bytes all the way."""
    site.create(f"{site.relays['a'].url}={AMD}", f"{site.relays['b'].url}={ARM}")
    with realregistry.running(tmp_path) as registry:
        where = ("--registry", f"127.0.0.1:{registry.port}/acme", "--allow-bootstrapped-bases")
        status, output = site.run("publish", *BUILD[1:], *where)
        assert status == 0, output
        public = registry.tags(f"acme/{monorepo.IMAGE.partition(':')[0]}")[monorepo.VERSION]
    image = engine.images([monorepo.IMAGE])[monorepo.IMAGE]
    with export.saved(engine, image, tmp_path / "saved") as file:
        held = {name: each.digest for name, each in SavedImage.open(file).manifests().items()}
    assert public == held
    (record,) = (json.loads(path.read_text()) for path in (site.folder / "build/publish").glob("*.json"))
    tests = [facts["tests"] for facts in record["images"][monorepo.NAME]["platforms"].values()]
    assert [each["passed"] for each in tests] == [11, 11]
    assert [each["images"] for each in tests] == [{monorepo.IMAGE: image.id}] * 2


def test_a_node_that_hangs_is_noticed(site: Site, engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the check, which tells it from the other one, and by a build in which nothing moves any more."""
    site.create(site.relays["a"].url, site.relays["b"].url)
    monkeypatch.setattr(builders, "ask", partial(builders.ask, seconds=2))
    node = builders.find(engine, "mine")[1]
    folder = tmp_path / "image"
    folder.mkdir()
    (folder / "marker").write_bytes(secrets.token_bytes(MARKER_BYTES))
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY marker /marker\n")
    request = BuildRequest(name="x", folder=folder, platforms=(AMD,), output="type=cacheonly")
    site.relays["b"].after(ENOUGH, site.relays["b"].hang)
    began = time.monotonic()
    with pytest.raises(NodeLostError, match=r"nothing moved for 1 s, and unix:.* gave no answer within 2 s"):
        watch.build(
            engine,
            node,
            request,
            log=tmp_path / "log",
            deadline=60,
            watch=lambda _progress: None,
            cancelled=threading.Event(),
            silence=1,
        )
    assert time.monotonic() - began < 20
    status, output = site.run("builder", "check", "mine")
    assert status == 4, output
    assert "1 of 2 nodes of the builder 'mine' cannot be used:\n  mine1: " in output
