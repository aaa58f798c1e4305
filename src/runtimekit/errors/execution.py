"""What fails while the work is done: the engine, other programs, builds, functions, the disk."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from runtimekit.errors.base import ExitCode, RuntimekitError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


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
    """Another program failed. Holds the end of its output, never its whole output."""

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

    def place_in(self, root: Path) -> tuple[Path, int] | None:
        """The Dockerfile's line that failed, from ``root``; None if it is not known, or not in there, as a base's."""
        if self.line is None or not self.dockerfile.is_relative_to(root):
            return None
        return self.dockerfile.relative_to(root), self.line


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
        """The error if a disk is full, else None. ``where`` names the file if the failed write does not."""
        if not isinstance(error, OSError) or error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            return None
        return cls(str(error.filename or where))


class DeadlineError(RuntimekitError):
    """A step exceeded its deadline and was ended. ``evidence`` is the end of its output."""

    def __init__(self, doing: str, seconds: float, evidence: str) -> None:
        super().__init__(f"{doing} took longer than {seconds:g} s and was ended.\n{evidence}".rstrip())


class BaseNeedsRegistryError(RuntimekitError):
    """A base image that cannot be made here, while no registry answers."""

    def __init__(self, reference: str, platform: str, because: str) -> None:
        self.because = because
        super().__init__(f"{reference} for {platform} needs a registry: {because}.")


class BaseNeedsRootError(RuntimekitError):
    """A root file system has to be put together, which only root can do, once."""

    exit_code = ExitCode.ENGINE

    def __init__(self, reference: str) -> None:
        where = f"DOCKER_HOST={os.environ['DOCKER_HOST']} " if os.environ.get("DOCKER_HOST") else ""
        super().__init__(
            f"the engine lacks the base {reference}, and only root can put it together, once. Nothing was done. "
            f"As root, here: {where}./dev build --local"
        )


class FunctionBuildError(RuntimekitError):
    """``build.sh`` failed: the user's code does not compile or a dependency is missing (contract L3)."""

    def __init__(self, runtime: str, status: int, output: str, *, is_shown: bool = False) -> None:
        self.runtime = runtime
        self.status = status
        self.output = output
        what = f"{runtime}: building the function failed in build.sh (exit status {status})"
        words = "its words are above" if is_shown else f"its last words:\n{output.rstrip()}"
        super().__init__(f"{what}; {words}")

    def without_output(self) -> FunctionBuildError:
        """The same error for somebody who has seen the output already."""
        return FunctionBuildError(self.runtime, self.status, self.output, is_shown=bool(self.output))


class FunctionLaunchError(RuntimekitError):
    """A launched function did not become ready."""

    def __init__(self, runtime: str, what: str, evidence: str) -> None:
        super().__init__(
            f"{runtime}: launching the function failed: {what}. The container's last words:\n{evidence.rstrip()}"
        )


class FunctionFailedError(RuntimekitError):
    """A function that was called once answered with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the function answered {status}")


class PortsTakenError(RuntimekitError):
    """No port is free among those that were tried."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"all ports from {first} to {last} are taken; name another one: --port {last + 1}")


class BenchmarkError(RuntimekitError):
    """A measurement is void: an answer was wrong, or a request failed."""

    def __init__(self, server: str, what: str) -> None:
        super().__init__(
            f"{server}: the measurement is void: {what}. Look at the server's log; if nothing is wrong there, measure "
            "again while the machine does nothing else"
        )


class SoakFailedError(RuntimekitError):
    """A soak found wrong answers, or memory that grows."""

    def __init__(self, runtime: str, problems: list[str]) -> None:
        super().__init__(
            f"{runtime}: the soak failed: {'; '.join(problems)}. A wrong answer is a fault of ours: please report it. "
            "Memory may grow while caches fill: if that is all, see whether it still does with more --requests"
        )


class RehearsalError(RuntimekitError):
    """Workflows cannot be rehearsed here; says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"nothing was rehearsed: {why}.")


class SomeFailedError(RuntimekitError):
    """Some items failed; the table above lists them. The exit code may be that of the gravest failure."""

    def __init__(self, what: str, failed: Sequence[str], total: int, exit_code: ExitCode = ExitCode.FAILED) -> None:
        self.exit_code = exit_code
        super().__init__(f"{len(failed)} of {total} {what} failed: {', '.join(failed)}")


class RunInterruptedError(RuntimekitError):
    """Ctrl-C, after everything of this run has been removed."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self) -> None:
        super().__init__("interrupted; what this run had started is gone.")
