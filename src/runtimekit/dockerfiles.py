"""What a Dockerfile takes from outside itself: the images it is built on and the named contexts that it uses.

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


def read(text: str, known_contexts: Collection[str]) -> Dockerfile:
    """Read a Dockerfile. Raises ValueError where no ``FROM`` names an image without help."""
    arguments: dict[str, str] = {}
    stages: set[str] = set()
    sources: list[str] = []
    for instruction in _instructions(text):
        if match := _FROM.match(instruction):
            base = _substitute(match["base"], arguments)
            if base.lower() not in stages:
                sources.append(base)
            stages.add((match["stage"] or "").lower())
        elif not stages and (match := _ARG.match(instruction)):  # only these are seen by FROM
            arguments[match["name"]] = (match["default"] or "").strip("\"'")
        else:
            found = [*_COPY_FROM.findall(instruction), *_MOUNT_FROM.findall(instruction)]
            sources += [each for each in found if each.lower() not in stages and not each.isdigit()]
    if not stages:
        raise ValueError("has no FROM line")
    sources = [each for each in dict.fromkeys(sources) if each.lower() != "scratch"]
    return Dockerfile(
        bases=tuple(each for each in sources if each not in known_contexts),
        contexts=tuple(each for each in sources if each in known_contexts),
    )


def _instructions(text: str) -> Iterator[str]:
    """The instructions, each on one line, without comments and without the bodies of here-documents."""
    lines = iter(text.splitlines())
    instruction = ""
    for line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.endswith("\\"):
            instruction += stripped[:-1] + " "
            continue
        instruction += stripped
        for heredoc in _HEREDOC.findall(instruction):
            for body in lines:
                if body.strip() == heredoc:
                    break
        yield instruction
        instruction = ""
    if instruction:
        yield instruction


def _substitute(reference: str, arguments: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match["plain"] or match["braced"]
        found = arguments.get(name) or match["fallback"]
        if not found:
            raise ValueError(f"'FROM {reference}' needs a default: ARG {name}=… above the first FROM")
        return found

    return _VARIABLE.sub(value, reference)
