"""The commands of ``run:`` lines: tasks and sessions of ours, with options that they have. No shell beyond that."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from invoke.exceptions import ParseError
from invoke.parser import Parser

from runtimekit.cli.arguments import invoke_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from invoke.collection import Collection

_VARIABLE = re.compile(r"\$(\w+)")
_SHELL = re.compile(r"[;&|<>`(){}*?\\\n]|\$(?!\w)")
_HERE_STRING = re.compile(r'\s*<<<\s*"\$(?P<name>\w+)"$')
"""A secret for a command's standard input; any other redirection is logic."""
NOX, INVOKE, DEV = ".venv/bin/nox", ".venv/bin/invoke", "./dev"
STANDARD = frozenset({"HOME", "PATH", "RUNNER_TEMP", "GITHUB_WORKSPACE", "GITHUB_RUN_ID", "GITHUB_SHA"})
"""Variables that every step has."""


@dataclass(frozen=True)
class Known:
    """What there is to be called."""

    tasks: Collection
    sessions: AbstractSet[str]

    @cached_property
    def parser(self) -> Parser:
        """Invoke's own, for all tasks."""
        return Parser(contexts=self.tasks.to_contexts())


def problems(line: str, known: Known, variables: AbstractSet[str]) -> Iterator[str]:
    """What is wrong with one command of a ``run:`` block.

    Args:
        line: The command.
        known: What there is to be called.
        variables: What ``env:`` gives to the step.
    """
    secret = _HERE_STRING.search(line)
    command = line[: secret.start()] if secret else line
    for name in _VARIABLE.findall(line):
        if name not in variables | STANDARD:
            yield f"${name} is given by no `env:`"
    for name in re.findall(r"(?<![\"=\w])\$(\w+)", command):
        yield f'${name} must stand in quotes: "${name}"'
    if "${{" in command:
        yield "an expression stands in a command: its value could be one; give it through `env:`"
        return
    if found := _SHELL.search(command):
        yield f"{found[0]!r} makes it a script: what is to be decided belongs into a task"
        return
    try:
        words = shlex.split(command)
    except ValueError as error:
        yield f"no command: {error}"
        return
    match words:
        case [program, *rest] if program == DEV:
            yield from _task(invoke_arguments(rest, known.tasks), known)
        case [program, *rest] if program == INVOKE:
            yield from _task(rest, known)
        case [program, "-s", *rest] if program == NOX:
            yield from _sessions(rest, known)
        case _:
            yield f"{command!r} calls neither {DEV} nor {INVOKE} nor {NOX} -s"


def _task(words: Sequence[str], known: Known) -> Iterator[str]:
    try:
        parsed = known.parser.parse_argv(list(words))
    except ParseError as error:
        yield f"invoke says of {shlex.join(words)!r}: {error}"
        return
    if not parsed:
        yield "no task is named"


def _sessions(words: Sequence[str], known: Known) -> Iterator[str]:
    names = words[: words.index("--")] if "--" in words else words
    if not names:
        yield "no session is named"
    for name in names:
        if name not in known.sessions:
            yield f"there is no nox session {name!r}"
