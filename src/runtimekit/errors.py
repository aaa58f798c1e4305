"""Every failure that this project announces, in one place.

Each is a class with its exit code and its full message, so that callers raise facts and never write prose, and so that
the table in ``docs/errors.md`` can be compared with what the code does. A message says what happened, the likely
cause and the next step. Anything that is not one of these is a defect and shows its traceback.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class ExitCode(IntEnum):
    """What a task's exit status means. Scripts may rely on these numbers."""

    OK = 0
    FAILED = 1
    """A build or a test failed."""
    CONFIGURATION = 2
    """platforms.toml, a runtime's folder or an option is wrong; nothing was done."""
    NOTHING_SELECTED = 3
    """No runtime fits what was asked for."""
    ENGINE = 4
    """There is no usable Docker engine and none could be started."""
    REFUSED = 5
    """Publishing was refused."""
    TRY_AGAIN = 75
    """A passing fault, such as a registry's rate limit."""
    INTERRUPTED = 130
    """Ended by Ctrl-C."""


class RuntimekitError(Exception):
    """Base of all expected failures: printed without a traceback, the process ends with ``exit_code``."""

    exit_code = ExitCode.FAILED


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


class RevisionError(RuntimekitError):
    """git cannot compare with a revision."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, revision: str, words: str) -> None:
        super().__init__(f"git cannot tell what has changed since {revision!r}: {words}")


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
        hint = f" Perhaps you meant {' or '.join(repr(n) for n in near)}?" if near else ""
        super().__init__(f"no {kind} is called {name!r}.{hint} `invoke list` shows all.")


class NothingSelectedError(RuntimekitError):
    """The filters together leave nothing."""

    exit_code = ExitCode.NOTHING_SELECTED

    def __init__(self, filters: str) -> None:
        super().__init__(f"nothing to do: no runtime fits {filters}. `invoke list` shows all.")


class EngineError(RuntimekitError):
    """No usable Docker engine. Says what was tried and what to do."""

    exit_code = ExitCode.ENGINE

    def __init__(self, what: str, tried: Sequence[str] = (), todo: Sequence[str] = ()) -> None:
        parts = [what]
        if tried:
            parts += ["Tried:", *(f"  - {line}" for line in tried)]
        if todo:
            parts += ["What to do:", *(f"  - {line}" for line in todo)]
        super().__init__("\n".join(parts))


class CommandError(RuntimekitError):
    """Another program failed. Holds its last words, never its whole output."""

    def __init__(self, doing: str, command: str, status: int, output: str) -> None:
        self.status = status
        self.output = output
        super().__init__(
            f"{doing} failed with exit status {status}. The command:\n  {command}\nIts last words:\n{output}"
        )


class ImageBuildError(RuntimekitError):
    """buildx ended with an error."""

    def __init__(self, name: str, status: int, tail: str, log: Path, dockerfile: Path, line: int | None = None) -> None:
        self.tail = tail
        self.log = log
        self.dockerfile = dockerfile
        self.line = line
        full = "no space left on device" in tail.lower()
        cause = " The engine's disk is full: `docker builder prune` frees what only speeds up builds." if full else ""
        super().__init__(
            f"building {name} failed (docker's exit status {status}).{cause} Full log: {log}\nIts last lines:\n{tail}"
        )


class DiskFullError(RuntimekitError):
    """A file could not be written because there is no room. What was finished before is whole and is used again."""

    exit_code = ExitCode.TRY_AGAIN

    def __init__(self, where: str) -> None:
        super().__init__(
            f"the disk is full: {where} could not be written. What was finished is kept. Make room and run it again; "
            "`docker system df` shows what images take, `docker builder prune` frees what only speeds up builds."
        )

    @classmethod
    def of(cls, error: BaseException, where: str = "a file") -> DiskFullError | None:
        """The error, if it is about room at all; ``where`` is said of a write, which does not know its file's name."""
        if not isinstance(error, OSError) or error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            return None
        return cls(str(error.filename or where))


class DeadlineError(RuntimekitError):
    """A step took longer than it may. Carries the evidence."""

    def __init__(self, doing: str, seconds: float, evidence: str) -> None:
        super().__init__(f"{doing} took longer than {seconds:g} s and was ended.\n{evidence}".rstrip())


class BaseNeedsRegistryError(RuntimekitError):
    """A base image that cannot be put together here, while no registry answers."""

    def __init__(self, reference: str, platform: str, because: str) -> None:
        self.because = because
        super().__init__(f"{reference} for {platform} needs a registry: {because}.")


class BasesUnansweredError(RuntimekitError):
    """The registry does not say which digest some base images have now."""

    exit_code = ExitCode.TRY_AGAIN

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        by_problem = {problem: [tag for tag in problems if problems[tag] == problem] for problem in problems.values()}
        lines = "\n".join(f"  {', '.join(tags)}: {problem}" for problem, tags in by_problem.items())
        super().__init__(
            f"no registry says which digest these bases have now:\n{lines}\n"
            "Look whether the registry can be reached from here and whether the tags exist, then try again."
        )


class PinsBehindError(RuntimekitError):
    """``pin --check``: Dockerfiles have no digest, or another one than the registry."""

    def __init__(self, lines: Sequence[str]) -> None:
        shown = "\n".join(f"  {line}" for line in lines)
        super().__init__(
            f"bases are not pinned to what their tags hold now:\n{shown}\n`invoke pin` writes the digests."
        )


