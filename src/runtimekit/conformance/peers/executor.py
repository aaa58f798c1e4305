"""Runs the executor's class that builds, starts and calls runtimes, unchanged, against an image.

The class comes from a checkout that the user has. PHP runs it in a container, with stand-ins for the packages that it
uses (``tools/executor``). It starts real containers through the engine's socket, on a network that has no way out.
"""

from __future__ import annotations

import json
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.conformance.peers import examples, outcome
from runtimekit.conformance.peers.servers import created, start
from runtimekit.conformance.peers.suite import SOCKET, socket_of
from runtimekit.conformance.results import CaseResult, Outcome
from runtimekit.engine import containers
from runtimekit.errors import ConfigurationError, FunctionLaunchError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.engine.client import Engine

TOOL = "executor"
"""The folder of ``tools`` whose image it needs."""
RUNNER = "src/Executor/Runner/Docker.php"
NEEDED = (RUNNER, "app/config/errors.php")
AREA = "executor"
CHECKS_SECONDS = 300
"""All checks take 25 s. Each wait of the executor has an end of its own, of at most 120 s."""


def check(checkout: Path) -> None:
    """Refuse a folder that is no checkout of the executor.

    Raises:
        ConfigurationError: It lacks a file.
    """
    missing = [name for name in NEEDED if not (checkout / name).is_file()]
    if missing:
        raise ConfigurationError([Problem(checkout, None, f"is no checkout of the executor: it lacks {missing[0]}")])


def run(
    engine: Engine,
    checkout: Path,
    root: Path,
    *,
    name: str,
    language: str,
    image: str,
    tool: str,
    log: Callable[[str], None],
) -> SuiteResult:
    """Let the executor build, start and call a function in an image. Nothing is left in the engine.

    Args:
        engine: The engine; it must have both images, and a Unix socket on this machine.
        checkout: The executor's folder.
        root: The repository, which has the function.
        name: What the result is called, such as ``node-22-v5``.
        language: The function's language.
        image: The image to test.
        tool: The image of ``tools/executor``.
        log: Receives one line for each step.
    """

    def checks(folder: Path) -> tuple[CaseResult, ...]:
        log(f"{name}: the executor's {Path(RUNNER).name} with {image}")
        return read_checks(_run(engine, checkout, root, language, image, tool, folder))

    return outcome.result_of(name, checks)


def _run(engine: Engine, checkout: Path, root: Path, language: str, image: str, tool: str, folder: Path) -> str:
    """Run the checks, and return what they print."""
    example, socket = examples.EXAMPLES[language], socket_of(engine)
    examples.source(root, language, folder / "storage" / "source.tar.gz")
    hostname = f"runtimekit-executor-{secrets.token_hex(4)}"
    with ExitStack() as stack:
        network = stack.enter_context(containers.network(engine, "executor"))
        environment = {
            "IMAGE": image,
            "ENTRYPOINT": example.entrypoint,
            "INSTALL": example.install,
            "NETWORK": network,
            "OWN_TMP": str(folder),
            "OWN_LABEL": f"{containers.LABEL_OWNER}={containers.owner()}",
        }
        options = ["--hostname", hostname, "--network", network]
        mounts = ["--volume", f"{folder}:/tmp", "--volume", f"{socket}:{SOCKET}"]
        stack.callback(_empty, engine, tool, mounts[:2])
        stack.callback(_remove_runtimes, engine, hostname)
        command = ["php", "/usr/local/share/executor/run.php"]
        container = stack.enter_context(
            created(engine, tool, command, name="executor", environment=environment, options=[*options, *mounts])
        )
        for part in ("app", "src"):
            doing = f"copying the executor into {container.name}"
            engine.docker("cp", str(checkout / part), f"{container.id}:/executor/", doing=doing)
        start(container)
        status = container.wait(CHECKS_SECONDS)
        if status:
            what = f"the executor's class ended with {status}"
            raise FunctionLaunchError(image, what, container.logs(30))
        return container.logs()


def _remove_runtimes(engine: Engine, hostname: str) -> None:
    """Remove what the executor had started and an early end has left."""
    label = f"label=openruntimes-executor={hostname}"
    left = engine.docker("ps", "--all", "--quiet", "--filter", label, doing="looking for runtimes", check=False).split()
    if left:
        engine.docker("rm", "--force", "--volumes", *left, doing="removing runtimes", check=False)


def _empty(engine: Engine, tool: str, mount: list[str]) -> None:
    """Remove root's files from the executor's /tmp, which only root can."""
    command = ["find", "/tmp", "-mindepth", "1", "-delete"]  # noqa: S108 - inside the container
    with created(engine, tool, command, name="executor-end", options=mount) as container:
        start(container)
        container.wait(60)


def read_checks(printed: str) -> tuple[CaseResult, ...]:
    """The checks in the output of ``tools/executor/run.php``: one line of JSON each, among others."""
    rows = [json.loads(line) for line in printed.splitlines() if line.startswith('{"name":')]
    return tuple(
        CaseResult(
            id=row["name"],
            rule=AREA,
            area=AREA,
            outcome=Outcome.FAILED if row["wrong"] else Outcome.PASSED,
            seconds=0,
            message=row["wrong"],
        )
        for row in rows
    )
