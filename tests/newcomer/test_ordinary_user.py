"""The first command for a user who is not root, with an engine that he may use: as on a developer's own machine."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from newcomers import RUNTIMES, SETTINGS, show
from relays import engine_socket

from runtimekit.engine import locate
from runtimekit.errors import ExitCode
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtimekit.engine.client import Engine

UID = 47_011
"""Nobody's: an ordinary user needs no entry in /etc/passwd."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What a login shell has. The tools of whoever runs this test are not on it."""


@dataclass(frozen=True)
class User:
    """An ordinary user with a clone of this repository."""

    home: Path
    become: tuple[str, ...]
    """The words that run a command as this user; none if the test's own user is not root."""
    engine: dict[str, str]
    """The variables that name the engine."""

    @property
    def clone(self) -> Path:
        """This repository, as it was committed."""
        return self.home / "runtimekit"

    def type_in(self, line: str, **environment: str) -> tuple[int, str]:
        """Type a line into a shell in the clone: its exit status, and what it prints."""
        given = {name: value for name, value in os.environ.items() if SETTINGS.fullmatch(name)}
        mine = {"HOME": str(self.home), "PATH": f"{self.home}/bin:{PATH}", "LANG": "C.UTF-8"}
        argv = [*self.become, "bash", "-c", f'cd "$HOME/runtimekit" && {line}']
        return show(line, argv, deadline=900, env=given | mine | environment)


@contextmanager
def opened(socket: Path) -> Iterator[Path]:
    """The engine's socket, open to the user's group, at a place that he can reach: a second name for the same one."""
    status = socket.stat()
    with tempfile.TemporaryDirectory(dir=socket.parents[1]) as folder:
        Path(folder).chmod(0o755)
        second = Path(folder) / "docker.sock"
        second.hardlink_to(socket)
        os.chown(socket, -1, UID)
        try:
            yield second
        finally:
            os.chown(socket, -1, status.st_gid)


@pytest.fixture(scope="module")
def user(engine: Engine, repository: Path) -> Iterator[User]:
    """The user, whose home goes afterwards; one for all, since each would set up an environment of its own."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="home-")))
        commands.run(["git", "clone", "--quiet", str(repository), str(home / "runtimekit")], doing="cloning")
        socket, group = Path(engine_socket(engine)), str(UID)
        if os.geteuid() != 0:
            yield User(home, (), {"DOCKER_HOST": f"unix://{socket}"})
            return
        if engine.location.embedded:
            socket = stack.enter_context(opened(socket))
        else:
            group = str(socket.stat().st_gid)
        (home / "bin").mkdir()
        shutil.copy(engine.location.docker, home / "bin" / "docker")
        if engine.location.config:
            shutil.copytree(engine.location.config / "cli-plugins", home / ".docker" / "cli-plugins")
        commands.run(["chown", "-R", f"{UID}:{UID}", str(home)], doing="giving the home to its user")
        become = ("setpriv", f"--reuid={UID}", f"--regid={UID}", f"--groups={group}")
        yield User(home, become, {"DOCKER_HOST": f"unix://{socket}"})


def images(engine: Engine) -> set[str]:
    """The ids of all images; docker lists those of one moment in any order."""
    return set(engine.docker("images", "--no-trunc", "--quiet", doing="listing images").split())


def test_the_first_command_without_root(user: User, readme: tuple[str, str]) -> None:
    """It builds, though the engine has these images already: anew, in the user's own clone."""
    status, said = user.type_in(" ".join([readme[0], *RUNTIMES, "--force"]), **user.engine)
    assert status == 0
    for name in RUNTIMES:
        assert re.search(rf"^{name} .* built ", said, re.MULTILINE), f"no row says that {name} was built"


def test_a_base_that_only_root_can_make(user: User, readme: tuple[str, str], engine: Engine) -> None:
    """One line says what root must do; nothing is built."""
    recipe = user.clone / "bases" / "debian" / "recipe.toml"
    text = recipe.read_text(encoding="utf-8")
    before = images(engine)
    recipe.write_text(f"{text}# another fingerprint: no engine has this base\n", encoding="utf-8")
    try:
        status, said = user.type_in(" ".join([readme[0], *RUNTIMES, "--force", "--bases bootstrap"]), **user.engine)
    finally:
        recipe.write_text(text, encoding="utf-8")
    assert status == ExitCode.ENGINE
    complaint = re.search(r"^error: (.*)$", said, re.MULTILINE)
    assert complaint, "no line says what is wrong"
    assert re.search(r"only root can put it together, once\..* As root, here: .*\./dev build --local", complaint[1])
    assert "started" not in said
    assert images(engine) == before


@pytest.mark.skipif(locate.answers(locate.SYSTEM_SOCKET), reason="this machine has a Docker engine of its own")
def test_no_engine(user: User, readme: tuple[str, str]) -> None:
    """One line says that root can start one; nothing is installed or left behind."""
    empty = user.home / "empty"
    status, said = user.type_in(" ".join([readme[0], *RUNTIMES]), RUNTIMEKIT_HOME=str(empty))
    assert status == ExitCode.ENGINE
    assert re.search(
        r"^error: no Docker engine answers .* only root can start one here\. .* Run this as root", said, re.MULTILINE
    )
    assert "Traceback" not in said
    assert not any(empty.glob("*"))
