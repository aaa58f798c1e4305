"""A Docker engine as this project uses it: python-on-whales, with typed results and our own errors."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from python_on_whales import DockerClient

from runtimekit.engine import locate
from runtimekit.errors import EngineError
from runtimekit.repository.identifiers import split_digest
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from runtimekit.engine.locate import Location

OLDEST_ENGINE = (23, 0)
"""The first version whose default builder is BuildKit with named contexts."""


@dataclass(frozen=True)
class Image:
    """One image in the engine. ``size`` is in bytes."""

    reference: str
    id: str
    size: int
    architecture: str
    labels: Mapping[str, str] = field(default_factory=dict)


MANY_IMAGES = 50
"""docker sends one request for each name that it inspects. Beyond this number, listing all images first is faster."""


class Engine:
    """A Docker engine that answers. It is cheap to create; versions are read once, when they are first needed."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self.client = DockerClient(
            client_call=[str(location.docker)],
            host=location.host,
            config=str(location.config) if location.config else None,
        )

    @property
    def command(self) -> list[str]:
        """The arguments that start every docker command for this engine."""
        return [str(argument) for argument in self.client.docker_cmd]

    def docker(self, *arguments: str, doing: str, deadline: float = 120, check: bool = True) -> str:
        """Run one short docker command and return what it prints.

        Raises:
            CommandError: The command failed (with ``check``).
            DeadlineError: It took longer than ``deadline`` seconds.
        """
        return commands.run([*self.command, *arguments], doing=doing, deadline=deadline, check=check).stdout

    @cached_property
    def info(self) -> dict[str, Any]:
        """The output of ``docker info``."""
        text = self.docker("info", "--format", "{{json .}}", doing="asking the engine what it is", deadline=60)
        return dict(json.loads(text))

    @cached_property
    def buildx_version(self) -> str:
        """The version of buildx, such as ``v0.29.1``; empty without buildx."""
        words = self.docker("buildx", "version", doing="asking for buildx", check=False).split()
        return words[1] if len(words) > 1 else "".join(words)

    @property
    def containerd_store(self) -> bool:
        """Whether the engine uses the containerd image store, where one image can hold several platforms."""
        return any("io.containerd.snapshotter" in str(row) for row in self.info.get("DriverStatus") or ())

    def check(self) -> None:
        """Refuse an engine that is too old or lacks buildx, before any work.

        Raises:
            EngineError: It is too old, or there is no buildx.
        """
        found = str(self.info.get("ServerVersion", "0"))
        numbers = tuple(int(part) for part in found.split("+", maxsplit=1)[0].split(".")[:2] if part.isdigit())
        if numbers < OLDEST_ENGINE:
            wanted = ".".join(map(str, OLDEST_ENGINE))
            raise EngineError(f"Docker {wanted} or newer is needed; this engine is {found}.", todo=["upgrade Docker"])
        if not self.buildx_version:
            raise EngineError(
                "docker has no buildx plugin.",
                todo=["install it (docker-buildx-plugin or docker-buildx) and try again"],
            )

    def images(self, references: Iterable[str]) -> dict[str, Image]:
        """The images among ``references`` (``name:tag``) that exist, by reference. Missing ones are left out."""
        wanted = list(references)
        if len(wanted) > MANY_IMAGES:
            text = self.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", doing="listing images")
            listed = set(text.split())
            wanted = [name for name in wanted if name in listed]
        if not wanted:
            return {}
        text = self.docker("image", "inspect", *wanted, doing="inspecting images", check=False)
        found: dict[str, Image] = {}
        for row in json.loads(text or "[]"):
            labels = (row.get("Config") or {}).get("Labels") or {}
            for name in row.get("RepoTags") or ():
                image = Image(name, row["Id"], int(row.get("Size") or 0), row.get("Architecture", ""), labels)
                found[name] = image
        return {name: found[name] for name in wanted if name in found}

    def registry_digest(self, reference: str) -> str:
        """The digest of a tag's index in its registry now. A reference with a digest returns that digest.

        Raises:
            CommandError: The registry does not answer or has no such tag.
        """
        tag, pinned = split_digest(reference)
        if pinned:
            return pinned
        arguments = ("buildx", "imagetools", "inspect", tag, "--format", "{{json .Manifest}}")
        text = self.docker(*arguments, doing=f"asking the registry for {reference}", deadline=60)
        return str(json.loads(text)["digest"])

    def environment(self) -> dict[str, str]:
        """The environment for docker, with variables that make buildx's output the same on every machine."""
        return {**os.environ, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1", "DOCKER_CLI_HINTS": "false"}


def connect(log: Callable[[str], None]) -> Engine:
    """Find the machine's engine, or start the embedded one.

    Args:
        log: Prints a line about what is started or installed.

    Raises:
        EngineError: There is no engine, it is too old, or it has no buildx.
    """
    engine = Engine(locate.find_or_start(log))
    engine.check()
    return engine
