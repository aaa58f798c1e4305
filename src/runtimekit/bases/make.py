"""Make the bases in ``bases/``: fetch the parts for each platform, then build the recipe's Dockerfile."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import shutil
import threading
from typing import TYPE_CHECKING

from runtimekit.bases import fetch, sources
from runtimekit.engine import buildx
from runtimekit.engine.jobs import BASES, JobTracker
from runtimekit.engine.labels import LABEL_FINGERPRINT, LABEL_PLATFORMS, LABEL_STAND_IN
from runtimekit.errors import BaseNeedsRegistryError, BaseNeedsRootError
from runtimekit.repository.recipes import find_base
from runtimekit.support import machine
from runtimekit.support.folders import folder_digest
from runtimekit.support.home import home, is_locked, locked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.jobs import Job
    from runtimekit.repository.recipes import Base, Recipe
    from runtimekit.support.listener import Listener


NATIVE_SECONDS = 1200.0
EMULATED_SECONDS = 5400.0
"""Time limits for building a base. The largest needs about three minutes on the native platform."""
INTO_ENGINE = "type=image,compression=gzip,compression-level=1"
"""Local bases are never published, so they use fast compression: 2.5 times as fast, 1 % larger."""


class Bootstrapper:
    """Makes base images on one engine, unless they exist and are up to date."""

    def __init__(
        self,
        engine: Engine,
        recipes: Sequence[Recipe],
        *,
        logs: Path,
        log: Callable[[str], None],
        cancelled: threading.Event | None = None,
        tracker: JobTracker | None = None,
    ) -> None:
        self.engine = engine
        self.recipes = recipes
        self.logs = logs
        self.cancelled = cancelled or threading.Event()
        self.tracker = tracker or JobTracker(log)

    def fingerprint(self, base: Base) -> str:
        """A hash of the base's inputs: its recipe, its reference, and the base below it."""
        below = self.fingerprint(sources.require(base.on, "", self.recipes)) if base.on else ""
        return hashlib.sha256(
            "\n".join([base.reference, folder_digest(base.recipe.folder), below]).encode()
        ).hexdigest()

    def obstacle(self, reference: str, platform: str) -> str | None:
        """Why this base cannot be made for this platform here, or None."""
        base = find_base(reference, self.recipes)
        if base is None:
            return "no registry answers, and there is no recipe for its base in bases/"
        return self.obstacle(base.on, platform) if base.on else None

    def provide(self, reference: str, platforms: Sequence[str], below: Callable[[], object] = lambda: None) -> str:
        """Make the base for these platforms unless it exists, and return the name of its local image.

        Args:
            reference: The FROM reference that it replaces.
            platforms: Docker's names of the platforms.
            below: Waits for the base below this one, if another thread makes it. Called after the parts are fetched.

        Raises:
            BaseNeedsRegistryError: It cannot be made here.
        """
        base = sources.require(reference, platforms[0], self.recipes)
        for platform in platforms:
            if because := self.obstacle(reference, platform):
                raise BaseNeedsRegistryError(reference, platform, because)
        waiting = functools.partial(self.tracker.show_waiting, base.key, "waits for another run that makes it")
        with locked(f"base-{_file_name(base)}", self.cancelled, waiting):
            have = self._made_for(base)
            if have >= set(platforms):
                self.tracker.end_waiting(base.key, "made by another run")
            else:
                self._make(base, sorted(have | set(platforms)), below)
        return base.image

    def _made_for(self, base: Base) -> set[str]:
        """The platforms for which the engine has this base in its current version."""
        present = self.engine.images([base.image]).get(base.image)
        if present is None or present.labels.get(LABEL_FINGERPRINT) != self.fingerprint(base):
            return set()
        return set(filter(None, present.labels.get(LABEL_PLATFORMS, "").split(",")))

    def missing(self, wanted: Mapping[str, Sequence[str]]) -> list[Base]:
        """The bases that must be made for these references, each once, those below first.

        Args:
            wanted: References, and docker's names of the platforms that each is wanted for.
        """
        found: dict[str, Base] = {}
        for reference, platforms in wanted.items():
            base = find_base(reference, self.recipes)
            if base and not self._made_for(base) >= set(platforms):
                below = self.missing({base.on: platforms}) if base.on else []
                found |= {each.reference: each for each in (*below, base)}
        return list(found.values())

    def check_rights(self, wanted: Mapping[str, Sequence[str]]) -> None:
        """Check that this user can make the missing bases, before any work starts.

        Args:
            wanted: References, and docker's names of the platforms that each is wanted for.

        Raises:
            BaseNeedsRootError: A root file system is missing, and only root can make one.
        """
        if os.geteuid() == 0:
            return
        for reference, platforms in wanted.items():
            base = find_base(reference, self.recipes)
            if base is None or self._made_for(base) >= set(platforms):
                continue
            if base.on:
                self.check_rights({base.on: platforms})
            elif "rootfs" in base.fetch:
                raise BaseNeedsRootError(base.reference)

    def _make(self, base: Base, platforms: Sequence[str], below: Callable[[], object]) -> None:
        with self.tracker.job(BASES, base.key, self._log(base), result="made") as job:
            job.begin()
            job.step(f"is made for {', '.join(platforms)}: {_describe(base)}")
            self._build(job, base, platforms, below)

    def queue(self, waiting: Sequence[Base]) -> None:
        """Create the logs of bases that are made later, except of those that another run is making."""
        for base in waiting:
            if not is_locked(f"base-{_file_name(base)}"):
                self.tracker.queue(base.key, self._log(base))

    def _log(self, base: Base) -> Path:
        return self.logs / f"base-{_file_name(base)}.log"

    def _build(self, job: Job, base: Base, platforms: Sequence[str], below: Callable[[], object]) -> None:
        contexts = {"common": str(base.recipe.folder.parents[1] / "adapters" / "common")}  # with fetch.sh
        folder = self._build_context(base, [platform.rpartition("/")[2] for platform in platforms], job)
        if base.on:
            with job.stage(f"waits for {base.on}"):
                below()
                contexts[base.on] = f"docker-image://{self.provide(base.on, platforms)}"
        request = buildx.BuildRequest(
            name=base.reference,
            folder=folder,
            platforms=tuple(platforms),
            tags=(base.image,),
            contexts=contexts,
            build_args=base.arguments,
            labels={
                LABEL_STAND_IN: _describe(base),
                LABEL_FINGERPRINT: self.fingerprint(base),
                LABEL_PLATFORMS: ",".join(platforms),
            },
            output=INTO_ENGINE,
        )
        native = list(platforms) == [f"linux/{machine.native()}"]
        deadline = NATIVE_SECONDS if native else EMULATED_SECONDS
        buildx.build(
            self.engine, request, log=job.log_file, deadline=deadline, watch=job.watch, cancelled=self.cancelled
        )

    def _build_context(self, base: Base, architectures: Sequence[str], job: Listener) -> Path:
        """Create the build context: the recipe's Dockerfile, and the parts that it copies, for each architecture."""
        folder = home() / "bases" / _file_name(base)
        stamp, wanted = folder / "fetched", json.dumps(base.fetch, sort_keys=True)
        if not stamp.exists() or stamp.read_text() != wanted:  # the recipe has changed since
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted)
        shutil.copyfile(base.recipe.folder / "Dockerfile", folder / "Dockerfile")
        for architecture in architectures:
            for kind, what in base.fetch.items():
                with job.stage(f"fetches its part for {architecture} ({kind})"):
                    fetch.FETCHERS[kind](what, architecture, folder, job)
        return folder


def _file_name(base: Base) -> str:
    return re.sub(r"[^a-z0-9.]", "-", base.reference)


def _describe(base: Base) -> str:
    return base.recipe.describes.format_map(base.facts)
