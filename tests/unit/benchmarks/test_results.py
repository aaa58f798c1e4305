"""What a run of the benchmark says, and what two runs say about each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runtimekit.benchmarks import results
from runtimekit.benchmarks.load import Round
from runtimekit.benchmarks.results import Document, Measurement, Server, Spread, Start
from runtimekit.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def one_round(clients: int, rate: float) -> Round:
    """A round whose latencies follow from its rate."""
    micros = 1e6 * clients / rate
    return Round(
        clients=clients,
        requests=int(rate),
        requests_per_second=rate,
        p50_us=micros,
        p95_us=2 * micros,
        p99_us=3 * micros,
    )


def server(name: str, *rates: float) -> Server:
    """A server with 32 clients and a round for each rate."""
    return Server(name=name, loads=(results.load_of([one_round(32, rate) for rate in rates], [10.0, 12.0]),))


def document(*servers: Server, ready: float = 50) -> Document:
    """A run with one runtime."""
    start = Start(ready_ms=Spread(ready, ready - 1, ready + 1), ready_p95_ms=60, parts_ms={"load": Spread(20, 19, 21)})
    measurement = Measurement(
        runtime="node-24",
        platform="linux/amd64",
        image_mb=160,
        start=start,
        memory_mib=40,
        memory_after_mib=60,
        requests=100_000,
        servers=servers,
    )
    machine = {"processor": "a processor", "processors": "2"}
    return Document(
        created="2026-11-28T20:00:00+00:00",
        commit="0123456789abcdef",
        machine=machine,
        seconds=3,
        rounds=5,
        measurements=(measurement,),
    )


def test_a_spread_is_the_median_between_the_extremes() -> None:
    """Of an even number it is the mean of the two in the middle; digits beyond the fourth are noise."""
    assert Spread.of([3, 1, 2]) == Spread(2, 1, 3)
    assert Spread.of([123456.0, 123458.0]) == Spread(123500, 123500, 123500)


def test_a_document_is_read_as_it_was_written(tmp_path: Path) -> None:
    """And the history gets a line for each run."""
    path, made = tmp_path / "bench.json", document(server("node-24", 20_000, 21_000), server("floor", 30_000))
    for _ in range(2):
        results.write(path, made)
        results.add_to_history(path, made)
    assert results.read(path) == made
    assert results.read_history(path) == [made, made]


def test_a_history_may_be_missing_or_have_lines_of_other_versions(tmp_path: Path) -> None:
    """What is none at all is refused."""
    path = tmp_path / "bench.json"
    assert results.read_history(path) == []
    history = tmp_path / results.HISTORY
    history.write_text('{"format": 0, "other": 1}\n')
    assert results.read_history(path) == []
    for text in ("{", "[]\n", '{"format": 1}\n'):
        history.write_text(text)
        with pytest.raises(ConfigurationError, match="remove it"):
            results.read_history(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "cannot be read"),
        ("[]", "no result"),
        ('{"format": 0}', "another version"),
        ('{"format": 1}', "no result"),
    ],
)
def test_what_is_no_result_is_refused_in_one_line(tmp_path: Path, text: str | None, why: str) -> None:
    """Missing, another file, of another version."""
    path = tmp_path / "bench.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigurationError, match=why):
        results.read(path)


def test_a_change_counts_only_beyond_the_spread() -> None:
    """More requests are faster; a longer start is slower; what overlaps is neither."""
    before, now = document(server("node-24", 20_000, 21_000)), document(server("node-24", 30_000, 31_000), ready=80)
    verdicts = {change.what: change.verdict for change in results.changes(before, now)}
    assert verdicts == {"requests/s, 32 clients": "faster", "p50 µs, 32 clients": "faster", "ready ms": "slower"}
    same = document(server("node-24", 20_500, 22_000))
    assert {change.verdict for change in results.changes(before, same)} == {"within the spread"}


def test_only_what_both_runs_measured_is_compared() -> None:
    """Another runtime, or another number of clients, has nothing to be compared with."""
    before, now = document(server("node-24", 20_000)), document(server("node-24", 20_000))
    other = replace(now.measurements[0], runtime="go-1.27")
    assert results.changes(before, replace(now, measurements=(other,))) == []
    eight = replace(server("node-24", 1).loads[0], clients=8)
    alone = replace(now.measurements[0], servers=(Server(name="node-24", loads=(eight,)),))
    assert [change.what for change in results.changes(before, replace(now, measurements=(alone,)))] == ["ready ms"]
