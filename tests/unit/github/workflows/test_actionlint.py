"""actionlint's program: where it is kept, when it is built, and what its exit status means."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from runtimekit.engine import buildx
from runtimekit.engine.jobs import JobTracker
from runtimekit.errors import CommandError, ConfigurationError
from runtimekit.github.workflows import actionlint

if TYPE_CHECKING:
    from runtimekit.engine.buildx import BuildRequest

MODULE = "module x\n\nrequire github.com/rhysd/actionlint v1.2.3 // indirect\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with actionlint's folder and two workflows, and a home of its own."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    root = tmp_path / "repository"
    for name in ("tools/actionlint", ".github/workflows", "adapters/common"):
        (root / name).mkdir(parents=True)
    (root / "tools/actionlint/go.mod").write_text(MODULE)
    (root / "tools/actionlint/Dockerfile").write_text("FROM golang:1.27-trixie AS build\nCOPY --from=common x .\n")
    for name in ("a", "b"):
        (root / f".github/workflows/{name}.yml").write_text("on: push\n")
    return root


def test_each_version_and_content_has_a_place_of_its_own(root: Path) -> None:
    """A new version is built; the way back needs no build."""
    first = actionlint.program_path(root)
    assert first.parent.name.startswith("1.2.3-linux-")
    assert first.is_relative_to(root.parent / "home/cache")
    (root / "tools/actionlint/go.sum").write_text("other bytes")
    assert actionlint.program_path(root) != first
    (root / "tools/actionlint/go.mod").write_text("module x\n")
    with pytest.raises(ConfigurationError, match=r"github.com/rhysd/actionlint is missing"):
        actionlint.program_path(root)


def test_it_is_built_once_on_a_local_base(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fetch.sh in its context. An interrupted build leaves no program."""
    requests: list[BuildRequest] = []

    def build(_engine: object, request: BuildRequest, **_more: object) -> None:
        requests.append(request)
        part = Path(request.output.partition("dest=")[2])
        part.mkdir(parents=True)
        (part / "actionlint").touch()

    monkeypatch.setattr(buildx, "build", build)
    builder = SimpleNamespace(
        configuration=SimpleNamespace(root=root),
        engine=None,
        logs=root / "build/logs",
        cancelled=threading.Event(),
        tracker=JobTracker(print, root=root),
        bootstraps=True,
        bootstrapper=SimpleNamespace(provide=lambda reference, _platforms: f"local/{reference}"),
    )
    for _ in range(2):
        assert actionlint.build(builder) == actionlint.program_path(root)  # type: ignore[arg-type]  # all that it asks for
        assert actionlint.program_path(root).exists()
    (request,) = requests
    assert request.contexts == {
        "common": str(root / "adapters/common"),
        "golang:1.27-trixie": "docker-image://local/golang:1.27-trixie",
    }


def stub(root: Path, script: str) -> Path:
    """A shell script in place of the program."""
    program = root / "stub"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_all_workflows_are_checked_and_those_with_mistakes_are_named(root: Path) -> None:
    """Whether shellcheck is installed makes no difference."""
    assert actionlint.check(root, stub(root, 'test "$2" = -shellcheck= && test "$#" = 7')) == ("", [])
    said = ".github/workflows/b.yml:1:2: wrong [kind]"
    assert actionlint.check(root, stub(root, f'echo "{said}"; exit 1')) == (f"{said}\n", [".github/workflows/b.yml"])


def test_a_program_that_does_not_check_is_an_error(root: Path) -> None:
    """Such as for a wrong option, when nothing was checked."""
    with pytest.raises(CommandError, match="no such option"):
        actionlint.check(root, stub(root, "echo no such option >&2; exit 2"))
