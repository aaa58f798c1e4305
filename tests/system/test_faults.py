"""Building with the real engine while things go wrong around it: full disk, kill -9, two runs at once, a deadline."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit.engine import buildx, containers
from runtimekit.errors import DeadlineError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
PLATFORMS = """
[project]
title = "Faults"
source = "https://example.org/faults"
licenses = "MIT"

[platforms.amd64]
docker = "linux/amd64"
runner = "a"

[platforms.arm64]
docker = "linux/arm64"
runner = "b"

[languages.fault]
name = "Fault"
kind = "interpreted"
entrypoint = "main"
"""
FLOOD = "FROM alpine:3.22\nRUN seq 1 100000 && echo {}\n"
"""More log than fits; told apart, so that no cache knows it."""
QUICK = "FROM alpine:3.22\nRUN sleep 0.5\nCOPY --from=adapter adapter /adapter\n"
KILLS = 20


@pytest.fixture
def monorepo(tmp_path: Path, engine) -> Iterator[Path]:
    """A repository with two images, which are gone from the engine afterwards."""
    root = tmp_path / "faults"
    for name in ("adapters/common", "adapters/fault", "gateway"):
        (root / name).mkdir(parents=True)
        (root / name / "adapter").write_text(str(tmp_path))  # unlike that of any other test
    (root / "platforms.toml").write_text(PLATFORMS)
    (root / "bases").symlink_to(ROOT / "bases")
    (root / "tasks.py").write_text("from runtimekit.tasks import namespace\n\n__all__ = ['namespace']\n")
    for version, dockerfile in (("1", QUICK), ("2", QUICK)):
        folder = root / "runtimes" / f"fault-{version}"
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text(dockerfile)
        (folder / "README.md").write_text("# Fault\n")
    yield root
    engine.docker("image", "rm", "--force", "fault-runtime:1", "fault-runtime:2", doing="clearing up", check=False)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A folder that holds no more than this. Mounting is root's business: CI's user asks sudo."""
    asking = () if os.geteuid() == 0 else ("sudo", "-n")
    options = f"size={size},uid={os.geteuid()},gid={os.getegid()}"
    folder.mkdir()
    subprocess.run([*asking, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*asking, "umount", str(folder)], check=True)


def left_behind(root: Path, engine) -> list[str]:
    """Processes, containers, networks and files of runs that have ended."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(root) in words and int(process.parent.name) != os.getpid():
            found.append(words)
    form = f'{{{{.Label "{containers.LABEL_OWNER}"}}}} {{{{.ID}}}}'
    for look in (("ps", "--all"), ("network", "ls")):
        lines = engine.docker(
            *look, "--filter", f"label={containers.LABEL_OWNER}", "--format", form, doing="listing"
        ).splitlines()
        found += [line for line in lines if not containers.is_owner_running(line.split()[0])]
    return found + [str(path) for path in (root / "build").rglob(".*")]


def test_a_full_disk_fails_the_image_that_does_not_fit_and_says_so(monorepo: Path, cli_in, engine) -> None:
    """The others go on to their own ends; nothing is lost, and with room again all is well."""
    (monorepo / "runtimes/fault-1/Dockerfile").write_text(FLOOD.format(secrets.token_hex(8)))
    with small_disk(monorepo / "build", "128k"):
        status, output = cli_in(monorepo).run("build", "--local")
    assert status == 1, output
    assert "fault-1 linux/amd64: FAILED: the disk is full:" in output
    assert "fault-2  linux/amd64" in output
    assert "Traceback" not in output
    status, output = cli_in(monorepo).run("build", "--local")
    assert status == 0, output
    assert left_behind(monorepo, engine) == []


def test_a_disk_that_is_full_from_the_start_is_one_clear_error(monorepo: Path, cli_in) -> None:
    """With the code that says: later."""
    with small_disk(monorepo / "build", "4k") as build:
        status, output = cli_in(monorepo).run("bake-file", "--local", "--output", str(build / "deep" / "bake.json"))
    assert status == 75, output
    assert output.startswith("error: the disk is full") or "\nerror: the disk is full" in output
    assert "Traceback" not in output


def test_killed_at_any_moment_nothing_is_left_after_the_next_run(monorepo: Path, cli_in, engine) -> None:
    """SIGKILL twenty times; what a run leaves is gone by itself or with the next one."""
    chance = random.Random(20)  # noqa: S311 - moments, no secrets
    for _ in range(KILLS):
        process = cli_in(monorepo).start("build", "--local", "--force")
        moment = chance.uniform(0, 2.5)
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
    status, output = cli_in(monorepo).run("build", "--local")
    assert status == 0, output
    end = time.monotonic() + 10  # children end at their parent's death, but not in the same moment
    while (left := left_behind(monorepo, engine)) and time.monotonic() < end:
        time.sleep(0.1)
    assert left == []
    assert "up to date" in cli_in(monorepo).run("build", "--local")[1]


def test_two_runs_at_once_build_each_image_once(monorepo: Path, cli_in) -> None:
    """The second one waits, and sees that its work is done."""
    runs = [cli_in(monorepo).start("build", "--local") for _ in range(2)]
    outputs = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs
    rows = [line for output in outputs for line in output.splitlines() if line.startswith("fault-")]
    rows = [row for row in rows if row.split()[1] == "linux/amd64"]  # of the tables
    assert sum(" built " in row for row in rows) == 2, outputs
    assert sum(" up to date " in row for row in rows) == 2, outputs


def test_a_build_that_takes_too_long_is_ended_in_the_engine_too(monorepo: Path, engine) -> None:
    """Nothing goes on inside after the deadline."""
    folder = monorepo / "runtimes/fault-1"
    (folder / "Dockerfile").write_text("FROM alpine:3.22\nRUN sleep 6173\n")
    base = next(iter(engine.images(["runtimekit-base/alpine:3.22"])))
    request = buildx.BuildRequest(
        name="late",
        folder=folder,
        platforms=("linux/amd64",),
        contexts={"alpine:3.22": f"docker-image://{base}"},
        output="type=cacheonly",
    )
    with pytest.raises(DeadlineError, match="sleep 6173"):
        buildx.build(
            engine,
            request,
            log=monorepo / "build/late.log",
            deadline=4,
            watch=lambda _: None,
            cancelled=threading.Event(),
        )
    end = time.monotonic() + 20
    while any(b"sleep\x006173" in path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()):
        assert time.monotonic() < end, "the build's step still runs 20 s after it was ended"
        time.sleep(0.1)
