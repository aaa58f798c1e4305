"""Lines and bars: inside their drawing, right in words, and of one machine only."""

from __future__ import annotations

from dataclasses import replace

import nights
import pytest

from runtimekit.console.page import charts, numbers, speed
from runtimekit.console.page.contents import Contents
from runtimekit.console.tables import human_time
from runtimekit.images.results import BuildRow
from runtimekit.reports import history
from runtimekit.reports.history import Metric, Point


def test_a_line_goes_from_the_oldest_run_to_the_newest() -> None:
    """Higher numbers are higher up."""
    line = charts.line([10, 20, 15], ["2026-11-01", "2026-11-02", "2026-11-03"], human_time)
    assert line
    points = [tuple(map(float, point.split(","))) for point in line.points.split()]
    assert [x for x, _ in points] == [3, 60, 117]
    assert [y for _, y in points] == [25, 3, 14]
    assert (line.x, line.y) == points[-1]
    assert line.words == "3 runs since 2026-11-01: from 10 s to 15 s, lowest 10 s, highest 20 s."
    assert (line.change, line.rises) == ("-25.0 %", False)


@pytest.mark.parametrize(
    ("values", "words", "change"),
    [
        ([5, 5], "2 runs since d0: 5.0 s, the same throughout.", ""),
        ([0, 0], "2 runs since d0: 0.0 s, the same throughout.", ""),
        ([100, 104], "2 runs since d0: from 1 min 40 s to 1 min 44 s, lowest 1 min 40 s, highest 1 min 44 s.", ""),
        (
            [100, 106],
            "2 runs since d0: from 1 min 40 s to 1 min 46 s, lowest 1 min 40 s, highest 1 min 46 s.",
            "+6.0 %",
        ),
    ],
)
def test_few_or_equal_numbers_are_drawn_as_well(values: list[float], words: str, change: str) -> None:
    """In the middle; a time that differs a little has not changed."""
    days = [f"d{number}" for number in range(len(values))]
    line = charts.line(values, days, human_time, steady=charts.STEADY_TIME)
    assert line
    assert (line.words, line.change) == (words, change)
    assert charts.line([], [], human_time) is charts.line([5], ["d0"], human_time) is None


def test_bars_have_a_common_zero() -> None:
    """The longest range ends at 100."""
    assert charts.bars([(50, 40, 60), (100, 90, 120)]) == [
        charts.Bar(length=41.7, low=33.3, high=50),
        charts.Bar(length=83.3, low=75, high=100),
    ]
    assert charts.bars([(0, 0, 0)]) == [charts.Bar(length=0, low=0, high=0)]


def test_an_image_that_was_up_to_date_has_the_time_of_its_last_build() -> None:
    """Never 0.0 s."""
    where = {"runtime": "node-22", "platform": "linux/amd64"}
    earlier = [Point(at="2026-11-01T00:00:00Z", commit="c", metric=Metric.BUILD, value=41, **where)]
    row = BuildRow(result="up to date", seconds=0, **where)
    contents = Contents(title="", commit="", created="", builds=[row], history=history.series(earlier))
    (shown,) = numbers.rows(contents)
    assert (shown.build.shown, shown.size.shown, shown.tests.shown) == ("41 s", "", "")
    (unknown,) = numbers.rows(replace(contents, history={}))
    assert (unknown.build.value, unknown.build.trend) == (None, None)


def test_trends_of_speed_are_of_the_same_machine() -> None:
    """Another machine's numbers would look like a change."""
    now = nights.benchmark(scale=1.0, created="2026-11-29T00:00:00Z")
    before = nights.benchmark(scale=0.5, created="2026-11-28T00:00:00Z")
    elsewhere = replace(before, machine={"processor": "another"})
    contents = Contents(title="", commit="", created="", benchmarks=now, earlier_benchmarks=[elsewhere, before, now])
    made = speed.all_charts(contents)
    assert [(chart.title, chart.better, len(chart.rows)) for chart in made] == [
        ("Requests per second, 1 client", "higher", 9),
        ("Requests per second, 32 clients", "higher", 9),
        ("Start, until ready", "lower", 3),
        ("Memory at rest", "lower", 3),
    ]
    first, floor, gateway = made[0].rows[:3]
    assert first.trend
    assert first.trend.words.startswith("2 runs since 2026-11-28: from 10,500 requests/s to 21,000 requests/s")
    assert first.trend.change == "+100.0 %"
    assert [(row.kind, row.trend) for row in (floor, gateway)] == [("floor", None), ("gateway", None)]
    assert made[3].rows[0].spread == ""
    assert "Machine: processor AMD EPYC" in speed.about(now)
    assert speed.all_charts(replace(contents, benchmarks=None)) == []
    assert first.bar.high <= 100
