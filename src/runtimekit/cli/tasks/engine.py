"""Tasks for the Docker engine, and `doctor`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task

if TYPE_CHECKING:
    from invoke.context import Context


@task()
def start(_context: Context) -> None:
    """Find an engine, or start the embedded one."""
    context = current()
    engine = context.engine
    context.log(f"{engine.location.description} answers: Docker {engine.info['ServerVersion']}")


@task()
def stop(_context: Context) -> None:
    """Stop the embedded engine; its images stay."""
    from runtimekit.engine.embedded import EmbeddedEngine

    stopped = EmbeddedEngine.of_this_home().stop()
    current().log("the embedded engine has stopped" if stopped else "no embedded engine was running")


@task()
def remove(_context: Context) -> None:
    """Stop the embedded engine; remove it with all images, its network, its emulators and what was downloaded."""
    from runtimekit.engine.embedded import EmbeddedEngine

    EmbeddedEngine.of_this_home().remove()
    current().log("the embedded engine is gone, and what was downloaded for it; packages that apt installed stay")


@task()
def status(_context: Context) -> None:
    """Say which engine is used, and whether it answers."""
    from runtimekit.engine import locate
    from runtimekit.engine.embedded import EmbeddedEngine

    found = locate.find_running()
    if found is None:
        print("no engine answers; the next task that needs one starts the embedded engine")  # noqa: T201
        return
    print(f"{found.description} answers: {found.host or 'as the docker client is set up'}")  # noqa: T201
    if found.embedded:
        engine = EmbeddedEngine.of_this_home()
        print(f"  data {engine.folder}\n  log  {engine.log}\n  pid  {engine.pid()}")  # noqa: T201


@task()
def env(_context: Context) -> None:
    """Print what a shell needs to talk to the engine with plain docker and compose: eval "$(./dev engine env)"."""
    context = current()
    if not context.engine.location.embedded:
        print("# the Docker of this machine is used: a plain docker client talks to it already")  # noqa: T201
        return
    from runtimekit.engine import compose
    from runtimekit.engine.embedded import EmbeddedEngine

    engine = EmbeddedEngine.of_this_home()
    compose.provide(engine, context.log)
    for name, value in engine.environment().items():
        print(f"export {name}={shlex.quote(value)}")  # noqa: T201
    print(f'export PATH={shlex.quote(str(engine.docker.parent))}:"$PATH"')  # noqa: T201


@task()
def doctor(_context: Context) -> None:
    """List what was found on this machine, what is missing, and the command that mends it."""
    from runtimekit.cli.doctor import run_checks
    from runtimekit.console import tables
    from runtimekit.errors import EngineError
    from runtimekit.reports.checks import CheckState

    checks = run_checks()
    context = current()
    context.results.print(tables.checks_table(checks))
    missing = [check.what for check in checks if check.state is CheckState.MISSING]
    if missing:
        raise EngineError(f"missing: {', '.join(missing)}; the table says what mends it.")
