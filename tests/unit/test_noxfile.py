"""nox's sessions: their names are exact."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def sessions(*words: str) -> list[str]:
    """The names that nox would run."""
    argv = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), "--list", "--json", *words]
    answer = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=ROOT)
    return [row["session"] for row in json.loads(answer.stdout)]


def test_every_runtime_has_a_session() -> None:
    """Made from the folders."""
    names = sessions("-t", "python", "node", "go")
    folders = [path.name for path in (ROOT / "runtimes").iterdir()]
    assert sorted(names) == sorted(f"test-{name}" for name in folders if name.startswith(("python-", "node-", "go-")))


def test_a_session_name_means_itself_only() -> None:
    """nox by itself compares names as Python expressions: 3.1 would run 3.10."""
    assert sessions("-s", "test-python-3.10") == ["test-python-3.10"]
    with pytest.raises(subprocess.CalledProcessError):
        sessions("-s", "test-python-3.1")


def test_run_images_have_sessions_and_a_machine_that_has_nothing_has_one() -> None:
    """`./dev test` with names works for all that `runtimes/` holds."""
    wanted = {"newcomer", *(f"test-{path.name}" for path in (ROOT / "runtimes").iterdir())}
    assert set(sessions("-s", *wanted)) == wanted
