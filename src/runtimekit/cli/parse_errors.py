"""Errors of the command line, from the state of invoke's parser, with a suggestion where there is one."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from runtimekit.cli.arguments import display_name
from runtimekit.errors import (
    OptionError,
    RuntimekitError,
    UnknownOptionError,
    UnknownTaskError,
    ValueMissingError,
    ValueNotTakenError,
)
from runtimekit.repository.identifiers import near_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from invoke.collection import Collection
    from invoke.parser.context import ParserContext

_SINGLE_DASH = re.compile(r"-[a-z]{2}")
"""A long option that lacks a dash. invoke would read it as several short options."""


def unknown_word(word: str, words: Sequence[str], context: ParserContext, tasks: Collection) -> RuntimekitError:
    """Return the error for a word that is neither a task nor an option.

    Args:
        word: The word that invoke's parser does not know.
        words: All words of the command line.
        context: The task before the word; without a name it is ``./dev`` itself.
        tasks: All tasks.
    """
    if word.startswith("-"):
        return _unknown_option(word, context)
    for typed in words:
        option, is_given, value = typed.partition("=")
        if is_given and value == word and option in context.flags and not context.flags[option].takes_value:
            return ValueNotTakenError(option, value)
    known = {display_name(name) for name in tasks.task_names} | set(tasks.collections)
    return UnknownTaskError(display_name(word), near_names(display_name(word), known))


def single_dash_option(words: Iterable[str], context: ParserContext) -> RuntimekitError | None:
    """Return the error for a long option with one dash, such as ``-platform``, unless it is an option's value."""
    value_follows = False
    for word in words:
        if not value_follows and _SINGLE_DASH.match(word):
            return _unknown_option(word, context)
        value_follows = not value_follows and word in context.flags and context.flags[word].takes_value
    return None


def missing_value(words: Sequence[str], context: ParserContext) -> RuntimekitError | None:
    """Return the error for an option without its value or with one of a wrong type, or for a missing argument."""
    separate = [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]
    for option, value in itertools.pairwise([*separate, ""]):
        argument = context.flags.get(option)
        if argument is None or not argument.takes_value:
            continue
        if not value or value in context.flags:
            return ValueMissingError(_command(context), [option])
        if argument.kind is int and not value.removeprefix("-").isdecimal():
            return OptionError(option.lstrip("-"), value, ["a whole number"])
    return missing_arguments(context, [argument.names[0] for argument in context.positional_args])


def missing_arguments(context: ParserContext, names: Iterable[str]) -> RuntimekitError | None:
    """Return the error for those of ``names`` that have no value. None of them has a default."""
    missing = [name for name in names if context.args[name].value is None]
    if not missing:
        return None
    shown = [name.upper() if context.args[name].positional else f"--{name.replace('_', '-')}" for name in missing]
    return ValueMissingError(_command(context), shown)


def _unknown_option(word: str, context: ParserContext) -> RuntimekitError:
    known = [flag.lstrip("-") for flag in (*context.flags, *context.inverse_flags, "--help") if flag.startswith("--")]
    near = near_names(word.lstrip("-"), known)
    return UnknownOptionError(_command(context), word.partition("=")[0], [f"--{each}" for each in near])


def _command(context: ParserContext) -> str:
    return f"./dev {display_name(context.name)}" if context.name else "./dev"
