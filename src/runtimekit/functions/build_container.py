"""A build container that is kept, so that building a changed function again starts nothing and installs nothing.

What :func:`runtimekit.functions.function.build` does in a new container, this does in one that runs already: it sends
the source, runs ``build.sh`` and fetches the result. If no file has changed that decides which packages are installed,
``build.sh`` is told that they are still there.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from runtimekit.engine import containers
from runtimekit.errors import FunctionBuildError
from runtimekit.functions import caches, protocols
from runtimekit.functions.function import BUILD_SECONDS, deadline_factor
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container
    from runtimekit.functions.source import Source
    from runtimekit.repository.catalogue import Runtime

KEPT = "RUNTIME_PACKAGES_KEPT"
"""The environment variable that tells build.sh that the packages in /usr/code are those that it would install."""

MOST_REMOVED = 100
"""If more files than this have gone, all is built from the beginning: their names are arguments of a command."""


class BuildContainer:
    """Builds one function again and again. Use it as a context manager: its container is removed at the end.

    Args:
        engine: The engine that runs it.
        runtime: The function's runtime; its build image must exist.
        platform: As docker calls it.
        folder: A folder for files that are sent; it must exist.
        cache: Whether downloads are kept in a volume.
    """

    def __init__(self, engine: Engine, runtime: Runtime, platform: str, folder: Path, *, cache: bool = True) -> None:
        self.engine = engine
        self.runtime = runtime
        self.platform = platform
        self.folder = folder
        self.cache = cache
        self._how = protocols.of(runtime.protocol)
        self._stack = ExitStack()
        self._container: Container | None = None
        self._dependencies = ""
        """Of what is installed in the container; empty if that is not known."""
        self._names: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the container."""
        self._stack.close()

    def build(
        self, source: Source, target: Path, *, entrypoint: str = "", on_line: Callable[[str], None] = lambda _line: None
    ) -> None:
        """Build the function's present state.

        Args:
            source: Its files.
            target: The archive to write.
            entrypoint: The function's file; empty means the language's default.
            on_line: Is told each line that ``build.sh`` prints.

        Raises:
            FunctionBuildError: ``build.sh`` failed. The error holds its output.
            DeadlineError: It took too long.
        """
        dependencies = source.dependencies()
        removed = sorted(self._names - source.names)
        kept = self._container is not None and dependencies == self._dependencies and len(removed) <= MOST_REMOVED
        if not kept:
            removed = []
        container = self._running(dependencies, same=kept)
        self._dependencies = ""  # until it is known to have gone well
        archive = self.folder / "source.tar.gz"
        source.pack(archive)
        lines: list[str] = []

        def heard(line: str) -> None:
            lines.append(line)
            on_line(line)

        with archive.open("rb") as sent, atomic_files.writing(target) as built:
            status = container.transform(
                "sh",
                "-c",
                self._how.rebuild_script,
                "sh",
                *removed,
                environment={self._how.entrypoint_variable: entrypoint, KEPT: "yes" if kept else ""},
                source=sent,
                read=lambda stream: self._how.receive(stream, built),
                on_line=heard,
                deadline=BUILD_SECONDS * deadline_factor(self.platform),
            )
            if status != 0:
                raise FunctionBuildError(str(self.runtime), status, "\n".join(lines)[-4000:])
        target.chmod(0o644)  # any user inside the container reads it
        self._dependencies, self._names = dependencies, source.names

    def _running(self, dependencies: str, *, same: bool) -> Container:
        """The container. A new one if there is none, or if it has the cache of other dependencies."""
        if self._container is not None and not same and self.cache:
            self.close()
        if self._container is None:
            volume = caches.volume(self.engine, self.runtime, dependencies) if self.cache else ""
            self._container = self._stack.enter_context(
                containers.running(
                    self.engine,
                    self.runtime.build_image,
                    ["tail", "-f", "/dev/null"],
                    name=f"build-{self.runtime.id.dashed}",
                    platform=self.platform,
                    profile=self._how.build_profile(containers.BUILD_PROFILE),
                    environment=caches.environment(volume, self._how.cache),
                    volumes=caches.mounts(volume, self._how.cache),
                )
            )
        return self._container

    def close(self) -> None:
        """Remove the container. The next build starts a new one."""
        self._stack.close()
        self._container = None
        self._dependencies = ""
