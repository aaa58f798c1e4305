"""The configuration and the files of an image, read from a container that is created but never started."""

from __future__ import annotations

import json
import secrets
import subprocess
import tarfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.engine.containers import LABEL_OWNER, PULL_NEVER, owner
from runtimekit.errors import CommandError, DeadlineError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.engine.client import Engine

EXPORT_SECONDS = 600


@dataclass(frozen=True)
class Contents:
    """One image for one platform, open for reading."""

    settings: Mapping[str, Any]
    """The container's configuration, as ``docker inspect`` shows it: ``Env``, ``Labels``, ``User`` …"""
    files: tarfile.TarFile
    """All files as a stream. Each can be read only once, in order."""


@contextmanager
def opened(engine: Engine, image: str, platform: str) -> Iterator[Contents]:
    """Open an image of the engine for reading. Nothing in it is run.

    Raises:
        CommandError: There is no such image for this platform, or the engine fails.
        DeadlineError: Reading takes longer than ten minutes.
    """
    name = f"runtimekit-contents-{secrets.token_hex(4)}"
    doing = f"reading {image} for {platform}"
    options = ["--name", name, "--label", f"{LABEL_OWNER}={owner()}", "--platform", platform, "--pull", PULL_NEVER]
    try:
        engine.docker("create", *options, image, "never-started", doing=doing)
        settings = json.loads(engine.docker("inspect", "--format", "{{json .Config}}", name, doing=doing))
        with _exported(engine, name, doing) as files:
            yield Contents(settings, files)
    finally:
        engine.docker("rm", "--force", "--volumes", name, doing=f"removing {name}", check=False)


@contextmanager
def _exported(engine: Engine, name: str, doing: str) -> Iterator[tarfile.TarFile]:
    argv = [*engine.command, "export", name]
    with commands.process(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None  # noqa: S101, PT018 - for the type checker
        end = time.monotonic() + EXPORT_SECONDS
        guard = threading.Timer(EXPORT_SECONDS, commands.end_group, [running])
        guard.daemon = True
        guard.start()
        broken: tarfile.TarError | None = None
        try:
            with tarfile.open(fileobj=running.stdout, mode="r|") as files:
                yield files
        except tarfile.TarError as error:
            broken = error
        finally:
            guard.cancel()
        # A stream that was cut between two files looks complete: only the exit status shows the difference.
        running.stdout.close()
        output = running.stderr.read().decode(errors="replace").strip()
        status = running.wait()
        if time.monotonic() > end:
            raise DeadlineError(doing, EXPORT_SECONDS, output)
        if broken or status != 0:
            raise CommandError(doing, commands.quoted(argv), status, output or str(broken)) from broken
