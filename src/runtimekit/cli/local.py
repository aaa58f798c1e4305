"""What ``serve`` and ``call`` have in common: options, images, building with its words shown."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.cli import derived
from runtimekit.cli.context import current
from runtimekit.cli.folders import from_user
from runtimekit.cli.images import with_images
from runtimekit.console.serving import View
from runtimekit.engine import containers
from runtimekit.errors import ConfigurationError, FunctionBuildError, OptionError, Problem, RuntimekitError
from runtimekit.functions import detect, runtime_toml
from runtimekit.functions.envelope import Settings
from runtimekit.functions.local_function import WORK, LocalFunction
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from runtimekit.console import Console
    from runtimekit.functions.detect import Guess
    from runtimekit.images.build import Builder
    from runtimekit.repository.identifiers import Protocol

NAMES_SHOWN = 3


@dataclass(frozen=True)
class Opened:
    """A function that is ready to be built, and what it was opened with."""

    function: LocalFunction
    view: View
    builder: Builder
    guess: Guess
    recorded: Protocol | None
    """What runtime.toml said of the protocol."""


def settings(env: Sequence[str], env_file: str, timeout: str) -> Settings:
    """What every request gets, from ``--env``, ``--env-file`` and ``--timeout``.

    Raises:
        OptionError: A variable has no ``=``, or the time-out is no positive number.
        ConfigurationError: The file cannot be read.
    """
    found = _variables(from_user(env_file)) if env_file else {}
    for text in env:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise OptionError("env", text, ["NAME=VALUE"])
        found[name] = value
    return Settings(found, _seconds(timeout) if timeout else None)


def _variables(file: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    if not file.is_file():
        raise ConfigurationError([Problem(file, None, "is not there, or is no file; --env-file names one")])
    return {name: value or "" for name, value in dotenv_values(file, interpolate=False).items()}


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise OptionError("timeout", text, ["a number of seconds, such as 30"])
    return seconds


@contextmanager
def opened(
    folder: str, runtime: str, entrypoint: str, protocol: str, *, settings: Settings, cache: bool, console: Console
) -> Iterator[Opened]:
    """Find out what the function is, provide its images, and remove everything of it at the end.

    Raises:
        ConfigurationError: The folder does not tell what it is.
        SomeFailedError: An image cannot be had.
    """
    context = current()
    source = from_user(folder)
    recorded = runtime_toml.protocol(source)
    guess = detect.guess(source, context.catalogue_for, runtime=runtime, entrypoint=entrypoint, protocol=protocol)
    view = View(console, source)
    entry = guess.entrypoint or guess.runtime.entrypoint
    speaks = f"protocol {guess.runtime.protocol} ({guess.protocol_because})"
    view.note(f"{source.name}/{entry} on {guess.runtime} ({guess.because}), {speaks}")
    platform = f"linux/{machine.native()}"
    builder = with_images([guess.runtime], platform)
    for name in containers.remove_orphans(context.engine):
        view.note(f"removed {name}, which a killed run had left")
    chosen = derived.runtime_for(builder, guess.runtime, source, platform)
    with (
        _one_interrupt(),
        LocalFunction(
            context.engine,
            chosen,
            source,
            platform=platform,
            work=context.configuration.root / WORK,
            entrypoint=guess.entrypoint,
            cache=cache,
            settings=settings,
            on_line=view.printed,
            on_build_line=view.building,
        ) as function,
    ):
        yield Opened(function, view, builder, guess, recorded)


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """Heed the first Ctrl-C or SIGTERM only: what comes after it must not interrupt the removal of containers."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in heeded:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    heeded = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def update(function: LocalFunction) -> None:
    """Build and launch. The words of a build that fails were shown already and are not in the error.

    Raises:
        FunctionBuildError, FunctionLaunchError: It failed.
    """
    try:
        function.update()
    except FunctionBuildError as error:
        raise error.without_output() from None


def rebuild(opened: Opened, names: Sequence[str]) -> None:
    """Build what has changed; on other images if runtime.toml has changed. If that fails, what runs goes on."""
    function, view = opened.function, opened.view
    began = time.monotonic()
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    view.note(f"changed: {', '.join(names[:NAMES_SHOWN])}{more}")
    try:
        if runtime_toml.FILE_NAME in names:
            _check_protocol(opened)
            function.use(derived.runtime_for(opened.builder, opened.guess.runtime, function.folder, function.platform))
        update(function)
    except RuntimekitError as error:
        view.failed(error)
        if function.is_running:
            view.note("the build before it goes on")
    else:
        view.note(f"replaced after {time.monotonic() - began:.2f} s")


def _check_protocol(opened: Opened) -> None:
    """See that runtime.toml still says the same: what runs goes on in the protocol that it began with."""
    folder = opened.function.folder
    recorded = runtime_toml.protocol(folder)
    if recorded is not opened.recorded:
        text = f"names another protocol than {opened.guess.runtime.protocol}, which runs; end it, and serve again"
        raise ConfigurationError([Problem(folder / runtime_toml.FILE_NAME, None, text)])


def read_payload(value: str) -> tuple[bytes, Path]:
    """The payload of ``--payload``, and where it comes from: the text itself, ``@FILE``, or ``-`` for standard input.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    if value == "-":
        import sys

        return sys.stdin.buffer.read(), Path("standard input")
    if not value.startswith("@"):
        return value.encode(errors="surrogateescape"), Path("--payload")
    file = from_user(value[1:])
    try:
        return file.read_bytes(), file
    except OSError as error:
        raise ConfigurationError([Problem(file, None, f"{os.strerror(error.errno or 0)}; --payload @FILE")]) from None
