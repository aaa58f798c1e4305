"""What today's executor does with a runtime, done again literally: its mounts, its commands, its requests.

The numbers are those of `docs/executors.md`. Nothing of the project's own launching is used: only docker and a socket.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from executors import BUILD, BUILD_SECONDS, SCRIPT, START, Executor, as_root

from runtimekit.conformance.peers import examples
from runtimekit.engine import containers
from runtimekit.images.build import Builder
from runtimekit.repository import configuration
from runtimekit.repository.identifiers import Protocol
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container
    from runtimekit.repository.catalogue import Runtime

pytestmark = pytest.mark.needs_docker

REPOSITORY = Path(__file__).parents[2]
LARGE = bytes(range(256)) * 8192  # 2 MiB


@dataclass(frozen=True)
class Built:
    """A runtime of the protocol, and its example as the executor has built it."""

    runtime: Runtime
    example: examples.Example
    archive: Path
    said: str
    logging: Path
    """The folder with what `script` has written."""


LANGUAGES = [
    pytest.param(each, marks=() if each in examples.ALWAYS else pytest.mark.slow) for each in examples.EXAMPLES
]


@pytest.fixture(scope="module", params=LANGUAGES)
def built(request, cli, engine: Engine, runtimes, tmp_path_factory) -> Built:
    """E5: the build, once for each language."""
    builder = Builder(configuration.load(REPOSITORY), engine)
    platform = f"linux/{machine.native()}"
    newest = runtimes.of(Protocol.V5).newest_of(lambda each: builder.obstacle(each, platform) is None)
    runtime = next(each for each in newest if each.id.language == request.param)
    code, output = cli.run("build", "--local", "--protocol", "v5", f"{runtime.id.language}-{runtime.id.version}")
    assert code == 0, output
    example = examples.EXAMPLES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    examples.source(REPOSITORY, request.param, folder / "source.tar.gz")
    with containers.network(engine, "executor") as network:
        executor = Executor(engine, runtime.build_image, example.entrypoint, network, folder / "build")
        with executor.runtime(folder / "source.tar.gz", "tail", "-f", "/dev/null") as container:
            code, said = executor.execute(container, SCRIPT.format(command=BUILD.format(install=example.install)))
    assert code == 0, said
    return Built(runtime, example, executor.folder / "builds/code.tar.gz", said, executor.folder / "logging")


@pytest.fixture(scope="module")
def running(built: Built, engine: Engine, tmp_path_factory) -> Iterator[tuple[Executor, Container]]:
    """E6, E7: the start, once for each language."""
    with containers.network(engine, "executor") as network:
        folder = tmp_path_factory.mktemp("serve")
        executor = Executor(engine, built.runtime.build_image, built.example.entrypoint, network, folder)
        with executor.runtime(built.archive, "bash", "-c", START, CUSTOM="of the user") as container:
            executor.wait_for_port(container)
            yield executor, container


def test_a_build_is_logged_by_script(built: Built) -> None:
    """E5: the first line is script's own; the sizes of the others sum up to what follows it."""
    logs = as_root("cat", built.logging / "logs.txt")
    timings = as_root("cat", built.logging / "timings.txt").decode().split("\n")
    first, _, rest = logs.partition(b"\n")
    assert first.startswith(b"Script started")
    sizes = [int(row.split(" ", 1)[1]) for row in timings if row]
    assert sizes
    assert sum(sizes) <= len(rest)
    assert rest[: sum(sizes)].strip()
    assert [float(row.split(" ", 1)[0]) for row in timings if row]


def test_a_build_that_fails_says_so(built: Built, engine: Engine, tmp_path: Path) -> None:
    """E5: the exit code reaches the executor."""
    examples.source(REPOSITORY, built.runtime.id.language, tmp_path / "source.tar.gz")
    with containers.network(engine, "executor") as network:
        executor = Executor(engine, built.runtime.build_image, built.example.entrypoint, network, tmp_path / "build")
        with executor.runtime(tmp_path / "source.tar.gz", "tail", "-f", "/dev/null") as container:
            code, said = executor.execute(container, SCRIPT.format(command=BUILD.format(install="exit 7")))
    assert code != 0
    assert "Build command exited with code" in said
    assert not (executor.folder / "builds/code.tar.gz").exists()


def test_an_execution_passes_everything_on(running: tuple[Executor, Container]) -> None:
    """E8, E9: method, path, headers; control headers, the secret and its Authorization stay outside."""
    executor, container = running
    answer, logs, errors = executor.call(container, "/some/path?a=b", **{"X-Own": "yes"})
    assert (answer.status, logs, errors) == (200, "called GET /some/path hello\n", "")
    said = json.loads(answer.body)
    assert said["url"] == f"http://{'0' * 32}:3000/some/path?a=b"
    assert said["headers"]["x-own"] == "yes"
    assert not [name for name in said["headers"] if name.startswith("x-open-runtimes-") or name == "authorization"]
    assert said["env"]["CUSTOM"] == "of the user"
    assert executor.secret not in answer.body.decode()
    assert said["folder"] == "/usr/local/server/src/function"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_every_method_of_the_executor_reaches_the_function(running: tuple[Executor, Container], method: str) -> None:
    """E8."""
    executor, container = running
    answer, logs, _ = executor.call(container, method=method)
    assert (answer.status, logs) == (200, f"called {method} / hello\n")


