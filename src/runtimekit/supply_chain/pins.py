"""Base images pinned by digest: ``FROM node:22-bookworm-slim@sha256:…``.

The tag stays for the reader, the digest is what is pulled. An image is then built on the same bytes until somebody
renews the pin, in a commit that says so.
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
"""What buildx puts before the reason; the tag is known without it."""


@dataclass(frozen=True)
class Pin:
    """One base of one Dockerfile."""

    dockerfile: Path
    tag: str
    pinned: str | None
    """The digest that the Dockerfile has; None where it has none."""
    current: str | None
    """The digest that the tag has in its registry now; None where the registry does not say."""
    problem: str = ""
    """Why the registry does not say."""

    @property
    def is_behind(self) -> bool:
        """Whether the registry has another digest than the Dockerfile, or the Dockerfile has none."""
        return self.current is not None and self.current != self.pinned


def bases_of(root: Path, runtimes: Iterable[Runtime], *, gateway: bool) -> dict[Path, tuple[str, ...]]:
    """The Dockerfiles of runtimes, and with ``gateway`` the one that compiles the gateway, with the bases of each."""
    found = {runtime.folder / "Dockerfile": runtime.bases for runtime in runtimes}
    if gateway:
        file = root / "gateway" / "Dockerfile"
        found[file] = dockerfiles.read(file.read_text(encoding="utf-8"), ()).bases
    return found


def compare(files: Mapping[Path, Sequence[str]], digest_of: Callable[[str], str]) -> list[Pin]:
    """Compare the bases of Dockerfiles with their registry. Each tag is asked for once, several at a time.

    Args:
        files: Dockerfiles, each with its bases.
        digest_of: A tag's digest in its registry; raises CommandError or DeadlineError where it cannot be had.
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
    """Write the current digests into the Dockerfiles, and return those that changed. All or none of them.

    Raises:
        BasesUnansweredError: The registry did not answer for one of them; nothing was written.
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
    """A Dockerfile's text with these digests (tag → ``sha256:…``) in it; every other character stays as it is."""
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
