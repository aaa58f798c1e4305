"""What people see. The only package that imports rich; task modules import it inside their bodies."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from rich.console import Console

from runtimekit.support.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH_WITHOUT_TERMINAL = 120
"""In a file or a CI log nobody's window limits the tables; rich would assume 80."""

_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _PipeTolerantConsole(Console):
    """A console whose reader may go away, as ``head`` does, without ending the work or changing its exit code."""

    def on_broken_pipe(self) -> None:
        """Be quiet from now on. rich would end the process, with containers still running."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())  # what is still in the stream's own buffer is flushed at exit
        os.close(nowhere)


def make_console(*, stderr: bool = False, environ: Mapping[str, str] | None = None) -> Console:
    """A console that honours NO_COLOR, TERM=dumb and COLUMNS, and takes no text for markup.

    What is printed comes from tools and users, and ``[red]`` in a log must stay ``[red]``.
    """
    environ = os.environ if environ is None else environ
    console = _PipeTolerantConsole(stderr=stderr, markup=False, highlight=False, emoji=False, _environ=environ)
    if not console.is_terminal and not environ.get("COLUMNS", "").isdigit():
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


def printable(text: str) -> str:
    """``text`` without colours, cursor movements, other control characters and secrets; line ends and tabs stay.

    Secrets are taken out here already because a table may fold them, and the stream would not know them again.
    """
    return redact(_CONTROL.sub("", _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))))
