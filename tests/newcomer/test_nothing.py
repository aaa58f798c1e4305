"""README's two commands on a machine that has nothing: Debian's minimal system, certificates, python3 and git."""

from __future__ import annotations

import os
import re
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from newcomers import ROOT, SETTINGS, show

from runtimekit.bases import make, sources
from runtimekit.engine import buildx, containers
from runtimekit.repository import recipes
from runtimekit.repository.recipes import Source
from runtimekit.support import commands
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.engine.client import Engine

PLATFORM = f"linux/{native()}"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
HOME = "/root"
CHECKOUT = f"{HOME}/runtimekit"
PROFILE = containers.Profile(
    user="0:0", memory="16g", pids=32_768, read_only=False, volumes=(HOME,), tmpfs=(), privileged=True
)
"""Privileged, since an engine is started in it; its home is a volume, since an engine's layers cannot lie on layers."""

SNAPSHOT = """
import glob, os, re
def text(path):
    try:
        return open(path, errors="replace").read()
    except OSError:
        return ""
for pid in glob.glob("/proc/[0-9]*"):
    words = text(pid + "/cmdline").replace("\\0", " ").strip()
    if words and int(pid[6:]) != os.getpid():
        print("process", words)
for line in text("/proc/self/mountinfo").splitlines():
    print("mount", line.split()[4])
for name in os.listdir("/sys/class/net"):
    print("network", name)
for folder in glob.glob("/run/runtimekit*") + glob.glob("/root/.cache/runtimekit*") + glob.glob("/tmp/*"):
    print("folder", folder)
"""
"""Everything that this project could leave behind, a line each."""


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """What of the host's environment is passed on. Its paths mean nothing inside, but for Debian's own bundle."""
    chosen = {name: value for name, value in environment.items() if SETTINGS.fullmatch(name)}
    return {name: value for name, value in chosen.items() if not value.startswith("/") or value == CERTIFICATES}


def apt_proxy() -> str:
    """The proxy that the host's apt uses, as a file for another apt."""
    if shutil.which("apt-config") is None:
        return ""
    argv = ["apt-config", "dump", "--format", '%f "%v";%n', "Acquire::http::Proxy", "Acquire::https::Proxy"]
    lines = commands.run(argv, doing="asking apt for its proxy").stdout.splitlines()
    return "".join(f"{line}\n" for line in lines if not line.endswith(' "";'))


def build_machine(engine: Engine, suite: str, folder: Path) -> str:
    """The machine's image: its base from the registry or made here, and how the host reaches registries."""
    shutil.copy(Path(__file__).parent / "Dockerfile", folder)
    (folder / "certificates").mkdir()
    for path in Path("/usr/local/share/ca-certificates").glob("*.crt"):
        shutil.copy(path, folder / "certificates")
    (folder / "apt.conf").write_text(apt_proxy())
    reference, image = f"debian:{suite}-slim", f"runtimekit-newcomer:{suite}"
    contexts = {}
    if sources.bootstraps(Source.AUTO):
        maker = make.Bootstrapper(engine, recipes.load_recipes(ROOT / "bases"), logs=folder / "logs", log=print)
        contexts[reference] = f"docker-image://{maker.provide(reference, [PLATFORM])}"
    request = buildx.BuildRequest(
        name=image,
        folder=folder,
        platforms=(PLATFORM,),
        tags=(image,),
        contexts=contexts,
        build_args={"SUITE": suite},
    )
    log, ignore = folder / "machine.log", lambda _progress: None
    buildx.build(engine, request, log=log, deadline=1200, watch=ignore, cancelled=threading.Event())
    return image


@pytest.fixture
def machine(
    engine: Engine, repository: Path, pytestconfig: pytest.Config, tmp_path: Path
) -> Iterator[containers.Container]:
    """The machine, with a clone of this repository in its home."""
    image = build_machine(engine, pytestconfig.getoption("suite"), tmp_path)
    with containers.running(engine, image, name="newcomer", platform=PLATFORM, profile=PROFILE) as container:
        engine.docker("cp", str(repository), f"{container.id}:/tmp/repository.git", doing="copying the repository in")
        container.execute("chown", "-R", "0:0", "/tmp/repository.git")
        container.execute("git", "clone", "--quiet", "/tmp/repository.git", CHECKOUT)
        container.execute("rm", "-r", "/tmp/repository.git")
        yield container


def type_in(machine: containers.Container, line: str, *, deadline: float) -> str:
    """Type a line into a shell in the clone, and return what it prints; it must succeed."""
    given = settings(os.environ) | {"RUNTIMEKIT_WITHOUT": "newcomer"}
    words = [word for name, value in given.items() for word in ("--env", f"{name}={value}")]
    argv = [*machine.engine.command, "exec", "--workdir", CHECKOUT, *words, machine.id, "bash", "-c", line]
    status, said = show(line, argv, deadline=deadline)
    assert status == 0, f"{line!r} ended with {status} on a machine that has nothing; its words are above"
    return said


def left(machine: containers.Container) -> set[str]:
    """Processes, mounts, networks and folders that are there now."""
    return set(machine.execute("python3", "-c", SNAPSHOT).splitlines())


def test_the_readmes_two_commands(
    machine: containers.Container, readme: tuple[str, str], names: tuple[str, ...]
) -> None:
    """They do everything, and `engine remove` takes it all away again."""
    first, second = (" ".join([command, *names]) for command in readme)
    before = left(machine)
    built = type_in(machine, first, deadline=5400 if not names else 1200)
    for name in names:
        assert re.search(rf"^{name} .* built ", built, re.MULTILINE), f"no row says that {name} was built"
    tested = type_in(machine, second, deadline=4 * 3600 if not names else 1200)
    assert "left out: newcomer" in tested
    type_in(machine, "./dev engine remove", deadline=120)
    assert left(machine) - before == set()
