"""Numbers as people read them, and ratios within one run."""

from __future__ import annotations

import pytest

from runtimekit.benchmarks.results import Change, Document, Load, Measurement, Server, Spread, Start
from runtimekit.console import benchmarks
from runtimekit.console.markdown import markdown
from runtimekit.console.performance_page import page


def server(name: str, rate: float) -> Server:
    """A server with 32 clients; the rounds differ by a tenth."""
    micros = Spread(100, 90, 110)
    rates = Spread(rate, rate * 0.9, rate * 1.05)
    load = Load(clients=32, requests_per_second=rates, p50_us=micros, p95_us=micros, p99_us=micros)
    return Server(name=name, loads=(load,))


MEASUREMENT = Measurement(
    runtime="node-24",
    platform="linux/amd64",
    image_mb=160,
    start=Start(ready_ms=Spread(80, 70, 90), ready_p95_ms=95.5, parts_ms={"worker": Spread(30.25, 30, 31)}),
    memory_mib=40.6,
    memory_after_mib=60,
    requests=1_234_567,
    servers=(server("node-24", 20_000), server("floor", 10_000), server("gateway", 40_000)),
)


def test_a_server_is_shown_as_a_multiple_of_the_others() -> None:
    """Of the floor and of the gateway; never of itself."""
    node, floor, gateway = benchmarks.load_rows(MEASUREMENT)
    assert node == ("node-24", "32", "20,000", "10%", "100", "100", "100", "", "2.00", "0.50")
    assert floor[-2:] == ("", "0.25")
    assert gateway[-2:] == ("4.00", "")


def test_parts_that_nobody_has_measured_stay_empty() -> None:
    """The gateway of an older image prints no times."""
    assert benchmarks.start_row(MEASUREMENT) == ("node-24", "80", "95.5", "", "", "", "30.2", "")
    assert benchmarks.memory_row(MEASUREMENT) == ("node-24", "40.6", "60", "1,234,567", "160")


@pytest.mark.parametrize(("value", "shown"), [(26_412.7, "26,413"), (99.96, "100"), (1.254, "1.25"), (0, "0")])
def test_numbers_have_three_digits_or_more(value: float, shown: str) -> None:
    """More would be noise."""
    assert benchmarks.number(value) == shown


def test_the_page_names_the_machine_and_has_every_number() -> None:
    """Markdown, which GitHub shows."""
    document = Document(
        created="2026-11-28T20:00:00+00:00",
        commit="0123456789abcdef",
        machine={"processor": "a processor", "processors": "2"},
        seconds=3,
        rounds=5,
        measurements=(MEASUREMENT,),
    )
    text = page(document)
    assert "Measured on 2026-11-28, commit 0123456789ab, 5 rounds of 3 s" in text
    assert "processor a processor, processors 2" in text
    assert "| node-24 | 32 | 20,000 | 10% | 100 | 100 | 100 |  | 2.00 | 0.50 |" in text
    assert len(benchmarks.tables(document)) == 3


def test_the_summary_has_a_chart_for_each_number_of_clients() -> None:
    """As a table: markdown has no bars."""
    document = Document(created="", commit="", machine={}, seconds=3, rounds=5, measurements=(MEASUREMENT,))
    (chart,) = benchmarks.charts(document)
    assert chart.title == "Requests per second, 32 clients"
    assert [bar.label for bar in chart.bars] == ["node-24", "node-24: floor", "node-24: gateway"]
    assert "20,000" in markdown([chart])


def test_a_change_is_shown_with_its_ratio() -> None:
    """Before, now, and what that means."""
    change = Change("node-24", "ready ms", Spread(50, 49, 51), Spread(80, 79, 81), higher_is_better=False)
    table = benchmarks.changes_table([change])
    assert [str(next(iter(column.cells))) for column in table.columns] == [
        "node-24",
        "ready ms",
        "50",
        "80",
        "1.60",
        "slower",
    ]
