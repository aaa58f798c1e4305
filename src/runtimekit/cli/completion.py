"""Shell completion. The scripts of the shells run ``./dev --complete -- WORD…`` at each press of the key.

invoke's own ``--complete`` completes no values, and joins the words, so that an empty last word is lost. We use its
option and its parser's contexts, and find the candidates ourselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.util import helpline

from runtimekit.errors import OptionError, RuntimekitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from invoke.collection import Collection
    from invoke.parser.context import ParserContext

    from runtimekit.repository.configuration import Configuration

SHELLS = ("bash", "zsh", "fish")


def script(shell: str) -> str:
    """Return the script that makes a shell complete ``./dev``.

    Raises:
        OptionError: There is no script for this shell.
    """
    if shell not in SHELLS:
        raise OptionError("shell", shell, SHELLS)
    return (Path(__file__).parent / f"dev.{shell}").read_text()


@dataclass(frozen=True)
class RepositoryValues:
    """The names in this repository. Each kind is read only when needed, so that completion is quick."""

    root: Path

    @cached_property
    def configuration(self) -> Configuration:
        """platforms.toml."""
        from runtimekit.repository import configuration

        return configuration.load(self.root)

    def runtimes(self) -> list[str]:
        """The runtimes, by the names of their folders only."""
        from runtimekit.repository.identifiers import RuntimeId

        folders = [folder.parent.name for folder in (self.root / "runtimes").glob("*/Dockerfile")]
        return [str(each) for each in sorted(RuntimeId.parse(name) for name in folders)]

    def languages(self) -> list[str]:
        """The languages of platforms.toml."""
        return list(self.configuration.languages)

    def tags(self) -> list[str]:
        """The values of ``--tag``."""
        found = ((each.id, each.kind.value, *each.tags) for each in self.configuration.languages.values())
        return sorted({tag for tags in found for tag in tags})

    def platforms(self) -> list[str]:
        """Docker's names of the platforms."""
        return [platform.docker for platform in self.configuration.platforms]

    def short_platforms(self) -> list[str]:
        """The short names of the platforms, such as arm64."""
        return [platform.name for platform in self.configuration.platforms]

    def workflows(self) -> list[str]:
        """The names of workflow files, without .yml."""
        return sorted(path.stem for path in (self.root / ".github/workflows").glob("*.yml"))


VALUES_BY_OPTION: Mapping[str, Callable[[RepositoryValues], Iterable[str]]] = {
    "only": RepositoryValues.runtimes,
    "like": RepositoryValues.runtimes,
    "runtime": RepositoryValues.runtimes,
    "package --only": RepositoryValues.languages,
    "language": RepositoryValues.languages,
    "tag": RepositoryValues.tags,
    "platform": RepositoryValues.platforms,
    "arch": RepositoryValues.short_platforms,
    "workflow": RepositoryValues.workflows,
    "bases": lambda _: ("auto", "registry", "bootstrap"),
    "scope": lambda _: ("core", "full"),
    "driver": lambda _: ("docker-container", "remote", "kubernetes"),
    "shell": lambda _: SHELLS,
}
"""The values of options, by ``option`` or ``task --option``. For other options the shell completes file names."""


def candidates(
    words: Sequence[str], tasks: Collection, contexts: Mapping[str, ParserContext], core: ParserContext, root: Path
) -> Iterator[tuple[str, str]]:
    """Yield the possible completions of the last word, each with a description.

    Args:
        words: The words after ``./dev``, up to the cursor. The last one is incomplete and may be empty.
        tasks: All tasks.
        contexts: The options and arguments of each task, by invoke's name of the task.
        core: The options of ``./dev`` itself.
        root: The repository's folder.
    """
    before, current, prefix = _split_last_word(words)
    try:
        for word, text in _candidates(before, current, _CommandLine(tasks, contexts, core, RepositoryValues(root))):
            if word.startswith(current):
                yield prefix + word, text
    except (RuntimekitError, ValueError, OSError):
        return  # the task will report what is wrong; an error message in the middle of a line would not help


@dataclass(frozen=True)
class _CommandLine:
    tasks: Collection
    contexts: Mapping[str, ParserContext]
    core: ParserContext
    values: RepositoryValues

    def of_option(self, task: str, option: str) -> Iterator[tuple[str, str]]:
        kind = VALUES_BY_OPTION.get(f"{task} --{option}") or VALUES_BY_OPTION.get(option)
        return ((value, "") for value in (kind(self.values) if kind else ()))


def _split_last_word(words: Sequence[str]) -> tuple[list[str], str, str]:
    """Return the complete words, the incomplete one, and the prefix that the shell expects before a completion of it.

    ``--platform=linux`` is one word in zsh and fish, and three in bash.
    """
    before: list[str] = []
    for word in words[:-1]:
        option, given, value = word.partition("=")
        if word.startswith("--") and given:
            before += [option, value]
        elif word != "=":
            before.append(word)
    last = words[-1] if words else ""
    option, given, value = last.partition("=")
    if option.startswith("--") and given:
        return [*before, option], value, f"{option}="
    return before, "" if last == "=" else last, ""


def _candidates(before: Sequence[str], current: str, known: _CommandLine) -> Iterator[tuple[str, str]]:
    while before and before[0].startswith("-"):
        before = before[1:]
    if not before:
        yield from _option_names(known.core, ()) if current.startswith("-") else _task_names(known.tasks)
        return
    name, *rest = before
    if name in known.tasks.collections:
        group = known.tasks.collections[name]
        if not rest:
            yield from ((each, helpline(task) or "") for each, task in sorted(group.tasks.items()))
            return
        name, rest = f"{name}.{rest[0]}", rest[1:]
    if name in known.contexts:
        yield from _for_task(known.contexts[name], name, rest, current, known)


def _for_task(
    context: ParserContext, name: str, rest: Sequence[str], current: str, known: _CommandLine
) -> Iterator[tuple[str, str]]:
    plain: list[str] = []
    option = None
    for word in rest:
        if option is not None:
            option = None
        elif word in context.flags:
            option = context.flags[word] if context.flags[word].takes_value else None
        elif not word.startswith("-"):
            plain.append(word)
    if option is not None:
        yield from known.of_option(name, option.names[0])
    elif current.startswith("-"):
        yield from _option_names(context, rest)
    elif len(plain) < len(context.positional_args):
        yield from known.of_option(name, context.positional_args[len(plain)].names[0])
    elif "only" in context.args:
        yield from (each for each in known.of_option(name, "only") if each[0] not in plain)
    else:
        yield from _option_names(context, rest)


def _task_names(tasks: Collection) -> Iterator[tuple[str, str]]:
    yield from ((name, helpline(task) or "") for name, task in sorted(tasks.tasks.items()))
    for name, group in sorted(tasks.collections.items()):
        yield name, ", ".join(sorted(group.tasks))


def _option_names(context: ParserContext, given: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The options that can still be given."""
    for flag, argument in sorted(context.flags.items()):
        if flag.startswith("--") and (flag not in given or argument.kind is list):
            yield flag, argument.help or ""
    if "--help" not in (*context.flags, *given):
        yield "--help", "show all options"
