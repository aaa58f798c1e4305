"""Unit tests cannot reach Docker or a network: trying to is an error, so that none needs them unnoticed."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from runtimekit.support import redaction

ENGINE_PROGRAMS = frozenset(
    {"docker", "dockerd", "docker-buildx", "containerd", "buildctl", "buildkitd", "nerdctl", "podman"}
)
ENGINE_SOCKETS = frozenset({"docker.sock", "containerd.sock", "buildkitd.sock"})


class ReachedOutError(RuntimeError):
    """A unit test tried to use an engine or a network."""


class Fence:
    """Python's own audit events tell of every connection and process, whichever library makes them."""

    def __init__(self) -> None:
        self.is_closed = False

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what a unit test must not do. Hooks cannot be taken off again, hence the switch."""
        if not self.is_closed:
            return
        if event in {"socket.connect", "socket.sendto"}:
            self._check_address(arguments[1])
        elif event == "socket.getaddrinfo":
            self._check_host(arguments[0])
        elif event == "subprocess.Popen":
            self._check_program(arguments[0] or arguments[1][0])
        elif event in {"os.exec", "os.posix_spawn"}:
            self._check_program(arguments[0])

    def _check_address(self, address: object) -> None:
        if isinstance(address, tuple):
            self._check_host(address[0])
        elif Path(os.fsdecode(address)).name in ENGINE_SOCKETS:  # type: ignore[arg-type]  # a Unix socket's path
            raise ReachedOutError(f"a unit test must not talk to an engine: {address!r}")

    def _check_host(self, host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        try:
            is_local = ipaddress.ip_address(name).is_loopback
        except ValueError:
            is_local = name == "localhost"
        if not is_local:
            raise ReachedOutError(f"a unit test must not use the network: {name}")

    def _check_program(self, program: Any) -> None:  # whatever Popen takes
        if Path(os.fsdecode(program)).name in ENGINE_PROGRAMS:
            raise ReachedOutError(f"a unit test must not start an engine's program: {program}")


FENCE = Fence()
sys.addaudithook(FENCE.audit)


@pytest.fixture(autouse=True)
def fenced() -> Any:  # a generator fixture
    """Close the fence around each unit test."""
    FENCE.is_closed = True
    yield
    FENCE.is_closed = False


@pytest.fixture(autouse=True)
def _no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test calls a secret is none in the next."""
    monkeypatch.setattr(redaction, "_secrets", set())


PLATFORMS_TOML = """\
[project]
title = "Test runtimes"
source = "https://example.org/runtimes"
licenses = "MIT"

[platforms.amd64]
docker = "linux/amd64"
runner = "ubuntu-24.04"

[platforms.arm64]
docker = "linux/arm64"
runner = "ubuntu-24.04-arm"

[languages.python]
name = "Python"
kind = "interpreted"
entrypoint = "index.py"

[languages.go]
name = "Go"
kind = "compiled"
entrypoint = "index.go"
memory = "512m"
run-image = "alpine-3.22"
also-runs-on = ["ubuntu-24.04"]

[run-images."alpine-3.22"]
name = "Alpine"

[run-images."ubuntu-24.04"]
name = "Ubuntu"
glibc = "2.36"

[[exceptions]]
runtime = "python-3.9"
without = ["arm64"]
because = "a test says so"
"""

DOCKERFILES = {
    "python-3.9": "FROM python:3.9-slim\nCOPY --from=adapter . /usr/local/src/\n",
    "python-3.10": "FROM python:3.10-slim\nCOPY --from=adapter . /usr/local/src/\n",
    "go-1.24": "FROM golang:1.24\nCOPY --from=adapter . /usr/local/src/\n",
    "alpine-3.22": "FROM alpine:3.22\nCOPY --from=common launch.sh /usr/local/src/\n",
    "ubuntu-24.04": "FROM ubuntu:24.04\nCOPY --from=common launch.sh /usr/local/src/\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The root of a small repository in which everything is right."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "platforms.toml").write_text(PLATFORMS_TOML)
    for name in ("gateway", "adapters/common", "adapters/python", "adapters/go"):
        (root / name).mkdir(parents=True)
        (root / name / "file").write_text(name)
    for name, dockerfile in DOCKERFILES.items():
        folder = root / "runtimes" / name
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text(dockerfile)
        (folder / "README.md").write_text(f"# {name}\n")
    return root


@pytest.fixture
def two_protocols(repository: Path) -> Path:
    """The same repository; Python has both protocols."""
    path = repository / "platforms.toml"
    path.write_text(path.read_text().replace("[languages.python]", '[languages.python]\nprotocols = ["2021", "v5"]'))
    for name in ("python", "go"):
        file = repository / "adapters" / "open-runtimes" / "languages" / f"{name}.sh"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("default_entrypoint=main.any\n")
    (repository / "adapters" / "open-runtimes" / "Dockerfile").write_text("FROM runtime\n")
    (repository / "gateway" / "Dockerfile").write_text("FROM golang:1.24\n")
    return repository
