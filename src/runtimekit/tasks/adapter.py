"""The one place where our errors become exit codes (see ``docs/errors.md``)."""

from __future__ import annotations

import functools
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

from invoke.exceptions import Exit
from invoke.tasks import task as invoke_task

from runtimekit.errors import DiskFullError, ExitCode, RunInterruptedError, RuntimekitError
from runtimekit.redaction import guard_streams, redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from invoke.context import Context

Body = TypeVar("Body", bound="Callable[..., None]")


def task(**options: Any) -> Callable[[Body], Body]:  # noqa: ANN401 - invoke's own options
    """Make an invoke task whose expected failures end it with a message and an exit code, never a traceback.

    Short flags are not made up: they would move when an option is added.
    """

    def decorate(body: Body) -> Body:
        @functools.wraps(body)
        def run(context: Context, *words: Any, **given: Any) -> None:  # noqa: ANN401 - whatever the task takes
            signal.signal(signal.SIGTERM, _interrupt)
            guard_streams()
            try:
                body(context, *words, **given)
            except RuntimekitError as error:
                raise Exit(redact(f"error: {error}"), code=int(error.exit_code)) from None
            except OSError as error:
                if full := DiskFullError.of(error):
                    raise Exit(redact(f"error: {full}"), code=int(full.exit_code)) from None
                if not isinstance(error, BrokenPipeError):
                    raise
                # The reader of our output has gone, as `head` does: no reason to fail, and none to say it twice.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            except KeyboardInterrupt:
                raise Exit(f"\n{RunInterruptedError()}", code=int(ExitCode.INTERRUPTED)) from None

        return cast("Body", invoke_task(auto_shortflags=False, **options)(run))

    return decorate


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM is treated as Ctrl-C: what this run has started is taken away first."""
    raise KeyboardInterrupt
