"""What a case of the second protocol receives: a launched function, its requests and their log files."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from runtimekit.conformance import fixtures
from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.launched import CaseEnvironment
from runtimekit.conformance.open_runtimes import fixtures as open_fixtures
from runtimekit.conformance.open_runtimes import function
from runtimekit.conformance.open_runtimes.function import LOG_ID
from runtimekit.conformance.target import ANSWER_SECONDS, BaseTarget, key_placeholders
from runtimekit.functions.function import READY_SECONDS, deadline_factor, wait_ready

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.conformance.open_runtimes.function import OpenFunction, Started
    from runtimekit.functions.function import Answer

RECORD = ".open-runtimes"
"""The file in which ``build.sh`` writes what it has built (B2)."""


@dataclass
class OpenEnvironment(CaseEnvironment):
    """Launches functions as executors do (B4)."""

    plain: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"probe": {}})

    @contextmanager
    def launch(  # type: ignore[override]  # each protocol has its own settings
        self,
        name: str = "probe",
        *,
        await_ready: bool = True,
        **how: Any,  # noqa: ANN401 - of begin
    ) -> Iterator[OpenFunction]:
        """Launch the probe: :meth:`begin`, and wait until it listens unless ``await_ready`` says otherwise."""
        with self.begin(name, **how) as started:
            launched = started.function(self.runtime)
            if await_ready:
                wait_ready(launched, str(self.runtime), READY_SECONDS * deadline_factor(self.platform))
            yield launched

    @contextmanager
    def begin(
        self,
        name: str = "probe",
        *,
        entrypoint: str = "",
        archive: Path | None = None,
        secret: str | None = None,
        variables: Mapping[str, str | None] | None = None,
        command: str = function.START,
        **confined: Any,  # noqa: ANN401 - fields of Profile
    ) -> Iterator[Started]:
        """Start a container for the probe, which may end at once.

        Args:
            name: Which function: only the probe is there.
            entrypoint: Another of the probe's functions, by its name without ending.
            archive: Another archive than the one that ``build.sh`` has made.
            secret: Its secret; None means a random one.
            variables: More of the environment; None takes one away.
            command: The container's command.
            confined: Replaces fields of the executor's profile, such as the user.
        """
        self._check_stopped()
        with function.start(
            self.engine,
            self.runtime,
            archive=archive or (self.variant(entrypoint) if entrypoint else self.archives[name]),
            platform=self.platform,
            folder=self.folder,
            profile=replace(function.PROFILE, network=self.network, **confined),
            secret=secret,
            variables=variables,
            command=command,
        ) as started:
            if started.key:
                self.keys.append(started.key)
            with self._tracked(started.container):
                yield started

    def variant(self, name: str) -> Path:
        """The probe with another function in it: its archive, with another file as entrypoint or built anew.

        Raises:
            FunctionBuildError: It cannot be built.
        """
        if not open_fixtures.variants(self.runtime, self.resources).is_dir():
            return self.recorded(self.files.get(name, name))
        how: dict[str, Any] = {"resources": self.resources, "platform": self.platform, "folder": self.folder}
        return open_fixtures.build_variant(self.engine, self.runtime, name, **how)

    def recorded(self, entrypoint: str) -> Path:
        """A copy of the probe's archive whose record names another file: one for each call, as cases run together."""
        record = f"OPEN_RUNTIMES_ENTRYPOINT={entrypoint}\n".encode()
        target = Path(tempfile.mkdtemp(prefix="recorded-", dir=self.folder)) / "probe.tar.gz"
        return fixtures.without(self.archives["probe"], RECORD, target, instead=record)


class OpenTarget(BaseTarget):
    """The function or image that one case of the second protocol checks."""

    @property
    def environment(self) -> OpenEnvironment:
        """Where functions are launched."""
        return cast("OpenEnvironment", self._environment)

    @property
    def function(self) -> OpenFunction:
        """The launched function."""
        return cast("OpenFunction", self.launched.function)

    def probe(
        self,
        action: str,
        *,
        within: float = ANSWER_SECONDS,
        timeout: int | None = None,
        logging: str = "",
        log_id: str = "",
        **parameters: Any,  # noqa: ANN401 - the action's own
    ) -> Answer:
        """Call an action of the probe (tests/resources/probe_v5/README.md), and wait ``within`` seconds."""
        chosen = {"timeout": timeout, "logging": logging, "log-id": log_id}
        headers = {f"x-open-runtimes-{name}": str(value) for name, value in chosen.items() if value}
        return self.call(within=within, action=action, parameters=parameters, headers=headers)

    def logged(self, answer: Answer) -> tuple[str, str]:
        """The logs and the errors of an answered request.

        Raises:
            CaseFailedError: The answer has no log id.
        """
        identifier = answer.headers.get(LOG_ID)
        if identifier is None:
            raise CaseFailedError(f"header {LOG_ID}", "the request's id, or an empty value", "no such header")
        return self.function.logged(identifier)

    def get(self, *more: str, action: str = "", target: str = "/", body: bytes = b"", method: str = "GET") -> bytes:
        """The bytes of a well-formed request, for the raw client; ``more`` are further header lines."""
        lines = [f"{method} {target} HTTP/1.1", "Host: runtime", f"{function.SECRET_HEADER}: {self.key}"]
        lines += [f"X-Action: {action}"] if action else []
        lines += [f"Content-Length: {len(body)}"] if body else []
        return "\r\n".join([*lines, *more]).encode("latin-1") + b"\r\n\r\n" + body

    def placeholders(self) -> dict[str, bytes]:
        """The values of ``${…}`` in cases that are data, by name."""
        return {**key_placeholders(self.key), "valid": self.get()}
