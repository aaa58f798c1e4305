"""Sizes and times of earlier runs: one JSON line for each number, in a file that every report carries on."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from runtimekit.conformance.results import Outcome
from runtimekit.errors import OptionError
from runtimekit.images.results import BUILT
from runtimekit.support.atomic_files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.images.results import BuildRow

FILE = "history.jsonl"
"""The file's name, beside the page."""
KEPT = 40
"""How many numbers of one series are kept: some six weeks of nights."""


class Metric(StrEnum):
    """What a number says."""

    SIZE = "size_bytes"
    """The image's size."""
    BUILD = "build_seconds"
    """How long its build took; images that were up to date have none."""
    TESTS = "test_seconds"
    """How long its suite took, if every case was run."""
    CASES = "cases"
    """How many of its suite's cases passed."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One number of one runtime on one platform in one run."""

    at: str
    """UTC, such as ``2026-11-29T03:30:00Z``."""
    commit: str
    runtime: str
    platform: str
    metric: Metric
    value: float


Series = dict[tuple[str, str, Metric], tuple[Point, ...]]
"""Points by runtime, platform and metric, from the oldest on."""


def points_of(builds: Iterable[BuildRow], suites: Iterable[SuiteResult], commit: str) -> Iterator[Point]:
    """The numbers of one run. Results without a time, which older versions wrote, give none."""
    for row in builds:
        at: dict[str, str] = {"at": row.at, "commit": commit, "runtime": row.runtime, "platform": row.platform}
        if row.at and row.size_bytes:
            yield Point(metric=Metric.SIZE, value=row.size_bytes, **at)
        if row.at and row.result == BUILT:
            yield Point(metric=Metric.BUILD, value=round(row.seconds, 1), **at)
    for suite in suites:
        if suite.at and suite.cases and not suite.error:
            at = {"at": suite.at, "commit": commit, "runtime": suite.runtime, "platform": suite.platform}
            yield Point(metric=Metric.TESTS, value=round(suite.seconds, 1), **at)
            yield Point(metric=Metric.CASES, value=suite.count(Outcome.PASSED), **at)


def series(points: Iterable[Point]) -> Series:
    """The points by what they are about. A run that is there twice counts once; the newest :data:`KEPT` stay."""
    found: dict[tuple[str, str, Metric], dict[str, Point]] = defaultdict(dict)
    for point in points:
        found[point.runtime, point.platform, point.metric].setdefault(point.at, point)
    return {key: tuple(by_time[at] for at in sorted(by_time)[-KEPT:]) for key, by_time in sorted(found.items())}


def read(path: Path) -> list[Point]:
    """Read a file of :func:`write`; a file that is missing holds nothing.

    Raises:
        OptionError: It is none of ours.
    """
    if not path.exists():
        return []
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [Point(**(row | {"metric": Metric(row["metric"]), "value": float(row["value"])})) for row in rows]
    except (OSError, ValueError, KeyError, TypeError):
        raise OptionError("history", str(path), [f"a {FILE} that `report` has written"]) from None


def write(path: Path, numbers: Series) -> None:
    """Write all series, a line for each point."""
    points: Sequence[Point] = [point for each in numbers.values() for point in each]
    write_text(path, "".join(json.dumps(asdict(point), ensure_ascii=False) + "\n" for point in points))
