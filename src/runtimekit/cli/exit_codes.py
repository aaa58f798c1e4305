"""The one place where our errors become exit codes (see ``docs/errors.md``)."""

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
    """A task whose options keep their texts: invoke's takes each out of ``help`` when the options are first asked for.

    They are asked for more than once here: to tell names from values, to complete, and for ``--help``.
    """

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        """What the task takes, as often as one asks."""
        texts = dict(self.help)
        try:
            return super().get_arguments(ignore_unknown_help)
        finally:
            self.help = texts


def exit_for(error: RuntimekitError) -> Exit:
    """The end of the process with one clear message, no secret in it, and the exit code that the error has."""
    return Exit(redact(f"error: {error}"), code=int(error.exit_code))


def discard_stdout() -> None:
    """The reader of our output has gone, as ``head`` does: no reason to fail, and none to say it twice."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # what is still in the stream's buffer is flushed at exit
    os.close(nowhere)


def task(**options: Any) -> Callable[[TaskFunction], TaskFunction]:  # noqa: ANN401 - invoke's own options
    """Make an invoke task whose expected failures end it with a message and an exit code, never a traceback.

    Short flags are not made up: they would move when an option is added.
    """

    def decorate(body: TaskFunction) -> TaskFunction:
        @functools.wraps(body)
        def run(context: Context, *words: Any, **given: Any) -> None:  # noqa: ANN401 - whatever the task takes
            signal.signal(signal.SIGTERM, _interrupt)
            guard_streams()
            try:
                body(context, *words, **given)
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
    """SIGTERM is treated as Ctrl-C: what this run has started is taken away first."""
    raise KeyboardInterrupt
