"""Sizes and times of images and suites, each with its trend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.console.page import charts
from runtimekit.console.page.contents import natural
from runtimekit.console.summary import growth
from runtimekit.console.tables import human_size, human_time
from runtimekit.reports.history import Metric

if TYPE_CHECKING:
    from runtimekit.console.page.contents import Contents

_SHOWN = {
    Metric.SIZE: lambda value: human_size(round(value)),
    Metric.BUILD: human_time,
    Metric.TESTS: human_time,
}


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number, how it is written, and the runs before it."""

    value: float | None
    shown: str
    trend: charts.Line | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One runtime on one platform."""

    runtime: str
    platform: str
    result: str
    bad: bool
    size: Number
    growth: str
    """Against the sizes that are compared with."""
    build: Number
    tests: Number


def rows(contents: Contents) -> list[Row]:
    """A row for each image of this run, and for each suite whose image was not built in it."""
    builds = {(row.runtime, row.platform): row for row in contents.builds}
    suites = {(suite.runtime, suite.platform): suite for suite in contents.suites}
    found = []
    for key in sorted({**builds, **suites}, key=lambda key: (natural(key[0]), key[1])):
        built, suite = builds.get(key), suites.get(key)
        size = built.size_bytes if built else None
        seconds = built.seconds if built and built.seconds else None
        found.append(
            Row(
                runtime=key[0],
                platform=key[1],
                result=built.result if built else "",
                bad=bool(built and built.error),
                size=_number(contents, key, Metric.SIZE, size),
                growth=growth(built, contents.before) if built and contents.before is not None else "",
                build=_number(contents, key, Metric.BUILD, seconds),
                tests=_number(contents, key, Metric.TESTS, suite.seconds if suite and suite.cases else None),
            )
        )
    return found


def _number(contents: Contents, key: tuple[str, str], metric: Metric, value: float | None) -> Number:
    """An image that was up to date has no time of its own: then it is that of the last build."""
    points = contents.history.get((*key, metric), ())
    if value is None and points and metric is Metric.BUILD:
        value = points[-1].value
    shown = _SHOWN[metric]
    return Number(
        value=value,
        shown="" if value is None else shown(value),
        trend=charts.line(
            [point.value for point in points],
            [point.at[:10] for point in points],
            shown,
            steady=charts.STEADY if metric is Metric.SIZE else charts.STEADY_TIME,
        ),
    )
