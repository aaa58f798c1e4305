"""Names of runtimes (``python-3.10``), platforms and kinds. No other module takes such names apart.

One identifier names one thing everywhere: the folder, the image's tag, the task's argument, the CI job. Names that come
from folders and command lines become parts of file names and of docker's arguments, so what is not exactly of the
expected form is refused here, once.
"""

from __future__ import annotations

import difflib
import platform as host
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering
from typing import TYPE_CHECKING, Self

from runtimekit.errors import NothingSelectedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LANGUAGE = re.compile(r"[a-z][a-z0-9]{0,31}", re.ASCII)
_PLAIN_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){0,2}", re.ASCII)
_CALENDAR_VERSION = re.compile(r"[1-9][0-9]\.(0[1-9]|1[0-2])", re.ASCII)

_SECOND = "-v5"
"""What the names of the second protocol's images end in."""

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
"""Operating systems' names of processors, and Docker's, where they differ."""


class Kind(StrEnum):
    """How a runtime turns a function's source into an answer (contract I2, I3)."""

    INTERPRETED = "interpreted"
    """One image builds and runs."""
    COMPILED = "compiled"
    """The image builds an executable, which a run image runs."""
    RUN_IMAGE = "run-image"
    """An image on which compiled functions run."""


class Protocol(StrEnum):
    """What an image's callers and functions speak."""

    V2021 = "2021"
    """The contract (docs/contract.md)."""
    V5 = "v5"
    """The open-runtimes protocol, version 5 (docs/protocol-v5.md)."""


@total_ordering
@dataclass(frozen=True)
class RuntimeId:
    """A runtime's name, in its parts (contract I1). Sorts by language, then by the version's numbers."""

    language: str
    version: str
    protocol: Protocol = Protocol.V2021
    """The first protocol is not written: ``python-3.10``; the second one is: ``python-3.10-v5``."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``python-3.10``. Raises ValueError with the reason, in words for whoever typed the name."""
        name = text.removesuffix(_SECOND)
        protocol = Protocol.V2021 if name == text else Protocol.V5
        language, dash, version = name.partition("-")
        if not dash:
            reason = "a runtime is called <language>-<version>, as in 'python-3.10'"
        elif not _LANGUAGE.fullmatch(language):
            reason = "the language must be lower-case letters and digits, beginning with a letter, as in 'python-3.10'"
        elif not (_PLAIN_VERSION.fullmatch(version) or _CALENDAR_VERSION.fullmatch(version)):
            reason = "the version must be numbers without leading zeros, as in '3.10', or a date, as in '24.04'"
        else:
            return cls(language, version, protocol)
        raise ValueError(f"{text!r} is no runtime's name: {reason}")

    def __str__(self) -> str:
        """The identifier itself: ``python-3.10``, ``python-3.10-v5``."""
        return self.folder if self.protocol is Protocol.V2021 else f"{self.folder}-{self.protocol}"

    @property
    def folder(self) -> str:
        """Its folder in ``runtimes/``, which all protocols share: ``python-3.10``."""
        return f"{self.language}-{self.version}"

    def __lt__(self, other: RuntimeId) -> bool:
        """``python-3.9`` comes before ``python-3.10``."""
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, tuple[int, ...], str, str]:
        return self.language, tuple(int(number) for number in self.version.split(".")), self.version, self.protocol

    @property
    def dashed(self) -> str:
        """``python-3-10``: the name of the function's archive and a part of container names."""
        return str(self).replace(".", "-")

    def image_name(self, kind: Kind) -> str:
        """``python-runtime:3.10`` (contract I1), or ``appwrite-alpine:3.22`` for a run image (contract I3).

        Of the second protocol ``python:v5-3.10``, as its executors name images, below the folder of whoever publishes.
        """
        if self.protocol is not Protocol.V2021:
            return f"{self.language}:{self.protocol}-{self.version}"
        if kind is Kind.RUN_IMAGE:
            return f"appwrite-{self.language}:{self.version}"
        return f"{self.language}-runtime:{self.version}"


@dataclass(frozen=True)
class Platform:
    """A kind of machine that images are built for."""

    name: str
    """Short, as in ``--arch arm64``."""
    docker: str
    """Docker's name: ``linux/arm64``."""
    runner: str
    """The CI machine that builds and tests it natively."""

    def __str__(self) -> str:
        """Docker's name, which tables and job names show."""
        return self.docker

    @staticmethod
    def native(platforms: Sequence[Platform]) -> Platform:
        """The one of ``platforms`` that this machine runs without emulation."""
        machine = host.machine().lower()
        name = _MACHINES.get(machine, machine)
        for each in platforms:
            if each.name == name:
                return each
        declared = ", ".join(each.name for each in platforms)
        raise NothingSelectedError(f"this machine, which is {machine}: platforms.toml declares {declared}")


def split_digest(reference: str) -> tuple[str, str | None]:
    """``node:22@sha256:…`` → the tag, for people, and the digest, for machines; None where none is written."""
    tag, _, digest = reference.partition("@")
    return tag, digest or None


def split_tag(reference: str) -> tuple[str, str]:
    """``ghcr.io/acme/node:22@sha256:…`` → ``ghcr.io/acme/node`` and ``22``; ``latest`` where no tag is written."""
    tagged, _ = split_digest(reference)
    name, colon, tag = tagged.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (tagged, "latest")


def near_names(name: str, known: Iterable[str]) -> list[str]:
    """Up to three known names that somebody who wrote ``name`` may have meant, the likeliest first."""
    names = sorted(set(known))
    beginnings = [each for each in names if name and each.startswith(name)]
    similar = difflib.get_close_matches(name, names, 3, 0.7)
    return list(dict.fromkeys([*similar, *beginnings]))[:3]


def perhaps(name: str, known: Iterable[str]) -> str:
    """`` Perhaps you meant 'entrypoint'?`` to put after a message, or nothing where no known name is near."""
    near = near_names(name, known)
    return f" Perhaps you meant {near[0]!r}?" if near else ""
