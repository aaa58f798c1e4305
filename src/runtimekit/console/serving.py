"""What ``serve`` and ``call`` show: requests, what the function prints, its errors with links to the files."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from rich.text import Text

from runtimekit.console import printable
from runtimekit.console.tables import human_time
from runtimekit.functions.printed import Printed
from runtimekit.functions.protocols import CODE_FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.console import Console
    from runtimekit.errors import RuntimekitError
    from runtimekit.functions.exchange import Answer
    from runtimekit.functions.front import Record

_FOLDERS = "|".join(map(re.escape, CODE_FOLDERS))
_PLACE = re.compile(rf"(?:file://)?(?:{_FOLDERS})(?P<file>[^\s:()\"'\[\],;]+)(?P<line>(?::\d+){{0,2}})")
_BAD_REQUEST, _SERVER_ERROR = 400, 500


def with_own_paths(text: str, folder: Path) -> Text:
    """The text with the container's paths as paths in the user's folder; each is a link in terminals that know them."""
    text = printable(text)
    shown, end = Text(), 0
    for found in _PLACE.finditer(text):
        shown.append(text[end : found.start()])
        file = folder / found["file"]
        link = f"link file://{quote(str(file))}" if file.exists() else ""
        shown.append(found["file"] + found["line"], style=link)
        end = found.end()
    shown.append(text[end:])
    return shown


class View:
    """Shows what happens to one function, line by line.

    Args:
        console: Where it is shown.
        folder: The function's folder.
    """

    def __init__(self, console: Console, folder: Path) -> None:
        self.console = console
        self.folder = folder
        self._printed = Printed()

    def note(self, text: str) -> None:
        """Show what is being done."""
        self._print(Text(f"▸ {text}"))

    def printed(self, line: str) -> None:
        """Show a line that the function has printed, unless it was shown as a line of a request's logs."""
        if self._printed.heard(line):
            self._line(line)

    def building(self, line: str) -> None:
        """Show a line that ``build.sh`` has printed."""
        self._print(Text("  ┆ ", style="dim") + with_own_paths(line, self.folder))

    def begun(self) -> None:
        """A request has come."""
        self._printed.begin()

    def logged(self, logs: str, errors: str) -> None:
        """Show what a request that has been answered has logged, but for what was shown when it was printed."""
        for line in self._printed.end(logs):
            self._line(line)
        if errors:
            self.error(errors)

    def request(self, record: Record) -> None:
        """Show one request: time of day, method, path, status, duration, size; and what went wrong."""
        style = "green" if record.status < _BAD_REQUEST else "yellow" if record.status < _SERVER_ERROR else "red"
        line = Text.assemble(
            (time.strftime("%H:%M:%S "), "dim"),
            f"{record.method} {printable(record.target)} ",
            (str(record.status), style),
            f" {human_milliseconds(record.seconds)} {record.size:,} bytes",
        )
        self._print(line)
        self.logged(record.logs, record.errors)
        if record.error:
            self.error(record.error)

    def error(self, message: str) -> None:
        """Show an error's message and trace."""
        for line in message.rstrip().split("\n"):
            self._print(Text("  ✗ ", style="red") + with_own_paths(line, self.folder))

    def failed(self, error: RuntimekitError) -> None:
        """Show why a build or a launch failed."""
        for line in str(error).rstrip().split("\n"):
            self._print(Text("✗ ", style="red") + with_own_paths(line, self.folder))

    def _line(self, line: str) -> None:
        self._print(Text("  │ ", style="dim") + with_own_paths(line, self.folder))

    def _print(self, text: Text) -> None:
        self.console.print(text, soft_wrap=True)


def human_milliseconds(seconds: float) -> str:
    """``12 ms`` up to ten seconds, then as all times."""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else human_time(seconds)  # noqa: PLR2004 - says the docstring


def as_json(answer: Answer, seconds: float) -> str:
    """The answer as JSON: ``status``, ``headers``, ``body`` (text, or base64 if it is none), ``seconds``.

    What the function has logged is in ``logs`` and ``errors``.
    """
    try:
        body = {"body": answer.body.decode()}
    except UnicodeDecodeError:
        body = {"body_base64": base64.b64encode(answer.body).decode()}
    logged = {name: text for name, text in (("logs", answer.logs), ("errors", answer.errors)) if text}
    row = {"status": answer.status, "headers": dict(answer.headers), **body, "seconds": round(seconds, 4), **logged}
    return json.dumps(row, ensure_ascii=False, indent=2)
