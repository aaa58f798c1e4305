"""Mistakes in what was asked for: files, options, names. Nothing was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.errors.base import ExitCode, RuntimekitError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One mistake in a file that a person wrote."""

    file: Path
    line: int | None
    text: str

    def __str__(self) -> str:
        """``platforms.toml:12: …``, the form that editors make clickable."""
        place = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        return f"{place}: {self.text}"


class ConfigurationError(RuntimekitError):
    """Files or options are wrong. Holds every mistake that was found, not only the first."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{head}, nothing was done:\n{lines}")


class OptionError(RuntimekitError):
    """An option has a value that it cannot have."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, option: str, value: str, allowed: Sequence[str]) -> None:
        super().__init__(f"--{option} cannot be {value!r}; it can be {', '.join(allowed)}.")


class UnknownTaskError(RuntimekitError):
    """There is no task of this name."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(f"no task is called {name!r}.{_perhaps(near)} `./dev --list` shows all.")


class UnknownOptionError(RuntimekitError):
    """A task, or the command itself, has no such option."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, command: str, option: str, near: Sequence[str]) -> None:
        super().__init__(f"`{command}` has no option {option}.{_perhaps(near)} `{command} --help` shows all.")


class CommandLineError(RuntimekitError):
    """The command line cannot be read; the words are those of invoke's parser."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, words: str) -> None:
        super().__init__(f"{words.rstrip('.!')}. `./dev --help` shows what can be typed.")


class ValueMissingError(RuntimekitError):
    """A task was called without a value that it needs."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, command: str, missing: Sequence[str]) -> None:
        super().__init__(f"`{command}` needs a value for {' and '.join(missing)}. `{command} --help` says more.")


class ValueNotTakenError(RuntimekitError):
    """An option that takes no value was given one."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, option: str, value: str) -> None:
        super().__init__(f"{option} takes no value; it got {value!r}. Write {option} alone, or leave it out.")


class RevisionError(RuntimekitError):
    """git cannot compare with a revision."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, revision: str, words: str) -> None:
        super().__init__(
            f"git cannot tell what has changed since {revision!r}: {words}. Without the option everything is taken."
        )


class NoRepositoryError(RuntimekitError):
    """No platforms.toml here or above."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, start: Path) -> None:
        super().__init__(
            f"no platforms.toml in {start} or any folder above it. It marks the root of a repository of runtimes: "
            "run this inside one, or create the file."
        )


class UnknownNameError(RuntimekitError):
    """A name or glob that fits no runtime."""

    exit_code = ExitCode.NOTHING_SELECTED

    def __init__(self, name: str, near: Sequence[str], kind: str = "runtime") -> None:
        self.name = name
        self.near = tuple(near)
        super().__init__(f"no {kind} is called {name!r}.{_perhaps(near)} `./dev list` shows all.")


class NothingSelectedError(RuntimekitError):
    """The filters together leave nothing."""

    exit_code = ExitCode.NOTHING_SELECTED

    def __init__(self, filters: str) -> None:
        super().__init__(f"nothing to do: no runtime fits {filters}. `./dev list` shows all.")


class RuntimeExistsError(RuntimekitError):
    """A runtime of this name is there; nothing is overwritten."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is there already; nothing was changed. Remove it first, or choose another version.")


class FolderInUseError(RuntimekitError):
    """What is to be written needs a folder of its own; nothing is overwritten."""

    exit_code = ExitCode.CONFIGURATION
    SHOWN = 5
    """How many names the message holds."""

    def __init__(self, folder: Path, found: Sequence[str] = ()) -> None:
        more = f" and {len(found) - self.SHOWN} more" if len(found) > self.SHOWN else ""
        what = f"is not empty: it holds {', '.join(found[: self.SHOWN])}{more}" if found else "is a file"
        super().__init__(f"{folder} {what}; nothing was written. Name a new or empty folder.")


class NoStarterError(RuntimekitError):
    """A language of the repository has no function to begin with."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, language: str, folder: Path) -> None:
        super().__init__(f"there is no starter for {language}. Make the folder {folder}, like another language's.")


class WritingError(RuntimekitError):
    """A folder that the user has named cannot be written, or not even read."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, folder: Path, words: str) -> None:
        super().__init__(f"{folder} cannot be written: {words}. Nothing is left there. Name another folder.")


class MatrixTooLargeError(RuntimekitError):
    """CI takes a limited number of rows."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, rows: int, limit: int) -> None:
        super().__init__(f"the matrix has {rows} rows, CI takes {limit}: select less, with --language or --only.")


class NotInActionsError(RuntimekitError):
    """Something that only a step of GitHub Actions has is not there."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, variable: str, what: str = "what a step of GitHub Actions has there") -> None:
        super().__init__(f"the environment's {variable} does not hold {what}: this makes sense in a workflow only.")


class OptionsConflictError(RuntimekitError):
    """Options that do not go together, or one that needs another."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} Nothing was done.")


def _perhaps(near: Sequence[str]) -> str:
    return f" Perhaps you meant {' or '.join(repr(each) for each in near)}?" if near else ""


class BundleError(RuntimekitError):
    """A function cannot become an image of its own."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(f"the function cannot become an image: {what}; {todo}.")
