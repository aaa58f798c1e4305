"""Launched functions that cases work on: some shared by many cases, some launched by one case for itself."""

from __future__ import annotations

import http.client
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from runtimekit.conformance.raw_http import RawConnection
from runtimekit.engine import containers
from runtimekit.errors import RuntimekitError
from runtimekit.functions.function import (
    ARCHIVE,
    READY_SECONDS,
    Function,
    deadline_factor,
    launch,
    memory_limit,
    wait_ready,
)
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from runtimekit.conformance.probes import Probe
    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container
    from runtimekit.engine.containers import Profile
    from runtimekit.repository.catalogue import Runtime

ALIVE_SECONDS = 20.0
LONG_KEY = 16
"""From so many characters on, what is left of a key without its last one is nothing else in a text."""
PLAIN: Mapping[str, Mapping[str, Any]] = {
    "probe": {"payload": '{"action": "answer"}'},
    "hello": {"env": {"ENV1": "plain"}, "payload": "plain"},
}
"""A plain, valid request to each function; its answer is 200."""


@dataclass
class CaseEnvironment:
    """What launching one runtime's functions needs: engine, network, archives, and the restrictions of contract L6."""

    engine: Engine
    runtime: Runtime
    platform: str
    folder: Path
    network: str
    archives: Mapping[str, Path]
    """The built functions, ``hello`` and ``probe``."""
    files: Mapping[str, str]
    """The probe's files by their name without ending: ``no_function`` → ``no_function.py``."""
    probe: Probe
    """How this language's errors read, and which optional cases it takes part in."""
    resources: Path
    """The repository's test functions."""
    keys: list[str] = field(default_factory=list)
    """Every key in use. None may appear in a report."""
    stopped: bool = False
    plain: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: PLAIN)
    """A plain, valid request to each function."""
    _live: set[str] = field(default_factory=set)
    _connections: WeakSet[RawConnection] = field(default_factory=WeakSet)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def profile(self) -> Profile:
        """The restrictions that contract L6 puts on a container."""
        return replace(
            containers.LAUNCH_PROFILE, network=self.network, memory=memory_limit(self.runtime, self.platform)
        )

    @contextmanager
    def launch(
        self,
        function: str = "probe",
        *,
        run_image: str = "",
        environment: Mapping[str, str] | None = None,
        await_ready: bool = True,
        **confined: Any,  # noqa: ANN401 - fields of Profile
    ) -> Iterator[Function]:
        """Launch ``hello`` or ``probe``. ``confined`` replaces fields of contract L6's profile, such as the user."""
        self._check_stopped()
        with launch(
            self.engine,
            self.runtime,
            archive=self.archives[function],
            platform=self.platform,
            run_image=run_image,
            profile=replace(self.profile, **confined),
            environment=environment,
            await_ready=await_ready,
            folder=self.folder,
        ) as launched:
            self.keys.append(launched.key)
            with self._tracked(launched.container):
                yield launched

    @contextmanager
    def start(self, *, archive: Path | None, variables: Mapping[str, str]) -> Iterator[Container]:
        """Start the run image with any archive and any environment variables. Adds no key, and does not wait."""
        self._check_stopped()
        lines = "".join(f"{name}={value}\n" for name, value in variables.items())
        with (
            atomic_files.passing(self.folder / "key.env", lines) as environment_file,
            containers.running(
                self.engine,
                self.runtime.run_image,
                name=f"run-{self.runtime.id.dashed}",
                platform=self.platform,
                profile=self.profile,
                files={ARCHIVE: archive} if archive else {},
                environment_file=environment_file,
            ) as container,
            self._tracked(container),
        ):
            yield container

    @contextmanager
    def launch_with(
        self, variables: Mapping[str, str], key: str, *, archive: Path | None = None, await_ready: bool = True
    ) -> Iterator[Function]:
        """Launch the probe, or another archive, with these variables; they must make ``key`` the valid key."""
        with self.start(archive=archive or self.archives["probe"], variables=variables) as container:
            self.keys.append(key)
            launched = Function(container, *container.address(), key)
            if await_ready:
                seconds = READY_SECONDS * deadline_factor(self.platform)
                wait_ready(launched, str(self.runtime), seconds)
            yield launched

    def end_all(self) -> None:
        """After Ctrl-C: end all connections and containers, so that no case waits, and launch nothing more."""
        self.stopped = True
        with self._lock:
            live, connections = list(self._live), list(self._connections)
        for connection in connections:
            connection.interrupt()
        if live:
            self.engine.docker("kill", *live, doing="ending the containers", check=False)

    def connect(self, function: Function, seconds: float) -> RawConnection:
        """Open a raw connection to a function. Ctrl-C ends it, too."""
        self._check_stopped()
        watcher = function.watch() if function.watch else None
        made = RawConnection(function.host, function.port, seconds, watcher)
        with self._lock:
            self._connections.add(made)
        return made

    def redacted(self, text: str) -> str:
        """The text without keys, and without what cases make of them: reports are published."""
        for key in self.keys:
            text = text.replace(key, "<key>")
            if len(key) >= LONG_KEY:
                text = text.replace(key.upper(), "<key in upper case>").replace(key[:-1], "<key but for its end>")
        return text

    @contextmanager
    def _tracked(self, container: Container) -> Iterator[None]:
        with self._lock:
            self._live.add(container.id)
        try:
            yield
        finally:
            with self._lock:
                self._live.discard(container.id)

    def _check_stopped(self) -> None:
        if self.stopped:
            raise RuntimekitError("the run was interrupted")


