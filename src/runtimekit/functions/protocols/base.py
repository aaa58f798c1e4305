"""What differs between protocols, as one object: how a function is built, launched and called."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.engine.container import Container
    from runtimekit.engine.containers import Profile
    from runtimekit.functions.envelope import Settings
    from runtimekit.functions.exchange import Answer, Request

SOURCE = "/tmp/code.tar.gz"  # noqa: S108 - inside the container
"""Where a build container finds the packed source."""
DEFAULT_TIMEOUT = 15.0
"""How many seconds a request may take unless something else is said: the contract's own (R6)."""
MAX_BODY = 20 * 1024 * 1024
"""The most bytes that a request's body may have, in both protocols (R9, V25)."""


class FunctionProtocol(ABC):
    """How functions of one protocol are built, launched and called. All methods are pure but those that say so."""

    code: str
    """The folder of the function's files when it runs."""
    cache: str
    """Where a build container has a volume for downloads: a folder whose owner is the user that builds. Docker gives a
    new volume the owner of the folder that it is mounted on."""
    user: str
    """The user of its images."""
    archive: str
    """Where the built archive is mounted."""
    key_variable: str
    """The variable of the container that holds the key which requests must have."""
    entrypoint_variable: str
    """The variable of the build that names the function's file."""
    build_script: str
    """Shell: builds the packed source at :data:`SOURCE`."""
    rebuild_script: str
    """Shell, in a container that is kept: takes the packed source on standard input, removes the files that are its
    arguments, builds, and writes the result to standard output. Words go to standard error."""
    logs: str = ""
    """The folder of the container in which requests have their logs; empty if there are none."""

    @abstractmethod
    def fetch(self, container: Container, archive: IO[bytes]) -> None:
        """Write what :attr:`build_script` has made, as an archive that can be launched. Asks the engine."""

    @abstractmethod
    def receive(self, stream: IO[bytes], archive: IO[bytes]) -> None:
        """Write what :attr:`rebuild_script` sends, as an archive that can be launched."""

    @abstractmethod
    def build_profile(self, profile: Profile) -> Profile:
        """How a build container is confined."""

    @abstractmethod
    def launch_profile(self, profile: Profile) -> Profile:
        """How a container with a launched function is confined."""

    @abstractmethod
    def environment(self, settings: Settings) -> Mapping[str, str]:
        """The variables of the user's that are the container's."""

    @abstractmethod
    def is_ready(self, get: Callable[[str], Answer]) -> bool:
        """Whether the function is loaded. ``get`` asks its server for a path."""

    @abstractmethod
    def is_usual(self, line: str) -> bool:
        """Whether a line of the container's output is none that a user of the function has to see."""

    @abstractmethod
    def check(self, request: Request) -> None:
        """See whether a request can be sent.

        Raises:
            NotTextError: Its body cannot be a payload.
        """

    @abstractmethod
    def from_request(self, request: Request, settings: Settings, key: str) -> Request:
        """What is sent for a user's request.

        Raises:
            NotTextError: Its body cannot be a payload.
        """

    @abstractmethod
    def from_fields(self, fields: Mapping[str, Any], key: str | None) -> Request:
        """What is sent for a call of a program, by the names of its arguments; no key at all if it is None.

        Raises:
            TypeError: There is no such argument.
        """

    @abstractmethod
    def with_logs(self, answer: Answer, folder: Path | None) -> Answer:
        """The answer with what was logged, which is read from the folder of logs, and removed there."""

    @abstractmethod
    def own_answer(self, status: int, message: str) -> Answer:
        """An answer in the function's place, in the form of the protocol's errors."""

    @abstractmethod
    def passed_on(self, answer: Answer) -> list[tuple[str, str]]:
        """The headers of an answer that a user's client gets."""

    @abstractmethod
    def error_text(self, answer: Answer) -> str:
        """What the runtime says is wrong; empty for an answer of the function's own."""
