"""Making the bases that ``bases/`` describes: fetch the parts for each platform, build the recipe's Dockerfile."""

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
"""How long putting a base together may take: the largest needs some three minutes on this machine's own platform."""
INTO_ENGINE = "type=image,compression=gzip,compression-level=1"
"""Bases stay on this machine, in images that are not published: they are packed 2.5 times as fast, and 1 % larger."""


class Bootstrapper:
    """Provides base images on one engine, each reference once per run."""

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
        """What a base is made from, as a hash: its recipe, its reference, and the base below it."""
        below = self.fingerprint(sources.require(base.on, "", self.recipes)) if base.on else ""
        return hashlib.sha256(
            "\n".join([base.reference, folder_digest(base.recipe.folder), below]).encode()
        ).hexdigest()

    def obstacle(self, reference: str, platform: str) -> str | None:
        """Why this base cannot be made for this platform here, or None."""
        base = find_base(reference, self.recipes)
        if base is None:
            return "there is no recipe for it in bases/"
        return self.obstacle(base.on, platform) if base.on else None

    def provide(self, reference: str, platforms: Sequence[str], below: Callable[[], object] = lambda: None) -> str:
        """Make sure that the base exists for these platforms and return its local image's name.

        Args:
            reference: The FROM reference that it stands in for.
            platforms: Docker's names of the platforms.
            below: Waits for the base that this one stands on, if others make that: called when the parts are there.

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
        """The platforms for which the engine has this base as its recipe makes it now."""
        present = self.engine.images([base.image]).get(base.image)
        if present is None or present.labels.get(LABEL_FINGERPRINT) != self.fingerprint(base):
            return set()
        return set(filter(None, present.labels.get(LABEL_PLATFORMS, "").split(",")))

    def missing(self, wanted: Mapping[str, Sequence[str]]) -> list[Base]:
        """The bases that have to be made before these are there, each once, those below first.

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
        """See that this user can make what is missing, before anything is begun.

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
            self._make_as(job, base, platforms, below)

    def queue(self, waiting: Sequence[Base]) -> None:
        """Let the logs of these bases exist before they have their turn; not of one that another run is making."""
        for base in waiting:
            if not is_locked(f"base-{_file_name(base)}"):
                self.tracker.queue(base.key, self._log(base))

    def _log(self, base: Base) -> Path:
        return self.logs / f"base-{_file_name(base)}.log"

    def _make_as(self, job: Job, base: Base, platforms: Sequence[str], below: Callable[[], object]) -> None:
        contexts = {"common": str(base.recipe.folder.parents[1] / "adapters" / "common")}  # with fetch.sh
        folder = self._parts(base, [platform.rpartition("/")[2] for platform in platforms], job)
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

    def _parts(self, base: Base, architectures: Sequence[str], job: Listener) -> Path:
        """A build context: the recipe's Dockerfile, and what it copies, for each architecture."""
        folder = home() / "bases" / _file_name(base)
        stamp, wanted = folder / "fetched", json.dumps(base.fetch, sort_keys=True)
        if not stamp.exists() or stamp.read_text() != wanted:  # what an older recipe fetched is not this one's
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