class LaunchedFunction:
    """A launched function that several cases use. After a case has broken it, the next case gets a new one."""

    def __init__(self, launch: Callable[[], AbstractContextManager[Function]], plain: Mapping[str, Any]) -> None:
        self.plain = plain
        """The fields of a plain, valid request."""
        self.plain_status = http.client.OK
        self.generation = 0
        """How often it was launched. A change shows that another case had it replaced."""
        self._launch = launch
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._function: Function | None = None
        self._identity = ""

    @property
    def function(self) -> Function:
        """The function. The first access launches it."""
        with self._lock:
            if self._function is None:
                self._function = self._stack.enter_context(self._launch())
                self.generation += 1
                self._identity = _identity(self._function.container)
            return self._function

    def learn_plain_status(self) -> None:
        """Expect from now on the status with which an unknown function answers a plain request."""
        self.plain_status = self.function.call(seconds=ALIVE_SECONDS, **self.plain).status

    def liveness_problem(self, seconds: float = ALIVE_SECONDS) -> str:
        """Why a plain request does not get its usual answer; empty if it does."""
        try:
            answer = self.function.call(seconds=seconds, **self.plain)
        except (OSError, http.client.HTTPException) as error:
            return f"no answer ({type(error).__name__}: {error}); {self._state()}"
        if answer.status != self.plain_status:
            return f"status {answer.status} {answer.body[:300].decode(errors='replace')}"
        return ""

    def changed(self) -> str:
        """How the container differs from the one that was launched; empty if it is the same and never restarted."""
        now = _identity(self.function.container)
        return "" if now == self._identity else f"{now} instead of {self._identity}"

    def restart(self, seconds: float) -> None:
        """Stop the container and start it again; ``seconds`` is how long it may take to be ready."""
        container = self.function.container
        container.restart(grace=2)
        host, port = container.address()
        self._function = replace(self.function, host=host, port=port)
        self._identity = _identity(container)
        wait_ready(self._function, "the restarted function", seconds)

    def relaunch(self, generation: int) -> None:
        """Drop this function, so that the next access launches a new one; do nothing if ``generation`` is outdated."""
        with self._lock:
            if self.generation == generation:
                self._function = None
                self._stack.close()

    def close(self) -> None:
        """Remove the container."""
        self._stack.close()

    def _state(self) -> str:
        state = self.function.container.state()
        return f"the container is {state.status}, exit code {state.exit_code}, restarts {state.restarts}"


def inspect(container: Container, template: str) -> str:
    """The output of ``docker inspect --format <template>`` for a container."""
    return container.engine.docker(
        "inspect", "--format", template, container.id, doing=f"inspecting {container.name}"
    ).strip()


def _identity(container: Container) -> str:
    return inspect(container, "{{.Id}} started {{.State.StartedAt}} restarts {{.RestartCount}}")
