"""Functions' builds and apt while the network fails (docs/network.md): they succeed once that is over, or end soon.

The server stands on the address that containers have this machine under, so that a container's network is its own.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from faults import Answer, FaultyServer
from packageservers import FILLING, registries

from runtimekit.bases import maven
from runtimekit.engine import containers
from runtimekit.functions.archive import pack
from runtimekit.support import http
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import urllib3

    from runtimekit.engine.client import Engine

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 180
"""What the network may cost (docs/network.md)."""
PATIENCE_SECONDS = 500
"""What a build may take that has much to fetch."""
FAULTS = {
    "silent": {"how": "hang", "seconds": 600.0, "times": 1},
    "cut": {"how": "truncate", "times": 1},
    "503": {"how": "answer", "answer": Answer(503, body=b"later"), "times": 2},
}
BUILD = "tar -xzf /tmp/code.tar.gz -C /usr/code && cd /usr/local/src && ./build.sh"
APT = """
fetch() { /usr/local/src/fetch.sh apt-get -o APT::Sandbox::User=root "$@"; }
cd /tmp && fetch update && fetch download thing
"""
POM = """<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>function</artifactId>
<version>1</version><dependencies><dependency><groupId>org.apache.commons</groupId><artifactId>commons-text</artifactId>
<version>1.12.0</version></dependency></dependencies></project>"""


@dataclass(frozen=True)
class Client:
    """A package manager, and a function that needs it."""

    runtime: str
    files: Mapping[str, str]
    """The function's files. ``{url}`` is the server's address, here and in what follows."""
    environment: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    """More files of the container, by their paths there."""
    script: str = BUILD
    user: str = "2001:2000"
    faulty: str = "/"
    """The paths that fail."""
    archive: str = "/"
    """The path whose answer is cut."""


RECOVERING = {
    "apt": Client(
        "python-3.13",
        {"nothing": "to be built"},
        settings={
            "/etc/apt/sources.list": "deb [trusted=yes] {url}/debian ./\n",
        },
        script=APT,
        user="0:0",
        archive=r"\.deb$",
    ),
    "pip": Client(
        "python-3.13",
        {"index.py": "def main(req, res):\n    return res.send('')\n", "requirements.txt": "thing\n"},
        {"PIP_INDEX_URL": "{url}/simple/", "PIP_TRUSTED_HOST": "{name}"},
        archive=r"\.whl$",
    ),
    "npm": Client(
        "node-22",
        {
            "index.js": "module.exports = (req, res) => res.send('');\n",
            "package.json": json.dumps({"dependencies": {"thing": "1.0.0"}}),
        },
        {"npm_config_registry": "{url}/"},
        archive=r"\.tgz$",
    ),
    "go": Client(
        "go-1.24",
        {
            "index.go": 'package function\n\nimport "example.com/thing"\n\n'
            "func Main(req Request, res Response) Response {\n\treturn res.Send(thing.Filling)\n}\n",
            "go.mod": "module function\n\ngo 1.24\n\nrequire example.com/thing v1.0.0\n",
        },
        {"GOPROXY": "{url}", "GONOSUMDB": "*", "GONOSUMCHECK": "1"},
        archive=r"\.zip$",
    ),
    "cargo": Client(
        "rust-1.85",
        {
            "index.rs": "use crate::{Request, Response};\n\npub fn main(_: Request, res: Response) -> Response {\n"
            "    res.send(thing::FILLING)\n}\n",
            "Cargo.toml": '[package]\nname = "function"\nversion = "1.0.0"\nedition = "2021"\n\n'
            '[dependencies]\nthing = { version = "1", registry = "faulty" }\n',
        },
        settings={"/tmp/.cargo/config.toml": '[registries.faulty]\nindex = "sparse+{url}/"\n'},
        archive=r"\.crate$",
    ),
    "maven": Client(
        "java-21",
        {
            "Index.java": "public class Index {\n"
            '    public Response main(Request req, Response res) { return res.send(""); }\n}\n',
            "pom.xml": POM,
        },
        settings={
            "/tmp/.m2/settings.xml": "<settings><mirrors><mirror><id>faulty</id><mirrorOf>*</mirrorOf>"
            "<url>{url}/maven</url></mirror></mirrors></settings>"
        },
        archive=r"commons-text.*\.jar$",
    ),
}
"""What goes on once a fault is over."""
QUICK = {"apt", "pip"}
"""Those that are tested each time, and not only every night."""


ENDING = {
    "dart": Client(
        "dart-3.13",
        {
            "index.dart": "import 'package:runtime/runtime.dart';\n\n"
            "void main(Request req, Response res) => res.send('');\n",
            "pubspec.yaml": "name: function\nenvironment: {sdk: ^3.0.0}\ndependencies: {thing: ^1.0.0}\n",
        },
        {"PUB_HOSTED_URL": "{url}"},
    ),
    "deno": Client(
        "deno-2.9",
        {"index.ts": 'import thing from "npm:thing@1.0.0";\n\nexport default (req, res) => res.send(thing);\n'},
        {"NPM_CONFIG_REGISTRY": "{url}"},
    ),
    "bun": Client(
        "bun-1.4",
        {
            "index.js": "module.exports = (req, res) => res.send('');\n",
            "package.json": json.dumps({"dependencies": {"thing": "1.0.0"}}),
        },
        {"BUN_CONFIG_REGISTRY": "{url}/"},
    ),
    "bundle": Client(
        "ruby-3.3",
        {"index.rb": "def main(req, res)\n  res.send('')\nend\n", "Gemfile": 'source "{url}"\ngem "thing"\n'},
    ),
    "composer": Client(
        "php-8.4",
        {
            "index.php": "<?php\nreturn fn ($req, $res) => $res->send('');\n",
            "composer.json": json.dumps(
                {
                    "require": {"thing/thing": "1.0.0"},
                    "repositories": [{"type": "composer", "url": "{url}"}, {"packagist.org": False}],
                    "config": {"secure-http": False},
                }
            ),
        },
    ),
    "mix": Client(
        "elixir-1.20",
        {
            "index.ex": 'defmodule Index do\n  def main(_req, res), do: Response.send(res, "")\nend\n',
            "mix.exs": "defmodule Function.MixProject do\n  use Mix.Project\n"
            '  def project, do: [app: :function, version: "1.0.0", deps: [{:thing, "~> 1.0"}]]\nend\n',
        },
        {"HEX_MIRROR": "{url}", "HEX_BUILDS_URL": "{url}", "HEX_API_URL": "{url}"},
    ),
    "luarocks": Client(
        "lua-5.4",
        {
            "index.lua": "function main(req, res)\n    res:send('')\nend\n",
            "function-1.0-1.rockspec": 'rockspec_format = "3.0"\npackage = "function"\nversion = "1.0-1"\n'
            'source = { url = "none" }\ndependencies = { "thing" }\nbuild = { type = "none" }\n',
        },
        {"LUAROCKS_CONFIG": "/tmp/luarocks.lua"},
        settings={"/tmp/luarocks.lua": 'rocks_servers = { "{url}" }\n'},
    ),
    "cpanm": Client(
        "perl-5.40",
        {"index.pl": "sub main { my ($req, $res) = @_; $res->send(''); }\n1;\n", "cpanfile": "requires 'Thing';\n"},
        {"PERL_CPANM_OPT": "--mirror {url} --mirror-only"},
    ),
    "swift": Client(
        "swift-6.2",
        {
            "index.swift": 'public func main(req: Request, res: Response) async throws -> Response { res.send("") }\n',
            "Package.swift": "// swift-tools-version:6.0\nimport PackageDescription\n\n"
            'let package = Package(name: "example", '
            'products: [.library(name: "function", targets: ["function"])], '
            'dependencies: [.package(url: "{url}/thing.git", from: "1.0.0")], '
            'targets: [.target(name: "function", dependencies: [.product(name: "Thing", package: "thing")], path: ".", '
            'sources: ["index.swift"])])\n',
        },
    ),
}
"""What ends, with a line that names what was not reached."""


@dataclass
class Outcome:
    """How a build ended."""

    status: int
    output: str


class Building:
    """Builds functions against one faulty server."""

    def __init__(self, cli: Any, engine: Engine, server: FaultyServer, folder: Path) -> None:
        self.cli = cli
        self.engine = engine
        self.server = server
        self.folder = folder

    def build(self, client: Client, deadline: float = PATIENCE_SECONDS) -> Outcome:
        """Build the client's function."""
        source = self.folder / "source"
        source.mkdir(parents=True)
        for name, text in client.files.items():
            (source / name).write_text(self._filled(text))
        files = {"/tmp/code.tar.gz": self.folder / "code.tar.gz"}
        pack(source, files["/tmp/code.tar.gz"])
        for number, (name, text) in enumerate(client.settings.items()):
            files[name] = self.folder / f"setting{number}"
            files[name].write_text(self._filled(text))
            files[name].chmod(0o755)
        language, _, version = client.runtime.partition("-")
        code, output = self.cli.run("build", "--local", client.runtime)
        assert code == 0, output
        with containers.running(
            self.engine,
            f"{language}-runtime:{version}",
            ["sh", "-c", client.script],
            name=f"network-{language}",
            platform=f"linux/{native()}",
            profile=replace(containers.BUILD_PROFILE, user=client.user),
            files=files,
            environment={name: self._filled(value) for name, value in client.environment.items()},
        ) as container:
            status = container.wait(deadline)
            return Outcome(status, container.logs())

    def _filled(self, text: str) -> str:
        return text.replace("{url}", f"http://{self.server.host}").replace("{name}", self.server.host.split(":")[0])


