"""Output for people. Only this package imports rich, and tasks import it inside their bodies."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from rich.console import Console

from runtimekit.support.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Console", "make_console", "printable"]

WIDTH_WITHOUT_TERMINAL = 120
"""The width of tables in files and CI logs, which no window limits. rich would assume 80."""

_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _PipeTolerantConsole(Console):
    """A console that survives a closed pipe (``./dev … | head``): the work goes on, and its exit code stays."""

    def on_broken_pipe(self) -> None:
        """Print nothing from now on. rich would end the process and leave containers running."""
        self.quiet = True
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self.file.fileno())  # Python flushes the stream's buffer at exit
        os.close(null)


def make_console(*, stderr: bool = False, environ: Mapping[str, str] | None = None) -> Console:
    """Return a console that honours NO_COLOR, TERM=dumb and COLUMNS, and interprets no markup.

    Tools and users write what is printed: ``[red]`` in a log must stay ``[red]``.
    """
    environ = os.environ if environ is None else environ
    console = _PipeTolerantConsole(stderr=stderr, markup=False, highlight=False, emoji=False, _environ=environ)
    if not console.is_terminal and not environ.get("COLUMNS", "").isdigit():
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


def printable(text: str) -> str:
    """Return ``text`` without escape sequences, other control characters and secrets. Line ends and tabs stay.

    Secrets must go before a table folds them: the redacting stream cannot find a secret with a line break in it.
    """
    return redact(_CONTROL.sub("", _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))))
