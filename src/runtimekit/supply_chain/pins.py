"""Base images pinned by digest: ``FROM node:22-bookworm-slim@sha256:…``.

The tag is for the reader; docker pulls the digest. So an image is built on the same bytes until a commit renews the
pin.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.errors import BasesUnansweredError, CommandError, DeadlineError
from runtimekit.repository import dockerfiles
from runtimekit.repository.identifiers import split_digest
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime

PARALLEL_REQUESTS = 8
_REQUEST = re.compile(r'^ERROR: (?:failed to do request: \w+ "[^"]*": )?')
"""What buildx prints before the reason of an error. It only repeats the tag."""


@dataclass(frozen=True)
class Pin:
    """One base of one Dockerfile."""

    dockerfile: Path
    tag: str
    pinned: str | None
    """The digest in the Dockerfile; None without one."""
    current: str | None
    """The tag's digest in its registry now; None if the registry did not answer."""
    problem: str = ""
    """Why the registry did not answer."""

    @property
    def is_behind(self) -> bool:
        """Whether the registry's digest differs from the Dockerfile's, or the Dockerfile has none."""
        return self.current is not None and self.current != self.pinned


def bases_of(root: Path, runtimes: Iterable[Runtime], *, gateway: bool) -> dict[Path, tuple[str, ...]]:
    """The bases of each runtime's Dockerfile; with ``gateway``, also of the Dockerfile that compiles the gateway."""
    found = {runtime.folder / "Dockerfile": runtime.bases for runtime in runtimes}
    if gateway:
        file = root / "gateway" / "Dockerfile"
        found[file] = dockerfiles.read(file.read_text(encoding="utf-8"), ()).bases
    return found


def compare(files: Mapping[Path, Sequence[str]], digest_of: Callable[[str], str]) -> list[Pin]:
    """Compare the bases of Dockerfiles with their registry. Each tag is requested once, several in parallel.

    Args:
        files: Dockerfiles, each with its bases.
        digest_of: Returns a tag's digest in its registry. It may raise CommandError or DeadlineError.
    """
    bases = [(file, base) for file, references in files.items() for base in references]
    tags = list(dict.fromkeys(split_digest(base)[0] for _, base in bases))
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as pool:
        answers = dict(zip(tags, pool.map(lambda tag: _ask(tag, digest_of), tags), strict=True))
    pins = []
    for file, base in bases:
        tag, held = split_digest(base)
        current, problem = answers[tag]
        pins.append(Pin(file, tag, held, current, problem))
    return pins


def _ask(tag: str, digest_of: Callable[[str], str]) -> tuple[str | None, str]:
    try:
        return digest_of(tag), ""
    except CommandError as error:
        return None, _REQUEST.sub("", (error.output.strip().splitlines() or [str(error)])[-1])
    except DeadlineError as error:
        return None, str(error).splitlines()[0]


def renew(pins: Collection[Pin]) -> list[Path]:
    """Write the current digests into the Dockerfiles, and return the files that changed.

    Raises:
        BasesUnansweredError: The registry did not answer for a tag. No file was changed.
    """
    unanswered = {pin.tag: pin.problem for pin in pins if pin.current is None}
    if unanswered:
        raise BasesUnansweredError(unanswered)
    changed = []
    for file in dict.fromkeys(pin.dockerfile for pin in pins if pin.is_behind):
        digests = {pin.tag: pin.current for pin in pins if pin.dockerfile == file and pin.current}
        atomic_files.write_text(file, pinned(file.read_text(encoding="utf-8"), digests))
        changed.append(file)
    return changed


def pinned(text: str, digests: Mapping[str, str]) -> str:
    """Put digests (tag → ``sha256:…``) into a Dockerfile's text. Every other character stays as it is."""
    lines = text.splitlines(keepends=True)
    for source in dockerfiles.sources(text):
        tag, _ = split_digest(source.reference)
        if tag not in digests:
            continue
        before = r"(?<!\S)" if lines[source.lines.start].lstrip()[:4].upper() == "FROM" else "(?<=from=)"
        named = re.compile(rf"{before}{re.escape(source.written)}(?![^\s,])")
        replacement = f"{split_digest(source.written)[0]}@{digests[tag]}"
        for number in source.lines:
            if not lines[number].lstrip().startswith("#"):
                lines[number] = named.sub(replacement, lines[number])
    return "".join(lines)
