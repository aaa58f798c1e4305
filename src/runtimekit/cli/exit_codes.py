"""Turns errors into messages and exit codes (docs/errors.md). No other module does."""

from __future__ import annotations

import functools
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

from invoke.exceptions import Exit
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from runtimekit.errors import DiskFullError, ExitCode, RunInterruptedError, RuntimekitError
from runtimekit.support.redaction import guard_streams, redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from invoke.context import Context
    from invoke.parser.argument import Argument

TaskFunction = TypeVar("TaskFunction", bound="Callable[..., None]")


class TaskKeepingHelp(Task):  # type: ignore[type-arg]  # invoke's own type variable says nothing
    """A task whose ``help`` survives ``get_arguments``: invoke's removes each text at the first call.

    We call it more than once: to tell names from values, to complete, and for ``--help``.
    """

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """Return the task's arguments, at each call with their help texts."""
        texts = dict(self.help)
        try:
            return super().get_arguments(ignore_unknown_help)
        finally:
            self.help = texts


def exit_for(error: RuntimekitError) -> Exit:
    """Return the exception that ends invoke with the error's message, without secrets, and its exit code."""
    return Exit(redact(f"error: {error}"), code=int(error.exit_code))


def discard_stdout() -> None:
    """Send all further output nowhere, after the reader of stdout has closed the pipe, as ``head`` does."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())  # Python flushes the stream's buffer at exit
    os.close(null)


def task(**options: Any) -> Callable[[TaskFunction], TaskFunction]:  # noqa: ANN401 - invoke's own options
    """Make an invoke task. Expected errors end it with a message and an exit code, without a traceback.

    There are no automatic short flags: they would change when an option is added.
    """

    def decorate(body: TaskFunction) -> TaskFunction:
        @functools.wraps(body)
        def run(context: Context, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401 - whatever the task takes
            signal.signal(signal.SIGTERM, _interrupt)
            guard_streams()
            try:
                body(context, *arguments, **keywords)
            except RuntimekitError as error:
                raise exit_for(error) from None
            except OSError as error:
                if full := DiskFullError.of(error):
                    raise exit_for(full) from None
                if not isinstance(error, BrokenPipeError):
                    raise
                discard_stdout()
            except KeyboardInterrupt:
                raise Exit(f"\n{RunInterruptedError()}", code=int(ExitCode.INTERRUPTED)) from None

        return cast("TaskFunction", invoke_task(klass=TaskKeepingHelp, auto_shortflags=False, **options)(run))

    return decorate


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Treat SIGTERM as Ctrl-C: the run first removes the containers and processes that it has started."""
    raise KeyboardInterrupt
