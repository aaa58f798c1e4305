"""A function that runs on this machine and is built again when its files change.

``./dev serve`` and ``./dev call`` use this class, and so may any program (:mod:`runtimekit.client`).
"""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.errors import FunctionLaunchError, RuntimekitError
from runtimekit.functions import protocols, source
from runtimekit.functions.build_container import BuildContainer
from runtimekit.functions.envelope import NO_SETTINGS
from runtimekit.functions.function import READY_SECONDS, deadline_factor, launch
from runtimekit.functions.protocols.base import DEFAULT_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    from runtimekit.engine.client import Engine
    from runtimekit.functions.envelope import Settings
    from runtimekit.functions.exchange import Answer, Request
    from runtimekit.functions.function import Function
    from runtimekit.functions.protocols import FunctionProtocol
    from runtimekit.repository.catalogue import Runtime

DRAIN_SECONDS = 900.0
"""How long a replaced function may go on with its requests: the contract's longest time-out (R7)."""

WORK = "build/run"
"""Where archives of running functions are, in a repository."""
MORE_SECONDS = 30.0
"""How much longer than its time-out an answer is waited for: requests may wait for a worker (contract R7)."""
READ_SECONDS = 0.2
"""How long the rest of a message that has begun is waited for."""


@dataclass
class _Launched:
    """One launched build of the function, and how many requests it is busy with."""

    function: Function
    stack: ExitStack
    requests: int = 0
    is_replaced: bool = False
    idle: threading.Event = field(default_factory=threading.Event)


