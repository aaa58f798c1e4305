"""For programs that build, launch and call a user's function, in the image that production uses.

A folder's function, as ``./dev serve`` and ``./dev call`` run it::

    from runtimekit import client

    with client.opened("hello", runtime="node-24") as function:
        function.update()                       # build and launch; again after a change of its files
        answer = function.call(payload="hi", env={"GREETING": "hello"}, timeout=5)
        print(answer.status, answer.body.decode())

A function of the open-runtimes protocol takes any request, and its answer has what it logged::

    with client.opened("hello", protocol="v5", settings=client.Settings({"GREETING": "hello"})) as function:
        function.update()
        answer = function.call(method="PUT", path="/a?b=c", headers={"x-user": "1"}, payload=b"hi")
        print(answer.status, answer.lines, answer.body, answer.logs, answer.errors)

The steps one by one (what the conformance suite and the benchmark do) are :func:`build`, :func:`launch` and
:meth:`Function.call`. All of it is documented where it is defined, in the package :mod:`runtimekit.functions`.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.engine.client import Engine, connect
from runtimekit.errors import ImageMissingError
from runtimekit.functions.detect import Guess, guess
from runtimekit.functions.envelope import NO_SETTINGS, Settings
from runtimekit.functions.exchange import Answer, Request
from runtimekit.functions.function import Function, build, launch, wait_ready
from runtimekit.functions.local_function import WORK, LocalFunction
from runtimekit.repository import catalogue, configuration
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Answer",
    "Engine",
    "Function",
    "Guess",
    "LocalFunction",
    "Request",
    "Settings",
    "build",
    "connect",
    "guess",
    "launch",
    "opened",
    "wait_ready",
]


def _silent(_line: str) -> None:
    """Take a line and show it nowhere."""


@contextmanager
def opened(
    folder: str | Path,
    *,
    runtime: str = "",
    entrypoint: str = "",
    protocol: str = "",
    settings: Settings = NO_SETTINGS,
    repository: str | Path = ".",
    cache: bool = True,
    on_line: Callable[[str], None] = _silent,
    log: Callable[[str], None] = _silent,
) -> Iterator[LocalFunction]:
    """Open the function in a folder. Nothing runs before :meth:`LocalFunction.update`; nothing is left at the end.

    Args:
        folder: The function's folder.
        runtime: Its runtime, such as ``node-24``, or a language; by default guessed from the folder's files.
        entrypoint: The function's file; by default guessed.
        protocol: Its protocol, ``2021`` or ``v5``; by default what ``runtime.toml`` beside it says, else 2021.
        settings: The variables of a function of protocol v5; the time-out of :meth:`LocalFunction.exchange`.
        repository: A folder in the repository with the runtimes.
        cache: Whether downloads of package managers are kept in a volume.
        on_line: Is told what the function prints, from another thread.
        log: Is told what is done to the machine, such as starting an engine.

    Raises:
        ConfigurationError: The folder does not tell what it is.
        EngineError: There is no engine.
        ImageMissingError: The runtime's image was not built: ``./dev build --local node-24``.
    """
    root = configuration.find_root(Path(repository).resolve())
    known = catalogue.load(configuration.load(root))
    found = guess(Path(folder).resolve(), lambda _: known, runtime=runtime, entrypoint=entrypoint, protocol=protocol)
    platform = f"linux/{machine.native()}"
    engine = connect(log)
    needed = {found.runtime.build_image, found.runtime.run_image}
    for missing in sorted(needed - engine.images(needed).keys()):
        raise ImageMissingError(missing, platform, str(found.runtime))
    with LocalFunction(
        engine,
        found.runtime,
        Path(folder).resolve(),
        platform=platform,
        work=root / WORK,
        entrypoint=found.entrypoint,
        cache=cache,
        settings=settings,
        on_line=on_line,
    ) as function:
        yield function
