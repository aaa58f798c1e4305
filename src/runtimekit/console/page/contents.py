"""What the page is made from, and the order in which it shows runtimes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtimekit.benchmarks.results import Document
    from runtimekit.conformance.results import SuiteResult
    from runtimekit.images.results import BuildRow
    from runtimekit.reports.history import Series


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The results of one run, and numbers of earlier ones."""

    title: str
    """Of the project."""
    commit: str
    created: str
    """The commit's time: UTC, such as ``2026-11-29T03:30:00Z``."""
    builds: Sequence[BuildRow] = ()
    suites: Sequence[SuiteResult] = ()
    before: Mapping[tuple[str, str], int] | None = None
    """Sizes in bytes to compare with, by runtime and platform; None where nothing is compared."""
    history: Series = field(default_factory=dict)
    """With the numbers of this run."""
    benchmarks: Document | None = None
    earlier_benchmarks: Sequence[Document] = ()
    """All runs of ``bench``, from the oldest on."""


def natural(text: str) -> tuple[tuple[str, int], ...]:
    """A key to sort names by: ``python-3.9`` comes before ``python-3.10``, whatever form a name has."""
    return tuple((word, int(number or -1)) for word, number in re.findall(r"(\D*)(\d*)", text))


def slug(*words: str) -> str:
    """An address inside the page, such as ``node-22-linux-amd64-body``."""
    return "-".join(re.sub(r"[^a-z0-9.]+", "-", word.lower()).strip("-") for word in words)
