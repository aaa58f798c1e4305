"""What cases work on: launched functions, those that many cases share and those that one case has for itself."""

from __future__ import annotations

import http.client
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from runtimekit.conformance.raw_http import Wire
from runtimekit.engine import containers
from runtimekit.errors import RuntimekitError
from runtimekit.functions.function import ARCHIVE, READY_SECONDS, Function, launch, memory_limit, slowness, wait_ready
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from runtimekit.conformance.probes import Probe
    from runtimekit.engine.client import Engine
    from runtimekit.engine.containers import Container, Profile
    from runtimekit.repository.catalogue import Runtime

ALIVE_SECONDS = 20.0


@dataclass
class Site:
    """Where one runtime's functions are launched: a network of their own, under contract L6's confinement."""

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
    """What the table asks of the language."""
    resources: Path
    """The repository's test functions."""
    keys: list[str] = field(default_factory=list)
    """Every key that was given out: none may show anywhere."""
    stopped: bool = False
    _live: set[str] = field(default_factory=set)
    _wires: WeakSet[Wire] = field(default_factory=WeakSet)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def profile(self) -> Profile:
        """Contract L6."""
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
        """Launch ``hello`` or ``probe``; ``confined`` names what is to differ from contract L6, such as the user."""
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
            with self._known(launched.container):
                yield launched

    @contextmanager
    def start(self, *, archive: Path | None, variables: Mapping[str, str]) -> Iterator[Container]:
        """Start the run image with any archive and any variables, which may well fail; no key is added."""
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
            self._known(container),
        ):
            yield container

    @contextmanager
    def launch_with(
        self, variables: Mapping[str, str], key: str, *, archive: Path | None = None, await_ready: bool = True
    ) -> Iterator[Function]:
        """Launch the probe, or another archive, with these variables, which make ``key`` the right one."""
        with self.start(archive=archive or self.archives["probe"], variables=variables) as container:
            self.keys.append(key)
            launched = Function(container, *container.address(), key)
            if await_ready:
                seconds = READY_SECONDS * slowness(self.platform)
                wait_ready(launched, str(self.runtime), seconds)
            yield launched

    def end_all(self) -> None:
        """After Ctrl-C: end what runs, so that no case waits any longer, and launch nothing more."""
        self.stopped = True
        with self._lock:
            live, wires = list(self._live), list(self._wires)
        for wire in wires:
            wire.interrupt()
        if live:
            self.engine.docker("kill", *live, doing="ending the containers", check=False)

    def wire(self, function: Function, seconds: float) -> Wire:
        """A raw connection to a function, which Ctrl-C ends, too."""
        self._check_stopped()
        made = Wire(function.host, function.port, seconds)
        with self._lock:
            self._wires.add(made)
        return made

    def redacted(self, text: str) -> str:
        """The text without keys: reports are published."""
        for key in self.keys:
            text = text.replace(key, "<key>")
        return text

    @contextmanager
    def _known(self, container: Container) -> Iterator[None]:
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


class Stand:
    """A launched function that outlives cases. When a case has broken it, the next ones get a new one."""

    def __init__(self, launch: Callable[[], AbstractContextManager[Function]], plain: Mapping[str, Any]) -> None:
        self.plain = plain
        """The fields of a plain, valid request."""
        self.plain_status = http.client.OK
        self.generation = 0
        """How often it was launched: tells a case whether its function was replaced meanwhile."""
        self._launch = launch
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._function: Function | None = None
        self._identity = ""

    @property
    def function(self) -> Function:
        """The function, launched when it is needed first."""
        with self._lock:
            if self._function is None:
                self._function = self._stack.enter_context(self._launch())
                self.generation += 1
                self._identity = _identity(self._function.container)
            return self._function

    def learn(self) -> None:
        """Take the answer to a plain request as the right one: that of a function which nothing is known of."""
        self.plain_status = self.function.call(seconds=ALIVE_SECONDS, **self.plain).status

    def ailment(self, seconds: float = ALIVE_SECONDS) -> str:
        """Why a plain request is not answered as it should be; empty when it is (part of the liveness triple)."""
        try:
            answer = self.function.call(seconds=seconds, **self.plain)
        except (OSError, http.client.HTTPException) as error:
            return f"no answer ({type(error).__name__}: {error}); {self._state()}"
        if answer.status != self.plain_status:
            return f"status {answer.status} {answer.body[:300].decode(errors='replace')}"
        return ""

    def changed(self) -> str:
        """Whether the container is another than was launched, or was started again; empty when it is the same."""
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

    def renew(self, generation: int) -> None:
        """Launch another one, unless that was done already since ``generation``."""
        with self._lock:
            if self.generation == generation:
                self._function = None
                self._stack.close()

    def close(self) -> None:
        """Take the function away."""
        self._stack.close()

    def _state(self) -> str:
        state = self.function.container.state()
        return f"the container is {state.status}, exit code {state.exit_code}, restarts {state.restarts}"


def identify(container: Container, form: str) -> str:
    """What ``docker inspect`` says of a container, in a form of one's choice."""
    return container.engine.docker(
        "inspect", "--format", form, container.id, doing=f"inspecting {container.name}"
    ).strip()


def _identity(container: Container) -> str:
    return identify(container, "{{.Id}} started {{.State.StartedAt}} restarts {{.RestartCount}}")
