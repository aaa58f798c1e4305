"""The overview that ``./dev`` alone prints: commands by purpose. ``./dev --list`` prints every task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Group:
    """The commands for one purpose."""

    title: str
    examples: tuple[tuple[str, str], ...]
    """Commands without ``./dev``, the most frequent first, and what each does."""
    also: tuple[str, ...] = ()
    """Further tasks, as people type them."""


GROUPS = (
    Group(
        "Function",
        (
            ("create hi --language go", "begin a function of your own"),
            ("serve hi", "run it at a local address"),
            ("call hi --payload x", "call it once"),
        ),
    ),
    Group(
        "Build",
        (
            ("build --local", "every image, for this machine"),
            ("build python-3.13", "one image, for every platform"),
            ("new node 26", "begin a new version of a language"),
        ),
        ("plan", "explain", "reproduce", "bake-file"),
    ),
    Group(
        "Test",
        (
            ("test", "everything that has to pass"),
            ("verify python-3.13", "one image against the contract"),
        ),
        (
            "actionlint",
            "bench",
            "conform",
            "executor",
            "gateway-test",
            "open-runtimes-suite",
            "package",
            "performance",
            "soak",
        ),
    ),
    Group(
        "Publish",
        (
            ("bundle hi --tag hi:1", "one image of a function of yours"),
            ("publish --dry-run", "every step, and nothing is done"),
            ("sbom python-3.13", "what an image holds, as SPDX"),
        ),
        ("pin",),
    ),
    Group(
        "Look",
        (
            ("list", "the runtimes"),
            ("doctor", "what this machine has and lacks"),
            ("audit", "what has become old"),
        ),
        ("catalogue",),
    ),
    Group(
        "CI",
        (
            ("matrix", "a row for each image and platform"),
            ("report", "all results as one page"),
        ),
        ("comment", "propose", "rehearse", "release", "verdict"),
    ),
    Group(
        "Engine",
        (
            ("engine status", "which Docker, and whether it answers"),
            ("builder list", "other machines that build"),
            ("completion bash", "completion for bash, zsh or fish"),
        ),
        (
            "engine start",
            "engine stop",
            "engine env",
            "engine remove",
            "builder create",
            "builder check",
            "builder remove",
        ),
    ),
)
"""Every task is in one of these groups."""

_WIDTH = max(len(command) for group in GROUPS for command, _ in group.examples)
_TITLE_WIDTH = 10
_ALSO_WIDTH = 60


def lines() -> Iterator[str]:
    """Yield the overview's lines, for a terminal of 80 columns."""
    yield "Usage: ./dev TASK [RUNTIME …] [--option …]"
    for group in GROUPS:
        yield ""
        title = group.title
        for command, meaning in group.examples:
            yield f"{title:{_TITLE_WIDTH}}./dev {command:{_WIDTH}}  {meaning}"
            title = ""
        for number, some in enumerate(_wrapped(group.also)):
            yield f"{'':{_TITLE_WIDTH}}{'' if number else 'also: ':6}{some}"
    yield ""
    yield "./dev TASK --help shows a task's options, ./dev --list every task."


def _wrapped(names: tuple[str, ...]) -> Iterator[str]:
    """The names in lines that fit. No line breaks inside of a name."""
    line = ""
    for name in names:
        if line and len(line) + len(name) > _ALSO_WIDTH:
            yield line + ","
            line = ""
        line += f", {name}" if line else name
    if line:
        yield line
