"""What keeps images from being published, signed, or called up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.errors.base import ExitCode, RuntimekitError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IMAGES_SHOWN = 5
"""How many names a message has."""


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
        super().__init__(f"bases are not pinned to what their tags hold now:\n{shown}\n`./dev pin` writes the digests.")


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
            f"the engine has no {image} for {platform}: `./dev build {runtime} --platform {platform}` makes it."
        )


class NotBuiltError(RuntimekitError):
    """Images are missing or stale, and the task was told to build nothing."""

    def __init__(self, images: list[str]) -> None:
        shown = ", ".join(images[:IMAGES_SHOWN])
        more = f" and {len(images) - IMAGES_SHOWN} more" if len(images) > IMAGES_SHOWN else ""
        super().__init__(f"missing or stale: {shown}{more}; `./dev build --local` makes them.")


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
