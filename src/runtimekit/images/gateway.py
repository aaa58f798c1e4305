"""The gateway and ``inflate``: compiled once per platform in a container, and passed to images as a build context."""

from __future__ import annotations

import functools
import hashlib
import shutil
from typing import TYPE_CHECKING

from runtimekit.engine import buildx, containers
from runtimekit.engine.buildx import NO_CACHE
from runtimekit.engine.jobs import GATEWAY, JobTracker
from runtimekit.errors import CommandError
from runtimekit.repository import dockerfiles
from runtimekit.support import machine
from runtimekit.support.folders import folder_digest
from runtimekit.support.home import is_locked, locked

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.jobs import Job

KEY = "gateway"
"""The name of its compilation in reports."""
DEADLINE_SECONDS = 1200
TEST_SECONDS = 600
TEST_IMAGE = "runtimekit-gateway-test:latest"
TEST_PROFILE = containers.Profile(
    user="0:0", memory="4g", pids=4096, read_only=False, volumes=(), tmpfs=(), privileged=True
)
KEPT = 3
"""How many versions stay in build/, so that switching between two branches compiles nothing."""


class Gateway:
    """The gateway of one repository."""

    def __init__(
        self,
        root: Path,
        engine: Engine,
        logs: Path,
        cancelled: threading.Event,
        cache: buildx.LayerCache = NO_CACHE,
        tracker: JobTracker | None = None,
    ) -> None:
        self.folder = root / "gateway"
        self.output = root / "build" / "gateway"
        self.engine = engine
        self.logs = logs
        self.cancelled = cancelled
        self.cache = cache
        self.tracker = tracker or JobTracker()
        self.bases = dockerfiles.read((self.folder / "Dockerfile").read_text(encoding="utf-8"), ()).bases

    def provide(self, architectures: Sequence[str], local_bases: Mapping[str, str]) -> Path:
        """The folder with ``<architecture>/gateway`` and ``…/inflate``, compiled now if a source has changed.

        Args:
            architectures: Those that are needed, as Docker calls them.
            local_bases: The local images of its bases, where no registry answers.

        Raises:
            ImageBuildError: It does not compile.
        """
        target = self._target(local_bases)
        waiting = functools.partial(self.tracker.show_waiting, KEY, "waits for another run that compiles")
        with locked("gateway", self.cancelled, waiting):
            missing = [name for name in architectures if not (target / name).exists()]
            if not missing:
                self.tracker.end_waiting(KEY, "is compiled by now")
            else:
                scratch = self.output / f".{target.name}.part"
                shutil.rmtree(scratch, ignore_errors=True)
                self.compile(scratch, local_bases, missing)
                target.mkdir(exist_ok=True)
                for name in missing:
                    (scratch / name).rename(target / name)
                scratch.rmdir()
                self._forget_old()
            target.touch()
        return target

    def queue(self, architectures: Sequence[str], local_bases: Iterable[str]) -> bool:
        """Whether :meth:`provide` has to compile it; then its log exists from now on, if no other run writes there.

        Args:
            architectures: Those that are needed, as Docker calls them.
            local_bases: The references of its bases that are made here.
        """
        target = self._target(local_bases)
        if all((target / name).exists() for name in architectures):
            return False
        if not is_locked("gateway"):
            self.tracker.queue(KEY, self._log)
        return True

    @property
    def _log(self) -> Path:
        return self.logs / "gateway.log"

    def _target(self, local_bases: Iterable[str]) -> Path:
        """The folder of the binaries that belong to the present sources."""
        stamp = hashlib.sha256("\n".join([folder_digest(self.folder), *sorted(local_bases)]).encode()).hexdigest()
        return self.output / stamp[:16]

    def compile(
        self,
        target: Path,
        local_bases: Mapping[str, str],
        architectures: Sequence[str] = (),
        *,
        no_cache: bool = False,
    ) -> None:
        """Compile it into a folder, by default for every architecture, even if it is there already.

        Raises:
            ImageBuildError: It does not compile.
        """
        platforms = (f"linux/{machine.native()}",)
        request = buildx.BuildRequest(
            name="gateway",
            folder=self.folder,
            platforms=platforms,
            contexts=_contexts(local_bases),
            cache=() if no_cache else tuple(self.cache.arguments("gateway", platforms)),
            build_args={"ARCHITECTURES": " ".join(architectures)} if architectures else {},
            output=f"type=local,dest={target}",
            no_cache=no_cache,
        )
        result = f"compiled for {', '.join(architectures) or 'all platforms'}"
        with self.tracker.job(GATEWAY, KEY, self._log, result=result) as piece:
            self._build(request, piece)

    def test(self, local_bases: Mapping[str, str]) -> str:
        """Run the gateway's own tests in a container with its compiler and return what they print.

        Raises:
            CommandError: A test failed; holds the last words.
        """
        platform = f"linux/{machine.native()}"
        request = buildx.BuildRequest(
            name="gateway's tests",
            folder=self.folder,
            platforms=(platform,),
            contexts=_contexts(local_bases),
            target="test",
            tags=(TEST_IMAGE,),
        )
        log = self.logs / "gateway-test.log"
        with self.tracker.job(GATEWAY, "gateway's tests", log, result="passed") as piece:
            self._build(request, piece)
            with (
                piece.stage("go vet ./... && go test ./..."),
                containers.running(
                    self.engine, TEST_IMAGE, name="gateway-test", platform=platform, profile=TEST_PROFILE
                ) as container,
            ):
                status = container.wait(TEST_SECONDS)
                output = container.logs()
            if status != 0:
                raise CommandError("testing the gateway", "go vet ./... && go test ./...", status, output[-8000:])
        return output

    def _build(self, request: buildx.BuildRequest, piece: Job) -> None:
        piece.begin()
        buildx.build(
            self.engine,
            request,
            log=piece.log_file,
            deadline=DEADLINE_SECONDS,
            watch=piece.watch,
            cancelled=self.cancelled,
        )

    def _forget_old(self) -> None:
        versions = sorted(self.output.glob("[0-9a-f]*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for version in versions[KEPT:]:
            shutil.rmtree(version)


def _contexts(local_bases: Mapping[str, str]) -> dict[str, str]:
    return {reference: f"docker-image://{image}" for reference, image in local_bases.items()}
