"""invoke's command line, extended: names as positional arguments, an overview, helpful errors, completion."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from invoke import __version__
from invoke.exceptions import Exit, ParseError
from invoke.program import Program
from invoke.util import helpline

from runtimekit.cli import completion, overview, parse_errors
from runtimekit.cli.arguments import display_name, invoke_arguments
from runtimekit.cli.exit_codes import discard_stdout, exit_for
from runtimekit.errors import CommandLineError, RuntimekitError

if TYPE_CHECKING:
    from invoke.parser import Parser
    from invoke.parser.argument import Argument

HELP = frozenset({"--help", "-h"})


class Dev(Program):
    """``./dev``: invoke with the nearest tasks.py."""

    def __init__(self) -> None:
        super().__init__(name="Invoke", binary="./dev", version=__version__)

    def run(self, argv: list[str] | None = None, exit: bool = True) -> None:  # noqa: A002 - invoke's
        """Run the whole command line. The reader of stdout may close the pipe, as ``head`` does."""
        try:
            super().run(argv, exit)
        except BrokenPipeError:
            discard_stdout()
        finally:
            try:
                sys.stdout.flush()
            except BrokenPipeError:
                discard_stdout()

    def parse_core(self, argv: list[str] | None) -> None:
        """Parse what stands before the task. ``--help TASK`` is ``TASK --help``, also for ``engine start``."""
        program, *words = sys.argv if argv is None else argv
        if len(words) > 1 and words[0] in {*HELP, "help"}:
            words = [*words[1:], "--help"]
        try:
            super().parse_core([program, *words])
        except (ParseError, ValueError) as error:  # ValueError: not a number
            raise exit_for(
                parse_errors.missing_value(words, self.initial_context) or CommandLineError(str(error))
            ) from None

    def load_collection(self) -> None:
        """Load the nearest tasks.py; where there is none, this package's own tasks."""
        try:
            super().load_collection()
        except Exit:
            if self.args["search-root"].value or self.args.collection.value:
                raise
            from runtimekit.cli.tasks import namespace
            from runtimekit.repository.configuration import FILE_NAME

            here = Path.cwd()
            roots = (each for each in (here, *here.parents) if (each / FILE_NAME).is_file())
            self.collection = namespace
            self.collection.loaded_from = str(next(roots, here))

    def print_version(self) -> None:
        """Print this package's version, and invoke's, whose words the command line has."""
        from importlib.metadata import version

        print(f"runtimekit {version('runtimekit')} (invoke {self.version})")

    def parse_core_args(self) -> None:
        """Print our completion script instead of invoke's, which does not know ``./dev``."""
        super().parse_core_args()
        if shell := self.args["print-completion-script"].value:
            _print_script(shell)
            raise Exit

    def parse_tasks(self) -> None:
        """Parse the task and what follows it."""
        typed = self.core.unparsed
        words = self.core.unparsed = invoke_arguments(typed, self.collection)
        contexts = {context.name: context for context in self.collection.to_contexts()}
        first = contexts.get(words[0]) if words else None
        if first and not HELP.isdisjoint(words[1:]):  # invoke would read it as a positional argument
            self.args.help.value, words = words[0], []
            self.core.unparsed = words
        if first and (problem := parse_errors.single_dash_option(words[1:], first)):
            raise exit_for(problem)
        try:
            super().parse_tasks()
        except (ParseError, ValueError) as error:  # ValueError: not a number
            context = getattr(error, "context", None) or first
            problem = parse_errors.missing_value(words, context) if context else None
            if problem is None:
                problem = CommandLineError(str(error))
            raise exit_for(problem) from None
        if self.tasks.unparsed:
            context = self.tasks[-1] if self.tasks else self.initial_context
            raise exit_for(parse_errors.unknown_word(self.tasks.unparsed[0], typed, context, self.collection))
        if not self.args.help.value:
            self._check_required()

    def _check_required(self) -> None:
        """Check that every parameter without a default has a value. invoke checks positional arguments only."""
        for context in self.tasks:
            task = self.collection[context.name]
            parameters = task.argspec(task.body).parameters.values()
            names = [each.name for each in parameters if each.default is each.empty]
            if problem := parse_errors.missing_arguments(context, names):
                raise exit_for(problem)

    def _make_parser(self) -> Parser:
        """Make a parser that keeps unknown words instead of raising an error."""
        made = super()._make_parser()
        made.ignore_unknown = True
        return made

    def parse_cleanup(self) -> None:
        """Handle what is not a task: completion, and invoke's lists and help."""
        if not self.args.complete.value:
            try:
                super().parse_cleanup()
            except ParseError as error:
                raise exit_for(CommandLineError(str(error))) from None
            return
        after = self.argv.index("--") + 1 if "--" in self.argv else len(self.argv)
        found = completion.candidates(
            self.argv[after:],
            self.collection,
            self.parser.contexts,
            self.initial_context,
            Path(self.collection.loaded_from),
        )
        for word, text in found:
            print(f"{word}\t{text}")
        raise Exit

    def no_tasks_given(self) -> None:
        """Print the overview, for ``./dev`` alone."""
        print(*overview.lines(), sep="\n")
        raise Exit

    def print_help(self) -> None:
        """Print the overview and the options before a task, for ``./dev --help``."""
        print(*overview.lines(), sep="\n")
        print("\nOptions before TASK, of invoke:\n")
        self.print_columns(self.initial_context.help_tuples())

    def print_task_help(self, name: str) -> None:
        """Print a task's options, each with its text, for ``./dev TASK --help``."""
        context = self.parser.contexts[name]
        positional = context.positional_args
        names = [each.names[0].upper() for each in positional] + (["[NAME …]"] if "only" in context.args else [])
        options = [each for each in context.args.values() if each not in positional]
        usage = ["./dev", display_name(name), *names, *(["[--option …]"] if options else [])]
        print("Usage:", *usage)
        print(f"\n  {helpline(self.collection[name]) or ''}\n")
        rows = [(each.names[0].upper(), each.help) for each in positional]
        rows += sorted((_option(each), each.help) for each in options)
        self.print_columns([*rows, ("--help", "show this")])


def _option(argument: Argument) -> str:
    if not argument.takes_value:
        return f"--{argument.names[0]}"
    return f"--{argument.names[0]}={'NUMBER' if argument.kind is int else 'TEXT'}"


def _print_script(shell: str) -> None:
    try:
        print(completion.script(shell), end="")
    except RuntimekitError as error:
        raise exit_for(error) from None