def test_a_large_body_comes_after_100_continue(running: tuple[Executor, Container]) -> None:
    """E8: curl asks before it sends more than 1 MiB."""
    executor, container = running
    answer, _, _ = executor.call(container, "/echo", method="POST", payload=LARGE)
    assert (answer.status, answer.body == LARGE, answer.headers["x-made-by"]) == (201, True, "a function")


def test_logging_can_be_off(running: tuple[Executor, Container]) -> None:
    """E9: an empty id; no file appears."""
    executor, container = running
    answer, _, _ = executor.call(container, logging=False)
    assert (answer.status, answer.headers["x-open-runtimes-log-id"]) == (200, "")
    assert list((executor.folder / "logs").iterdir()) == []


def test_a_time_out_is_answered_before_the_executor_gives_up(running: tuple[Executor, Container]) -> None:
    """E8: it waits 5 s longer than it tells."""
    executor, container = running
    answer, logs, errors = executor.call(container, "/sleep", timeout=1)
    assert (answer.status, answer.body, logs) == (500, b"", "called GET /sleep hello\n")
    assert "Execution timed out." in errors


def test_a_crash_is_answered_and_the_next_request_is_served(running: tuple[Executor, Container]) -> None:
    """E10: the executor does not try again when a connection ends."""
    executor, container = running
    answer, logs, errors = executor.call(container, "/crash")
    assert (answer.status, answer.body, logs) == (500, b"", "called GET /crash hello\n")
    assert errors
    assert executor.call(container)[0].status == 200


def test_a_function_writes_to_tmp_and_not_to_the_logs(running: tuple[Executor, Container]) -> None:
    """E3: both are root's folders of mode 0755."""
    executor, container = running
    answer, _, errors = executor.call(container, "/write")
    assert (answer.status, errors) == (200, "EACCES\n")
    assert (executor.folder / "src/written").exists()
    assert list((executor.folder / "logs").iterdir()) == []


def test_a_command_runs_in_the_runtime(running: tuple[Executor, Container]) -> None:
    """E11."""
    executor, container = running
    command = "ls src/function && echo $OPEN_RUNTIMES_ENTRYPOINT"
    code, said = executor.execute(container, command)
    assert code == 0
    assert said.count(Path(executor.entrypoint).parts[0]) == 2


def test_the_container_keeps_no_log_of_its_own_secret(running: tuple[Executor, Container]) -> None:
    """`docker logs` is for operators, and for whoever they show it to."""
    executor, container = running
    printed = container.logs()
    assert "HTTP server successfully started!" in printed
    assert executor.secret not in printed


def test_the_orchestrator_builds_in_folders_of_its_own(built: Built, engine: Engine, tmp_path: Path) -> None:
    """E12: `sh -c` with the absolute path, in a workspace that it has filled, as a user that no image knows."""
    for name in ("workspace", "builds"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o777)
    examples.source(REPOSITORY, built.runtime.id.language, tmp_path / "source.tar.gz")
    (tmp_path / "workspace/source").mkdir()
    subprocess.run(["tar", "-xzf", tmp_path / "source.tar.gz", "-C", tmp_path / "workspace/source"], check=True)
    variables = {
        "OPEN_RUNTIMES_ENTRYPOINT": built.example.entrypoint,
        "OPEN_RUNTIMES_BUILD_INPUT_DIR": "/mnt/code/source",
        "OPEN_RUNTIMES_BUILD_OUTPUT_DIR": "/mnt/builds/one",
        "OPEN_RUNTIMES_BUILD_CACHE_ARTIFACT": "/mnt/builds/cache.sqfs",
        "OPEN_RUNTIMES_BUILD_COMPRESSION": "gzip",
    }
    with containers.network(engine, "orchestrator") as network:
        words = ["--network", network, "--memory", "512m", "--workdir", "/mnt/code", "--user", "65532:65532"]
        words += ["--label", f"{containers.LABEL_OWNER}={containers.owner()}"]
        words += [word for key, value in variables.items() for word in ("--env", f"{key}={value}")]
        mounts = {"workspace": "/mnt/code", "builds": "/mnt/builds"}
        words += [word for own, there in mounts.items() for word in ("--volume", f"{tmp_path / own}:{there}")]
        command = f"/usr/local/server/helpers/build.sh '{built.example.install}'"
        argv = [*engine.command, "run", "--rm", *words, built.runtime.build_image, "/bin/sh", "-c", command]
        done = subprocess.run(argv, check=False, capture_output=True, timeout=BUILD_SECONDS, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = as_root("tar", "-tzf", tmp_path / "builds/one/code.tar.gz").decode()
    assert f"./{built.example.entrypoint}\n" in listed
    assert built.example.installed in listed