@pytest.fixture(scope="session")
def maven_central() -> Callable[[str], Answer]:
    """The real repository, where each file is asked for once."""

    @functools.cache
    def repository() -> tuple[str, urllib3.PoolManager]:
        address = maven._repository()
        return address, http.pool(address)

    @functools.cache
    def get(path: str) -> Answer:
        address, pool = repository()
        found = pool.request("GET", f"{address}/{path}")
        return Answer(found.status, {}, found.data)

    return get


@pytest.fixture
def building(cli: Any, engine: Engine, tmp_path: Path, maven_central: Callable[[str], Answer]) -> Iterator[Building]:
    """With a server that has all registries; Maven's is the real one, seen through it."""
    form = "{{range .IPAM.Config}}{{.Gateway}}{{end}}"
    address = engine.docker("network", "inspect", "bridge", "--format", form, doing="asking for the bridge").strip()

    def respond(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        if path.startswith("/maven/"):
            return maven_central(path.removeprefix("/maven/"))
        # Of most there is something to be cut; apt looks first for what an archive need not have.
        other = Answer(404) if path.startswith("/debian/") else Answer(200, body=FILLING.encode())
        return answers.get(path, other)

    with FaultyServer(respond, address) as server:
        answers = registries(server.host)
        yield Building(cli, engine, server, tmp_path / "build")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in RECOVERING]
)
def test_a_build_succeeds_once_the_fault_is_over(building: Building, name: str, fault: str) -> None:
    """A server that says nothing, one that closes in the middle of an answer, one that answers 503 twice."""
    client = RECOVERING[name]
    what = FAULTS[fault]
    planted = building.server.fail(path=client.archive if fault == "cut" else client.faulty, **what)
    outcome = building.build(client)
    assert planted.times == 0, f"the fault had no turn: {building.server.seen}\n{outcome.output}"
    assert outcome.status == 0, outcome.output


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ENDING)
def test_a_build_ends_when_the_fault_does_not(building: Building, name: str, fault: str) -> None:
    """Within three minutes, and on its last line but for build.sh's own it names what was not reached."""
    building.server.fail(path="/", **(FAULTS[fault] | {"times": 1_000_000}))
    outcome = building.build(ENDING[name], DEADLINE_SECONDS)
    assert outcome.status != 0, outcome.output
    assert re.search(rf"^fetch\.sh: not reached: .*; {name} gave up after ", outcome.output, re.MULTILINE), (
        outcome.output
    )
