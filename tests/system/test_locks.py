"""Lock files are honoured or refused (contract L2, docs/dependencies.md): each pins an older version than allowed."""

from __future__ import annotations

import functools
import re
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from faults import Answer, FaultyServer
from otherlockfiles import LOCKED, PINNED, Locked
from pinnedpackages import npm, pypi
from pinnedregistries import composer, cpan, crates, gems, go_proxy, pub, rocks, swift_repository

from runtimekit.engine import containers
from runtimekit.functions.archive import pack
from runtimekit.functions.function import launch
from runtimekit.support import http
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Catalogue

pytestmark = pytest.mark.needs_docker

PLATFORM = f"linux/{native()}"
BUILD = "tar -xzf /tmp/code.tar.gz -C /usr/code && cd /usr/local/src && exec ./build.sh"
BUILD_SECONDS = 300


REAL = {
    "/": ("node-runtime:22", ["npm", "config", "get", "registry"]),
    "/simple/": (
        "python-runtime:3.13",
        ["python3", "-c", "import pip._internal.models.index as i; print(i.PyPI.simple_url)"],
    ),
}
"""Paths, and which command of which image says where the public registry is that has them."""


@pytest.fixture(scope="session")
def public(cli: Any, engine: Engine) -> Callable[[str], Answer]:
    """The public registries of npm and Python, seen through the server of the tests: tools come from there."""

    @functools.cache
    def address(below: str) -> str:
        image, argv = REAL[below]
        code, output = cli.run("build", "--local", image.replace("-runtime:", "-"))
        assert code == 0, output
        with containers.running(engine, image, argv, name="registry", platform=PLATFORM) as container:
            container.wait(60)
            return container.logs().strip().rstrip("/")

    @functools.cache
    def get(path: str) -> Answer:
        below = "/simple/" if path.startswith("/simple/") else "/"
        where = f"{address(below)}/{path.removeprefix(below)}"
        found = http.pool(where).request("GET", where)
        return Answer(found.status, {"Content-Type": found.headers["Content-Type"]}, found.data)

    return get


class Builder:
    """Builds functions whose packages come from registries on this machine."""

    def __init__(self, cli: Any, engine: Engine, runtimes: Catalogue, server: FaultyServer, folder: Path) -> None:
        self.cli = cli
        self.engine = engine
        self.runtimes = runtimes
        self.server = server
        self.folder = folder
        self.revision = ""
        self.archive = folder / "built.tar.gz"

    def build(self, locked: Locked, script: str = BUILD, **files: str) -> tuple[int, str]:
        """Build the function, with other texts of its files. Returns the exit status and what build.sh printed."""
        code, output = self.cli.run("build", "--local", locked.runtime)
        assert code == 0, output
        source = self.folder / "source"
        for name, text in {**locked.files, **files}.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(self._filled(text))
        mounted = {"/tmp/code.tar.gz": self.folder / "code.tar.gz"}
        pack(source, mounted["/tmp/code.tar.gz"])
        for number, (name, text) in enumerate(locked.settings.items()):
            mounted[name] = self.folder / f"setting{number}"
            mounted[name].write_text(self._filled(text))
            mounted[name].chmod(0o755)
        with containers.running(
            self.engine,
            self.runtimes.get(locked.runtime).build_image,
            ["sh", "-c", script],
            name=f"lock-{locked.runtime.partition('.')[0]}",
            platform=PLATFORM,
            profile=containers.BUILD_PROFILE,
            files=mounted,
            environment={name: self._filled(value) for name, value in locked.environment.items()},
        ) as container:
            status = container.wait(BUILD_SECONDS)
            if status == 0:
                with self.archive.open("wb") as archive:
                    container.pack("/usr/code", archive)
                self.archive.chmod(0o644)
            return status, container.logs()

    def call(self, runtime: str) -> str:
        """Run the function that was built, and call it once."""
        found = self.runtimes.get(runtime)
        with launch(self.engine, found, archive=self.archive, platform=PLATFORM, folder=self.folder) as function:
            answer = function.call(timeout=10)
        assert answer.status == 200, answer.body
        return answer.body.decode()

    def _filled(self, text: str) -> str:
        host = self.server.host
        filled = text.replace("{url}", f"http://{host}").replace("{name}", host.split(":")[0])
        return filled.replace("{revision}", self.revision)