class AuditError(RuntimekitError):
    """An audit found what has become old."""

    def __init__(self, due: Sequence[str], *, unanswered: int = 0) -> None:
        more = f" {unanswered} bases could not be looked up." if unanswered else ""
        super().__init__(f"to do: {', '.join(due)}. The table above says why, and what.{more}")


class NotReproducibleError(RuntimekitError):
    """Two builds of one image from the same sources differ. The differences are printed above."""

    def __init__(self, images: Sequence[str]) -> None:
        super().__init__(
            f"built twice, with different results: {', '.join(images)}. The list above says which files differ; "
            "remove what depends on the moment (caches, logs, times) in the Dockerfile's step that writes them."
        )


class ImageMissingError(RuntimekitError):
    """An image that a task reads has not been built."""

    def __init__(self, image: str, platform: str, runtime: str) -> None:
        super().__init__(
            f"the engine has no {image} for {platform}: `invoke build --only {runtime} --platform {platform}` makes it."
        )


class SigningError(RuntimekitError):
    """cosign did not sign, or does not confirm a signature. Nothing may be published."""

    exit_code = ExitCode.REFUSED

    def __init__(self, doing: str, reference: str, words: str) -> None:
        super().__init__(f"{doing} {reference} failed; no tag was moved. cosign's last words:\n{words}")


class SigningSetupError(RuntimekitError):
    """Signing was asked for, but cannot be done here."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, missing: str, todo: str) -> None:
        super().__init__(f"images cannot be signed: {missing}. {todo}")


class FunctionBuildError(RuntimekitError):
    """``build.sh`` failed: the user's code does not compile or a dependency is missing (contract L3)."""

    def __init__(self, runtime: str, status: int, output: str) -> None:
        self.output = output
        what = f"{runtime}: building the function failed in build.sh (exit status {status})"
        super().__init__(f"{what}. Its last words:\n{output.rstrip()}")


class FunctionLaunchError(RuntimekitError):
    """A launched function did not become ready."""

    def __init__(self, runtime: str, what: str, evidence: str) -> None:
        super().__init__(
            f"{runtime}: launching the function failed: {what}. The container's last words:\n{evidence.rstrip()}"
        )


class RuntimeExistsError(RuntimekitError):
    """A runtime of this name is there; nothing is overwritten."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is there already; nothing was changed. Remove it first, or choose another version.")


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


class RehearsalError(RuntimekitError):
    """Workflows cannot be rehearsed here; says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the rehearsal shows nothing: {why}.")


class SomeFailedError(RuntimekitError):
    """The table above says which; this is the one-line verdict and the exit code, which may be that of the gravest."""

    def __init__(self, what: str, failed: Sequence[str], total: int, exit_code: ExitCode = ExitCode.FAILED) -> None:
        self.exit_code = exit_code
        super().__init__(f"{len(failed)} of {total} {what} failed: {', '.join(failed)}")


class OptionsConflictError(RuntimekitError):
    """Options that do not go together, or one that needs another."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} Nothing was done.")


class PublishRefusedError(RuntimekitError):
    """Something must not become public. Each reason comes with its way out."""

    exit_code = ExitCode.REFUSED

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        lines = "\n".join(f"  - {what}\n    way out: {way_out}" for what, way_out in self.reasons)
        super().__init__(f"publishing is refused; no public tag was touched:\n{lines}")


class RegistryLoginError(RuntimekitError):
    """The registry knows us and does not let us in, or wants a login and has got none that is right."""

    exit_code = ExitCode.REFUSED

    def __init__(self, doing: str, status: int, host: str, login: str, words: str) -> None:
        super().__init__(
            f"{doing}: {host} answered {status} {login}. It said: {words or 'nothing'}\n"
            f"  way out: docker login {host}, or --username NAME --password-stdin; the login must be allowed to push."
        )


class RegistryUnavailableError(RuntimekitError):
    """A registry that stays busy, broken or away although it was given time."""

    exit_code = ExitCode.TRY_AGAIN

    def __init__(self, doing: str, host: str, fault: str, attempts: int, seconds: float, words: str) -> None:
        self.fault = fault
        super().__init__(
            f"{doing}: {host} is not available ({fault}) after {attempts} attempts in {seconds:.0f} s: {words}\n"
            "  Every public tag is whole: it is as it was, or complete. Run the same again later; what is there stays."
        )


class RegistryAnswerError(RuntimekitError):
    """The registry refuses a request, or its answer is not what the distribution protocol says."""

    def __init__(self, doing: str, host: str, status: int, words: str) -> None:
        self.status = status
        super().__init__(f"{doing}: {host} answered {status}, which is final: {words or 'no words'}")


class DigestMismatchError(RuntimekitError):
    """Bytes that are not those that were tested or pushed."""

    def __init__(self, what: str, expected: str, got: str) -> None:
        super().__init__(
            f"{what}: expected {expected}, got {got}. No tag was moved. "
            "Something on the way or in the registry's store changes content; find out before publishing again."
        )


class RunInterruptedError(RuntimekitError):
    """Ctrl-C, after everything of this run has been removed."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self) -> None:
        super().__init__("interrupted; what this run had started is gone.")
