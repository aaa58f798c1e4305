"""What a newcomer has: this repository as it was committed, and README's commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from newcomers import ROOT, RUNTIMES

from runtimekit.engine.client import Engine, connect
from runtimekit.support import commands

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `nox -s newcomer -- …`."""
    parser.addoption("--suite", default="bookworm", choices=["bookworm", "trixie"], help="Debian's release inside")
    parser.addoption("--whole", action="store_true", help="README's commands word for word, for all runtimes: hours")


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The one of this machine."""
    return connect(print)


@pytest.fixture(scope="session")
def names(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """What is appended to README's commands."""
    return () if pytestconfig.getoption("whole") else RUNTIMES


@pytest.fixture(scope="session")
def readme() -> tuple[str, str]:
    """The two commands of README.md, as they stand there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^## Two commands\n.*?^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert block, "README.md has no section 'Two commands' with a shell block"
    lines = [line.partition("#")[0].strip() for line in block[1].splitlines()]
    first, second = (line for line in lines if line)
    return first, second


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare clone of what is committed; what is not committed, a newcomer would not get."""
    bare = tmp_path_factory.mktemp("repository") / "runtimekit.git"
    commands.run(["git", "clone", "--bare", "--no-hardlinks", str(ROOT), str(bare)], doing="cloning this repository")
    return bare
