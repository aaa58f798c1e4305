"""Somebody else's monorepo: the installed package, a tasks.py of five lines, a version that we have never heard of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]

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
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the package is installed as a wheel, not from this checkout."""
    site = tmp_path_factory.mktemp("installed") / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(ROOT)]
    subprocess.run(pip, check=True, capture_output=True)
    return os.environ | {"PYTHONPATH": str(site)}


def run(folder: Path, environment: dict[str, str], *words: str) -> str:
    """invoke, as they would call it."""
    argv = [sys.executable, "-m", "invoke", *words]
    answer = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_another_repository_lists_builds_and_tests_its_runtime(theirs: Path, installed: dict[str, str], engine) -> None:
    """From a folder inside it, with the cases that the package brings along."""
    inside = theirs / "runtimes"
    (row,) = json.loads(run(inside, installed, "list", "--json"))
    assert row["id"] == "node-99"
    assert row["build_image"] == "node-runtime:99"
    try:
        assert "built" in run(inside, installed, "build", "--local")
        assert "up to date" in run(inside, installed, "build", "--local")
        assert "passed" in run(inside, installed, "verify", "--scope", "core")
    finally:
        engine.docker("image", "rm", "--force", "node-runtime:99", doing="removing their image", check=False)
    assert (theirs / "build/reports").is_dir()


def test_another_repository_begins_a_function(theirs: Path, installed: dict[str, str]) -> None:
    """With the starter that the package brings along, whole, for their version."""
    inside = theirs / "runtimes"
    assert "next:" in run(inside, installed, "create", "hello", "--language", "node")
    created = {path.name for path in (inside / "hello").iterdir()}
    assert created == {path.name for path in (ROOT / "starters/node").iterdir()}
    assert '"node": "99.x"' in (inside / "hello/package.json").read_text()
