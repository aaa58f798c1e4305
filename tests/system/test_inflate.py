"""`inflate`, which unpacks functions: the program as the images have it."""

from __future__ import annotations

import gzip
import random
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import containers
from runtimekit.support import machine

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Catalogue

pytestmark = pytest.mark.needs_docker

CHOICE = random.Random(20261129)  # noqa: S311 - no secret depends on it
TEXT = CHOICE.randbytes(50_000) + b"text " * 20_000 + bytes(500_000)
ARCHIVE = gzip.compress(TEXT)


def program(cli: Any, engine: Engine, runtimes: Catalogue, folder: Path, architecture: str) -> str:
    """The path of a copy of it."""
    platform = f"linux/{architecture}"
    code, output = cli.run("build", "alpine-3.22", "--platform", platform)
    assert code == 0, output
    path = folder / "inflate"
    image = runtimes.get("alpine-3.22").run_image
    with (
        containers.running(engine, image, ("sleep", "60"), name="inflate", platform=platform) as container,
        path.open("wb") as copy,
    ):
        container.copy_file("/usr/local/bin/inflate", copy)
    path.chmod(0o755)
    return str(path)


@pytest.fixture(scope="module", params=["amd64", "arm64"])
def inflate(
    cli: Any,
    engine: Engine,
    runtimes: Catalogue,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> str:
    """The program of each architecture; one of them is emulated, with what the engine has registered for that."""
    return program(cli, engine, runtimes, tmp_path_factory.mktemp("program"), request.param)


def ended(inflate: str, archive: bytes, *command: str) -> tuple[int, bytes, str]:
    """The exit code, and what it printed."""
    done = subprocess.run([inflate, *command], input=archive, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize(
    ("archive", "text"),
    [
        (ARCHIVE, TEXT),
        (ARCHIVE + gzip.compress(b"") + gzip.compress(b"tail", 0), TEXT + b"tail"),
        (ARCHIVE + bytes(1000), TEXT),
        (gzip.compress(b""), b""),
    ],
    ids=["one member", "several", "padding", "empty"],
)
def test_all_members_are_inflated(inflate: str, archive: bytes, text: bytes) -> None:
    """In one piece, and in pieces of any size."""
    assert ended(inflate, archive, "cat") == (0, text, "")
    with subprocess.Popen([inflate, "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        source = process.stdin

        def feed() -> None:
            at = 0
            while at < len(archive):
                size = CHOICE.choice([1, 2, 3, 7, 100, 5000])
                source.write(archive[at : at + size])
                source.flush()
                at += size
            source.close()

        thread = threading.Thread(target=feed)
        thread.start()
        inflated = process.stdout.read()
        thread.join()
    assert (process.returncode, inflated == text) == (0, True)


def test_damage_is_told(inflate: str) -> None:
    """Cut off anywhere, or with any bit turned, unless nothing depends on it."""
    assert ended(inflate, b"", "cat") == (1, b"", "inflate: this is no gzip archive\n")
    assert ended(inflate, b"rubbish" * 1000, "cat") == (1, b"", "inflate: this is no gzip archive\n")
    short = gzip.compress(b"some words" * 20)
    for size in range(2, len(short)):
        code, _, said = ended(inflate, short[:size], "cat")
        assert (code, said) == (1, "inflate: the archive ends too early\n"), size
    for _ in range(200):
        damaged = bytearray(ARCHIVE)
        damaged[CHOICE.randrange(10, len(damaged))] ^= 1 << CHOICE.randrange(8)
        code, text, said = ended(inflate, bytes(damaged), "cat")
        assert (code == 1 and said.startswith("inflate: the archive ")) or (code == 0 and text == TEXT)


def test_it_ends_as_its_command(inflate: str) -> None:
    """Whether that reads all or not; 1 for damage that the command has not seen."""
    assert ended(inflate, ARCHIVE, "sh", "-c", "exit 3")[0] == 3
    assert ended(inflate, ARCHIVE, "sh", "-c", "kill -9 $$")[0] == 128 + 9
    assert ended(inflate, ARCHIVE, "head", "-c", "5") == (0, TEXT[:5], "")
    assert ended(inflate, ARCHIVE[:-4], "sh", "-c", "cat >/dev/null")[0] == 1
    assert ended(inflate, ARCHIVE, "no-such-command")[0] == 127
    assert ended(inflate, ARCHIVE)[0] == 64


def test_it_takes_little_memory(cli: Any, engine: Engine, runtimes: Catalogue, tmp_path: Path) -> None:
    """However large the archive is: a container's limit is the function's. An emulator would need more by itself."""
    inflate = program(cli, engine, runtimes, tmp_path, machine.native())
    limited = ("sh", "-c", 'ulimit -v 65536; exec "$0" wc -c', inflate)
    archive = gzip.compress(bytes(200 << 20), 1)
    done = subprocess.run(limited, input=archive, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"%d\n" % (200 << 20)), done.stderr
