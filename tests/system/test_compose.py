"""`docker compose up` checks runtimes in their images; without images one line says what makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bundled import compose_program

from runtimekit.images import workbench
from runtimekit.images.build import Builder
from runtimekit.repository import configuration
from runtimekit.support.home import home

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
RUNTIME = "lua-5.4"
"""A small one."""


class Repository:
    """A copy of this repository, in which somebody types `docker compose`."""

    def __init__(self, folder: Path, engine) -> None:
        self.folder = folder
        self.project = f"runtimekit-test-{os.getpid()}"
        address = engine.location.host.removeprefix("unix://")
        reached = {"DOCKER_HOST": engine.location.host, "RUNTIMEKIT_SOCKET": address} if address else {}
        settings = folder.parent / "docker"
        settings.mkdir()
        self.environment = {
            **os.environ,
            **reached,
            "DOCKER_CONFIG": str(settings),
            "RUNTIMEKIT_HOME": str(home()),
            "RUNTIMES": f"{RUNTIME} --scope core",
            "PWD": str(folder),
        }

    def compose(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run compose; both streams as one."""
        return subprocess.run(
            [*compose_program(), "--project-name", self.project, "--ansi", "never", *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=500,
            check=False,
        )

    def up(self) -> subprocess.CompletedProcess[str]:
        """What the documents promise, with the exit code of the tests."""
        return self.compose("up", "--exit-code-from", "tests")


@pytest.fixture(scope="module")
def repository(cli, engine, tmp_path_factory) -> Iterator[Repository]:
    """A copy of what git knows here, with the images that are needed."""
    status, text = cli.run("build", "--local", "--only", RUNTIME)
    assert status == 0, text
    assert workbench.provide(Builder(configuration.load(ROOT), engine))
    folder = tmp_path_factory.mktemp("own") / "repository"
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(folder)], check=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():  # what is not committed yet, too
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    made = Repository(folder, engine)
    yield made
    made.compose("down", "--volumes", "--timeout", "5")


def test_it_checks_the_runtimes(repository: Repository) -> None:
    """In a container that sees the repository where it is; what was found is in the usual folder."""
    done = repository.up()
    assert done.returncode == 0, done.stdout
    assert f"{RUNTIME} " in done.stdout
    assert " passed " in done.stdout
    assert list((repository.folder / "build/reports").glob(f"{RUNTIME}-*.json")), done.stdout


def test_images_that_are_not_there_are_named_in_one_line(repository: Repository) -> None:
    """Nothing is built: that is for `./dev build`, which shows how long it will take."""
    changed = repository.folder / "adapters/lua/launch.sh"
    before = changed.read_bytes()
    changed.write_bytes(before + b"\n# changed\n")
    try:
        done = repository.up()
    finally:
        changed.write_bytes(before)
    assert done.returncode == 1, done.stdout
    said = [line for line in done.stdout.splitlines() if "missing or stale" in line]
    assert len(said) == 1
    assert said[0].endswith(f"error: missing or stale: {RUNTIME}; `./dev build --local` makes them.")
    assert " passed " not in done.stdout


def test_without_its_own_image_compose_says_so(repository: Repository) -> None:
    """It does not ask a registry, which has none."""
    file = repository.folder / "compose.yaml"
    text = file.read_text()
    file.write_text(text.replace(workbench.NAME, "runtimekit-workbench:nowhere"))
    try:
        done = repository.up()
    finally:
        file.write_text(text)
    assert done.returncode != 0
    assert [line for line in done.stdout.splitlines() if "No such image: runtimekit-workbench:nowhere" in line]
    assert "ull access denied" not in done.stdout
    assert "Pulling" not in done.stdout
