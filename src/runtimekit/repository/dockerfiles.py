"""Finds what a Dockerfile takes from outside: the images it is built on, and its named contexts.

Dockerfiles here are plain ones, so this reads only what the question needs: ``ARG``, ``FROM`` and ``from=``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_FROM = re.compile(r"FROM\s+(?:--platform=\S+\s+)?(?P<base>\S+)(?:\s+AS\s+(?P<stage>\S+))?\s*$", re.IGNORECASE)
_ARG = re.compile(r"ARG\s+(?P<name>\w+)(?:=(?P<default>\S*))?", re.IGNORECASE)
_COPY_FROM = re.compile(r"(?:COPY|ADD)\s.*?--from=(?P<source>\S+)", re.IGNORECASE)
_MOUNT_FROM = re.compile(r"--mount=\S*?\bfrom=(?P<source>[^\s,]+)")
_VARIABLE = re.compile(r"\$(?:(?P<plain>\w+)|\{(?P<braced>\w+)(?::-(?P<fallback>[^}]*))?\})")
_HEREDOC = re.compile(r"(?<!\S)\d*<<-?[\"']?(?P<end>\w+)[\"']?")


@dataclass(frozen=True)
class Dockerfile:
    """The outside sources of a Dockerfile, each once, in the order of its first use."""

    bases: tuple[str, ...]
    """References of images, exactly as the build asks for them: ``ARG`` defaults are filled in."""
    contexts: tuple[str, ...]
    """Named contexts: what ``--build-context NAME=FOLDER`` must be given for."""


@dataclass(frozen=True)
class Source:
    """One place where a Dockerfile names something from outside: an image or a named context."""

    lines: range
    """Where the instruction stands, counted from 0."""
    written: str
    """The text as written: ``python:${VERSION}-slim``."""
    reference: str
    """With the defaults of arguments filled in: ``python:3.10-slim``."""


def read(text: str, known_contexts: Collection[str]) -> Dockerfile:
    """Read a Dockerfile. Raises ValueError where no ``FROM`` names an image without help."""
    references = list(dict.fromkeys(source.reference for source in sources(text)))
    return Dockerfile(
        bases=tuple(each for each in references if each not in known_contexts),
        contexts=tuple(each for each in references if each in known_contexts),
    )


def sources(text: str) -> list[Source]:
    """Every place that names something from outside, in order. Raises ValueError as :func:`read` does."""
    arguments: dict[str, str] = {}
    stages: set[str] = set()
    found: list[Source] = []
    for lines, instruction in _instructions(text):
        if match := _FROM.match(instruction):
            base = _substitute(match["base"], arguments)
            if base.lower() not in stages:
                found.append(Source(lines, match["base"], base))
            stages.add((match["stage"] or "").lower())
        elif not stages and (match := _ARG.match(instruction)):  # only these are seen by FROM
            arguments[match["name"]] = (match["default"] or "").strip("\"'")
        else:
            names = [*_COPY_FROM.findall(instruction), *_MOUNT_FROM.findall(instruction)]
            found += [Source(lines, each, each) for each in names if each.lower() not in stages and not each.isdigit()]
    if not stages:
        raise ValueError("has no FROM line")
    return [source for source in found if source.reference.lower() != "scratch"]


def _instructions(text: str) -> Iterator[tuple[range, str]]:
    """The instructions, each as one line, without comments and without the bodies of here-documents."""
    lines = enumerate(text.splitlines())
    instruction = ""
    first = last = 0
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        first, last = (first if instruction else number), number
        if stripped.endswith("\\"):
            instruction += stripped[:-1] + " "
            continue
        instruction += stripped
        for heredoc in _HEREDOC.findall(instruction):
            for _, body in lines:
                if body.strip() == heredoc:
                    break
        yield range(first, last + 1), instruction
        instruction = ""
    if instruction:
        yield range(first, last + 1), instruction


def _substitute(reference: str, arguments: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match["plain"] or match["braced"]
        found = arguments.get(name) or match["fallback"]
        if not found:
            raise ValueError(f"'FROM {reference}' needs a default: ARG {name}=… above the first FROM")
        return found

    return _VARIABLE.sub(value, reference)
