"""``./dev`` itself, typed in a folder of its own, so that no test can touch this repository's ``.venv``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import forked

ROOT = Path(__file__).parents[2]


def make(folder: Path) -> Path:
    """A folder with ``dev`` and this repository's runtimes. Its ``.venv`` is the Python that runs the tests."""
    for name in ("dev", "pyproject.toml", "constraints.txt", "platforms.toml", "tasks.py"):
        shutil.copy(ROOT / name, folder)
    for name in ("runtimes", "bases", "adapters", "gateway"):
        (folder / name).symlink_to(ROOT / name)
    python = folder / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    wanted = (folder / "pyproject.toml").read_bytes() + (folder / "constraints.txt").read_bytes()
    summed = subprocess.run(["cksum"], input=wanted, capture_output=True, check=True).stdout.decode()
    (folder / ".venv/made-from").write_text(f"{folder} {summed}")
    return folder


def run(folder: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of what ``./dev WORD…`` runs once its ``.venv`` is there."""
    return forked.run(words, folder, {"GIT_CEILING_DIRECTORIES": str(folder.parent)} | environment)


def run_script(folder: Path, *words: str) -> tuple[int, str, str]:
    """The same of the script itself."""
    ended = subprocess.run(
        [folder / "dev", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    return ended.returncode, ended.stdout, ended.stderr
