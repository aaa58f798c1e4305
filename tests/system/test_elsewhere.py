"""Somebody else's monorepo: the wheel in a new environment, a tasks.py of five lines, a version that we do not know."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from runtimekit.support.machine import native

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
PLATFORM = f"linux/{native()}"
UV = str(Path(sys.executable).with_name("uv"))

PLATFORMS = """
[project]
title = "Their runtimes"
source = "https://example.org/theirs"
licenses = "MIT"

[platforms.amd64]
docker = "linux/amd64"
runner = "theirs"

[platforms.arm64]
docker = "linux/arm64"
runner = "theirs-arm"

[languages.node]
name = "Their Node.js"
kind = "interpreted"
entrypoint = "index.js"
shares = "javascript"
"""

TASKS = '''"""Their tasks: all of ours."""

from runtimekit.tasks import namespace

__all__ = ["namespace"]
'''


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Their repository: one runtime, with a version of their own."""
    root = tmp_path / "theirs"
    root.mkdir()
    (root / "platforms.toml").write_text(PLATFORMS)
    (root / "tasks.py").write_text(TASKS)
    for name in ("gateway", "adapters/common", "adapters/javascript", "adapters/node", "bases"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copytree(ROOT / "runtimes/node-22", root / "runtimes/node-99")
    shutil.copytree(ROOT / "tests/resources/node", root / "tests/resources/node")
    for name in ("javascript", "node"):
        shutil.copytree(ROOT / "tests/resources/probe" / name, root / "tests/resources/probe" / name)
    shutil.copy(ROOT / "tests/resources/probe/node.toml", root / "tests/resources/probe")
    return root


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    argv = [UV, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(argv, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def git(folder: Path, *words: str) -> None:
    """git, as somebody."""
    someone = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org")
    subprocess.run(["git", "-C", str(folder), *someone, *words], check=True, capture_output=True)


def version_of(folder: Path) -> str:
    """The version that a wheel of this folder would have."""
    argv = [UV, "tool", "run", "--quiet", "--with", "hatch-vcs", "hatchling", "version"]
    return subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def test_the_version_comes_from_tags_and_without_one_from_the_fallback(tmp_path: Path) -> None:
    """Without one: a clone that has none, a shallow clone, a tarball. Other tags than ``v1.2.3`` are passed over."""
    clone, shallow, tarball = tmp_path / "clone", tmp_path / "shallow", tmp_path / "tarball"
    subprocess.run(["git", "clone", "--quiet", "--no-tags", str(ROOT), str(clone)], check=True, capture_output=True)
    shutil.copy(ROOT / "pyproject.toml", clone)
    git(clone, "commit", "--quiet", "--all", "--allow-empty", "--message", "as it is here")
    git(clone, "tag", "other-9.9")
    git(clone, "clone", "--quiet", "--depth", "1", f"file://{clone}", str(shallow))
    git(clone, "archive", "--output", str(tmp_path / "it.tar"), "HEAD")
    shutil.unpack_archive(tmp_path / "it.tar", tarball, filter="data")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["version"]
    fallback = settings["fallback-version"]
    assert version_of(tarball) == fallback
    for folder in (clone, shallow):
        assert re.fullmatch(rf"{re.escape(fallback.removesuffix('0'))}\d+\+g\w+", version_of(folder))
    git(clone, "tag", "v7.1.0")
    assert version_of(clone) == "7.1.0"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel and what it depends on, and nothing of this checkout."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True, capture_output=True)
    argv = [
        UV,
        "pip",
        "install",
        "--quiet",
        "--python",
        str(folder / "bin/python"),
        "-c",
        str(ROOT / "constraints.txt"),
    ]
    subprocess.run([*argv, str(wheel)], check=True, capture_output=True)
    return folder / "bin"


def run(folder: Path, installed: Path, *words: str, program: str = "invoke") -> str:
    """A program of their environment, as they would call it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    argv = [str(installed / program), *words]
    answer = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_the_wheel_is_whole(wheel: Path) -> None:
    """It has every module, the cases and the starters as git knows them; no unit tests, no images."""
    names = set(zipfile.ZipFile(wheel).namelist())
    folders = {"src/runtimekit": "runtimekit", "starters": "runtimekit/starters"}
    folders |= {name: f"runtimekit/conformance/{name}" for name in ("tests/conformance", "tests/images")}
    for folder, packed in folders.items():
        argv = ["git", "ls-files", "--", folder]
        listed = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
        assert listed
        wanted = {packed + name.removeprefix(folder) for name in listed if (ROOT / name).is_file()}
        assert wanted <= names, folder
    others = {name for name in names if not name.startswith("runtimekit/")}
    assert {name.split("/")[0].rpartition(".")[2] for name in others} == {"dist-info"}


def test_a_repository_without_a_tasks_py_has_our_tasks(theirs: Path, installed: Path, engine) -> None:  # noqa: ARG001
    """`runtimekit`, as pipx would run it: it lists and plans. Without a repository it says what is missing."""
    (theirs / "tasks.py").unlink()
    inside = theirs / "adapters/node"
    (row,) = json.loads(run(inside, installed, "list", "--json", program="runtimekit"))
    assert row["id"] == "node-99"
    planned = run(inside, installed, "plan", "node-99", "--local", "--bases", "bootstrap", program="runtimekit")
    assert "node-99" in planned
    assert run(inside, installed, "--version", program="runtimekit").startswith("runtimekit 0.")
    argv = [str(installed / "runtimekit"), "list"]
    answer = subprocess.run(argv, cwd=theirs.parent, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "no platforms.toml in" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_another_repository_lists_builds_and_tests_its_runtime(theirs: Path, installed: Path, engine) -> None:
    """From a folder inside it, with the cases that the package brings along."""
    inside = theirs / "runtimes"
    (row,) = json.loads(run(inside, installed, "list", "--json"))
    assert row["id"] == "node-99"
    assert row["build_image"] == "node-runtime:99"
    try:
        assert "built" in run(inside, installed, "build", "--local")
        assert "up to date" in run(inside, installed, "build", "--local")
        assert json.loads(run(inside, installed, "catalogue", "--json"))["runtimes"] == []  # built, but not tested
        assert "passed" in run(inside, installed, "verify", "--scope", "core")
        (node,) = json.loads(run(inside, installed, "catalogue", "--json"))["runtimes"]
        (version,) = node["versions"]
        assert (node["name"], version["version"], version["run_image"]) == ("Their Node.js", "99", "node-runtime:99")
        assert version["platforms"] == [record["platform"] for record in version["tested"]] == [PLATFORM]
    finally:
        engine.docker("image", "rm", "--force", "node-runtime:99", doing="removing their image", check=False)
    assert (theirs / "build/reports").is_dir()


def test_another_repository_begins_a_function(theirs: Path, installed: Path) -> None:
    """With the starter that the package brings along, whole, for their version."""
    inside = theirs / "runtimes"
    assert "next:" in run(inside, installed, "create", "hello", "--language", "node")
    created = {path.name for path in (inside / "hello").iterdir()}
    assert created == {path.name for path in (ROOT / "starters/node").iterdir()}
    assert '"node": "99.x"' in (inside / "hello/package.json").read_text()
