"""The command line and the real engine, from outside: what a user would see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtimekit.engine.client import Engine, connect
from runtimekit.repository import catalogue, configuration

ROOT = Path(__file__).parents[2]


KILLING = {"test_faults", "test_publish", "test_recovery"}
"""Modules that kill runs and look at what those leave in the engine: one after the other, or they see each other's."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules run side by side (``-n 2 --dist loadgroup``), the tests of each one after the other."""
    for item in items:
        module = item.path.stem
        item.add_marker(pytest.mark.xdist_group("killing" if module in KILLING else module))


class Cli:
    """Runs ``python -m runtimekit …`` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a task in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "runtimekit", *words],
            cwd=self.folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            # Where these tests run in the background, Ctrl-C is ignored, and a child would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads yet
        )

    def run(self, *words: str, **environment: str) -> tuple[int, str]:
        """Run a task to its end: exit code, and both streams as one text."""
        process = self.start(*words, **environment)
        output, _ = process.communicate(timeout=600)
        return process.returncode, output


@pytest.fixture(scope="session")
def cli() -> Cli:
    """In this repository."""
    return Cli(ROOT)


@pytest.fixture
def cli_in() -> type[Cli]:
    """In whatever folder."""
    return Cli


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The real one."""
    return connect(print)


@pytest.fixture(scope="session")
def runtimes() -> catalogue.Catalogue:
    """Of this repository."""
    return catalogue.load(configuration.load(ROOT))