@pytest.fixture
def builder(
    cli: Any, engine: Engine, runtimes: Catalogue, tmp_path: Path, public: Callable[[str], Answer]
) -> Iterator[Builder]:
    """With the registries, on the address that containers have this machine under."""
    form = "{{range .IPAM.Config}}{{.Gateway}}{{end}}"
    address = engine.docker("network", "inspect", "bridge", "--format", form, doing="asking for the bridge").strip()

    def respond(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        plain = path.partition("?")[0]
        ours = plain.startswith(("/php/", "/gem/", "/pub/", "/rocks/", "/cpan/", "/crates/", "/go/", "/swift/"))
        return answers.get(plain) or (Answer(404) if ours else public(path))

    with FaultyServer(respond, address) as server:
        url = f"http://{server.host}"
        answers = npm(server.host) | pypi() | composer(url) | gems() | pub(url) | rocks(url)
        swift, revision = swift_repository(tmp_path / "pinned")
        answers |= cpan() | crates(url) | go_proxy() | swift
        builder = Builder(cli, engine, runtimes, server, tmp_path)
        builder.revision = revision
        yield builder


@pytest.mark.parametrize(
    "tool", [pytest.param(name, marks=() if each.quick else pytest.mark.slow) for name, each in LOCKED.items()]
)
def test_what_the_lock_file_says_is_installed(builder: Builder, tool: str) -> None:
    """Not the newer version that the manifest allows, which an ignored lock file would bring."""
    locked = LOCKED[tool]
    status, output = builder.build(locked)
    assert status == 0, output
    assert builder.call(locked.runtime) == PINNED, output


STRICTER = {
    "package.json": ('": "^1.0.0"', '": "^1.1.0"'),
    "deno.json": ("@^1.0.0", "@^1.1.0"),
    "pyproject.toml": (">=1.0,<2", ">=1.1,<2"),
    "Pipfile": (">=1.0,<2", ">=1.1,<2"),
    "composer.json": ("^1.0", "^1.1"),
    "Gemfile": ("~> 1.0", "~> 1.1"),
    "gems.rb": ("~> 1.0", "~> 1.1"),
    "pubspec.yaml": (": ^1.0.0", ": ^1.1.0"),
    "function-1.0-1.rockspec": (">= 1.0", ">= 1.1"),
    "cpanfile": ("'1.0'", "'1.1'"),
    "Cargo.toml": ('version = "1"', 'version = "1.1"'),
    "go.mod": ("v1.0.0", "v1.1.0"),
    "Package.swift": ('from: "1.0.0"', 'from: "1.1.0"'),
}
"""Of each manifest, what it asks for, and what the lock file's version would not be enough for."""
WITHOUT_MANIFEST = {"requirements", "pylock"}


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(name, marks=() if name in {"npm", "uv", "carton"} else pytest.mark.slow)
        for name in LOCKED
        if name not in WITHOUT_MANIFEST
    ],
)
def test_a_lock_file_that_does_not_fit_is_an_error(builder: Builder, tool: str) -> None:
    """The tool's own words are shown; nothing newer is installed instead."""
    locked = LOCKED[tool]
    manifest = next(name for name in STRICTER if name in locked.files)
    old, new = STRICTER[manifest]
    assert old in locked.files[manifest]
    status, output = builder.build(locked, **{manifest: locked.files[manifest].replace(old, new)})
    assert status == 1, output
    *words, last = output.splitlines()
    assert last.startswith("build.sh: "), output
    assert re.search(r"pinned|lock", "\n".join(words), re.IGNORECASE), output


TWICE = """
export RUNTIME_CACHE=/tmp/cache
mkdir $RUNTIME_CACHE && tar -xzf /tmp/code.tar.gz -C /usr/code && cd /usr/local/src && ./build.sh &&
find /usr/code -mindepth 1 -delete && tar -xzf /tmp/code.tar.gz -C /usr/code && exec ./build.sh
"""
CACHING = {
    "npm": r"1\.0\.0\.tgz$",
    "yarn-1": r"1\.0\.0\.tgz$",
    "yarn-3": r"1\.0\.0\.tgz$",
    "yarn-4": r"1\.0\.0\.tgz$",
    "pnpm-10": r"1\.0\.0\.tgz$",
    "bun": r"1\.0\.0\.tgz$",
    "requirements": r"\.whl$",
    "uv": r"\.whl$",
    "pylock": r"\.whl$",
    "poetry": r"\.whl$",
    "pipenv": r"\.whl$",
    "composer": r"\.zip$",
    "bundler": r"\.gem$",
    "pub": r"1\.0\.0\.tar\.gz$",
    "cargo": r"\.crate$",
    "go": r"\.zip$",
    "swift": r"/objects/..",
}
"""The tools that keep what they have downloaded, and the path of the package at its registry."""


@pytest.mark.parametrize(
    "tool", [pytest.param(name, marks=() if name in {"npm", "uv"} else pytest.mark.slow) for name in CACHING]
)
def test_a_second_build_downloads_nothing(builder: Builder, tool: str) -> None:
    """What is in RUNTIME_CACHE is used again, and none of it gets into the function."""
    locked = LOCKED[tool]
    status, output = builder.build(locked, TWICE)
    assert status == 0, output
    seen = [path for _, path in builder.server.seen if re.search(CACHING[tool], path)]
    assert seen
    assert len(seen) == len(set(seen)), seen
    with tarfile.open(builder.archive) as archive:
        assert not [name for name in archive.getnames() if "cache" in name.lower() and "__pycache__" not in name]