class LocalFunction:
    """A function of a folder, in the image that production uses. A context manager: at its end nothing is left.

    Args:
        engine: The engine that runs it.
        runtime: Its runtime. The images must exist.
        folder: The folder with its source.
        platform: As docker calls it.
        work: Where a folder for archives is made, and removed at the end. It must be a folder that the engine sees.
        entrypoint: The function's file; empty means the language's default.
        cache: Whether downloads of package managers are kept in a volume.
        run_image: Replaces the runtime's own run image.
        settings: What every request gets; of a protocol in which variables are the container's, what that gets.
        on_line: Is told what the function prints, line by line. Called from several threads.
        on_build_line: Is told what ``build.sh`` prints.
    """

    def __init__(
        self,
        engine: Engine,
        runtime: Runtime,
        folder: Path,
        *,
        platform: str,
        work: Path,
        entrypoint: str = "",
        cache: bool = True,
        run_image: str = "",
        settings: Settings = NO_SETTINGS,
        on_line: Callable[[str], None] = lambda _line: None,
        on_build_line: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.engine = engine
        self.runtime = runtime
        self.folder = folder
        self.platform = platform
        work.mkdir(parents=True, exist_ok=True)
        self._scratch = tempfile.TemporaryDirectory(dir=work, prefix=f"{runtime.id}-")
        self.work = Path(self._scratch.name)
        self.entrypoint = entrypoint
        self.run_image = run_image
        self.settings = settings
        self.on_line = on_line
        self.on_build_line = on_build_line
        self.builds = 0
        self._lock = threading.Lock()
        self._lines_lock = threading.Lock()
        self._current: _Launched | None = None
        self._all: list[_Launched] = []
        self._removing: list[threading.Thread] = []
        self.cache = cache
        self._builder = BuildContainer(engine, runtime, platform, self.work, cache=cache)

    def use(self, runtime: Runtime) -> None:
        """Build and launch with other images from the next :meth:`update` on."""
        if runtime != self.runtime:
            self._builder.close()
            self.runtime = runtime
            self._builder = BuildContainer(self.engine, runtime, self.platform, self.work, cache=self.cache)

    def __enter__(self) -> Self:
        """Start nothing yet: :meth:`update` builds."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove every container, busy or not."""
        with self._lock:
            mine, self._all = self._all, []  # the threads that remove replaced builds find theirs no more
        with ExitStack() as stack:
            stack.callback(self._builder.close)
            for launched in mine:
                stack.callback(launched.stack.close)
                launched.idle.set()
        for thread in self._removing:
            thread.join()
        self._scratch.cleanup()

    @property
    def protocol(self) -> FunctionProtocol:
        """How it is built, launched and called."""
        return protocols.of(self.runtime.protocol)

    @property
    def is_running(self) -> bool:
        """Whether there is a build that answers requests."""
        return self._current is not None

    def update(self) -> None:
        """Build the folder's present state and launch it in place of what runs now.

        Requests that are in flight are answered by what they were given to; that is removed when it has answered all.
        If building or launching fails, what runs now goes on.

        Raises:
            FunctionBuildError: ``build.sh`` failed.
            FunctionLaunchError: It was built, and could not be loaded.
        """
        self.builds += 1
        archive = self.work / f"function-{self.builds}.tar.gz"
        now = source.read(self.folder)
        self._builder.build(now, archive, entrypoint=self.entrypoint, on_line=self.on_build_line)
        launched = self._launch(archive)
        with self._lock:
            before, self._current = self._current, launched
            if before:
                before.is_replaced = True
                if before.requests == 0:
                    before.idle.set()
        if before:
            thread = threading.Thread(target=self._remove, args=(before,))
            thread.start()
            self._removing.append(thread)

    def call(self, *, seconds: float = 60, **fields: Any) -> Answer:  # noqa: ANN401 - the protocol's fields
        """Send one request to the newest build, as :meth:`runtimekit.functions.function.Function.call` does.

        Args:
            seconds: How long to wait for the answer.
            fields: The fields of the function's protocol, such as ``payload="…"``.

        Raises:
            FunctionLaunchError: There is no build.
            OSError: The function's container does not answer.
        """
        with self._in_use() as function:
            return function.call(seconds=seconds, **fields)

    def exchange(self, request: Request) -> Answer:
        """Send a request of the function's user to the newest build, with the settings.

        Raises:
            FunctionLaunchError: There is no build.
            NotTextError: The protocol's payload is text, and the request's is none.
            OSError: The function's container does not answer.
        """
        seconds = (self.settings.timeout or DEFAULT_TIMEOUT) + MORE_SECONDS
        with self._in_use() as function:
            return function.exchange(request, self.settings, seconds=seconds)

    @contextmanager
    def _in_use(self) -> Iterator[Function]:
        """The newest build. It is not removed before the block ends."""
        with self._lock:
            launched = self._current
            if launched is None:
                raise FunctionLaunchError(str(self.runtime), "it was not built yet", "")
            launched.requests += 1
        try:
            yield launched.function
        finally:
            with self._lock:
                launched.requests -= 1
                if launched.is_replaced and launched.requests == 0:
                    launched.idle.set()

    def _launch(self, archive: Path) -> _Launched:
        with ExitStack() as stack:
            stack.callback(archive.unlink, missing_ok=True)
            lines: list[str] = []
            logs = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=self.work, prefix="logs-")))
            function = stack.enter_context(
                launch(
                    self.engine,
                    self.runtime,
                    archive=archive,
                    platform=self.platform,
                    run_image=self.run_image,
                    await_ready=False,
                    environment=self.protocol.environment(self.settings),
                    folder=self.work,
                    logs=logs,
                )
            )
            is_ready = threading.Event()
            stack.enter_context(function.container.following(lambda line: self._hear(line, lines, is_ready)))
            self._await_ready(function, lines)
            self._pass_on(lines, is_ready)
            launched = _Launched(function, stack.pop_all())
        self._all.append(launched)
        return launched

    def _hear(self, line: str, lines: list[str], is_ready: threading.Event) -> None:
        """Pass on what the function prints. Before it is ready that is kept: it may be why it never is."""
        with self._lines_lock:
            if not is_ready.is_set():
                lines.append(line)
                return
        self.on_line(line)

    def _pass_on(self, lines: list[str], is_ready: threading.Event) -> None:
        with self._lines_lock:
            is_ready.set()
            for line in lines:
                if not self.protocol.is_usual(line):
                    self.on_line(line)

    def _await_ready(self, function: Function, lines: list[str]) -> None:
        """Wait until the function is loaded. One that cannot be loaded says so at once.

        Raises:
            FunctionLaunchError: It has ended, cannot be loaded, or is not ready in time.
        """
        name, seconds = str(self.runtime), READY_SECONDS * deadline_factor(self.platform)
        end = time.monotonic() + seconds
        looked = time.monotonic()
        while not function.ready():
            if (first := self._failure(lines)) is not None:
                time.sleep(READ_SECONDS)  # for the lines that follow it
                text = "\n".join(lines[first:]).removeprefix("gateway: ")
                raise FunctionLaunchError(name, "it cannot be loaded", text)
            now = time.monotonic()
            if now > looked + 1:
                looked = now
                if not function.container.state().running:
                    raise FunctionLaunchError(name, "its container has ended", "\n".join(lines[-20:]))
            if now > end:
                raise FunctionLaunchError(name, f"it was not ready within {seconds:g} s", "\n".join(lines[-20:]))
            time.sleep(0.01)

    def _remove(self, launched: _Launched) -> None:
        """Remove a replaced build as soon as it has answered its requests."""
        launched.idle.wait(DRAIN_SECONDS)
        with self._lock:
            mine = launched in self._all
            if mine:
                self._all.remove(launched)
        if mine:
            with suppress(RuntimekitError):  # it is removed by the next run's look for orphans
                launched.stack.close()

    def _failure(self, lines: list[str]) -> int | None:
        """The index of the line in which the gateway says why the function cannot be loaded; None if it has not."""
        for index, line in enumerate(lines):
            if line.startswith("gateway: ") and not self.protocol.is_usual(line):
                return index
        return None
