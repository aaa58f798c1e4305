"""What a newcomer has: this repository as it was committed, and README's commands."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit import commands
from runtimekit.engine.client import Engine, connect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
RUNTIMES = ("alpine-3.22", "node-22", "python-3.13")
"""What the commands are narrowed to: a run image, and two languages whose bases are made in different ways."""

SETTINGS = re.compile(
    r"(https?|ftp|all|no)_proxy|pip_\w+|npm_config_\w+|go(proxy|noproxy|private|sumdb|nosumdb|flags)"
    r"|(ssl_cert_file|curl_ca_bundle|requests_ca_bundle|node_extra_ca_certs|git_ssl_cainfo)",
    re.IGNORECASE,
)
"""The variables of the host that say how registries are reached. Nothing else of its environment gets inside."""


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


def show(line: str, argv: Sequence[str], *, deadline: float, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a command whose output is shown as it comes.

    Args:
        line: What the user types, shown first.
        argv: The command that does it.
        deadline: Seconds after which it is ended, with all that it has started.
        env: The complete environment; by default ours.

    Returns:
        Exit status, and both streams as one text.
    """
    sys.stdout.write(f"$ {line}\n")
    said: list[str] = []
    with commands.process(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env) as running:
        assert running.stdout is not None
        late = threading.Timer(deadline, commands.end_group, [running])
        late.start()
        try:
            for raw in running.stdout:
                line = raw.decode(errors="replace")
                sys.stdout.write(f"  │ {line}")
                sys.stdout.flush()
                said.append(line)
            status = running.wait()
            assert late.is_alive(), f"{commands.quoted(argv)} took longer than {deadline:g} s"
        finally:
            late.cancel()
    return status, "".join(said)
