"""The page of all tasks with their options, made from the tasks themselves."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from markdown_text import code, table

from runtimekit.cli import overview
from runtimekit.cli.arguments import display_name
from runtimekit.cli.tasks import namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from invoke.parser.argument import Argument
    from invoke.parser.context import ParserContext

ABOUT = """# Tasks

Every task of `./dev` with all its options. This page is made from the tasks themselves. `./dev TASK --help` says
the same, and `./dev --list` shows every name. Names of runtimes are written behind the task: `./dev build node-22`
is `./dev build --only node-22`.
"""


def page() -> str:
    """The page, as Markdown: a part for each group of the overview, in its order.

    Raises:
        LookupError: A task is in no group of the overview.
    """
    contexts = {str(context.name): context for context in namespace.to_contexts()}
    parts = [ABOUT]
    for group in overview.GROUPS:
        parts.append(f"## {group.title}\n")
        for name in _tasks_of(group, contexts):
            parts += _task(name, contexts.pop(name))
    if contexts:
        raise LookupError(f"no group of cli/overview.py has {', '.join(sorted(contexts))}")
    return "\n".join(parts)


def _tasks_of(group: overview.Group, contexts: dict[str, ParserContext]) -> Iterator[str]:
    """Invoke's names of a group's tasks; an example begins with its task's name."""
    for words in (*(command for command, _ in group.examples), *group.also):
        first, _, rest = words.partition(" ")
        name = f"{first}.{rest.partition(' ')[0]}"
        name = name if name in contexts else first
        if name in contexts:
            yield name


def _task(name: str, context: ParserContext) -> Iterator[str]:
    shown = display_name(name)
    words = [each.names[0].upper() for each in context.positional_args]
    words += ["[RUNTIME …]"] if "only" in context.args else []
    yield f"### {shown}\n"
    yield f"{_first_paragraph(namespace[name].__doc__ or '')}\n"
    yield f"```text\n./dev {' '.join([shown, *words])}\n```\n"
    if context.args:
        yield table(("option", "default", "meaning"), map(_row, context.args.values()))


def _row(argument: Argument) -> tuple[str, str, str]:
    value = {bool: "", int: " NUMBER"}.get(argument.kind, " TEXT")
    shown = argument.names[0].upper() if argument.positional else f"--{argument.names[0]}{value}"
    default = "" if argument.default in (None, False, "", 0, []) else code(str(argument.default))
    return code(shown), default, argument.help or ""


def _first_paragraph(text: str) -> str:
    return inspect.cleandoc(text).partition("\n\n")[0]
