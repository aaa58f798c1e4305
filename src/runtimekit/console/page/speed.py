"""The benchmarks: bars of one run, and the trend of earlier runs on the same machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.benchmarks.results import Spread
from runtimekit.console.benchmarks import number, percent
from runtimekit.console.page import charts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runtimekit.benchmarks.results import Document, Measurement
    from runtimekit.console.page.contents import Contents

    Measure = Callable[[Measurement], Spread | None]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One server."""

    name: str
    kind: str
    """``runtime``, ``floor``, ``gateway`` or ``other``."""
    value: float
    shown: str
    spread: str
    bar: charts.Bar
    trend: charts.Line | None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars with a common zero."""

    title: str
    unit: str
    better: str
    """``higher`` or ``lower``."""
    rows: tuple[Row, ...]


def about(document: Document) -> str:
    """Where the numbers come from."""
    machine = ", ".join(f"{name} {value}" for name, value in document.machine.items())
    runs = f"{document.rounds} rounds of {document.seconds:g} s"
    return f"Measured on {document.created[:10]}, commit {document.commit[:12]}, {runs}. Machine: {machine}."


def all_charts(contents: Contents) -> list[Chart]:
    """Requests per second for each number of clients, then starts and memory."""
    document = contents.benchmarks
    if document is None:
        return []
    earlier = [each for each in contents.earlier_benchmarks if each.machine == document.machine]
    clients = sorted({load.clients for each in document.measurements for load in each.servers[0].loads})
    found = [_requests(document, earlier, number_of) for number_of in clients]
    found.append(_per_runtime("Start, until ready", "ms", document, earlier, lambda each: each.start.ready_ms))
    found.append(_per_runtime("Memory at rest", "MiB", document, earlier, lambda each: _exactly(each.memory_mib)))
    return [each for each in found if each.rows]


def _requests(document: Document, earlier: Sequence[Document], clients: int) -> Chart:
    named, spreads, trends = [], [], []
    for measured in document.measurements:
        for server in measured.servers:
            load = server.load(clients)
            if not load:
                continue
            own = server is measured.servers[0]
            kind = "runtime" if own else server.name if server.name in {"floor", "gateway"} else "other"
            named.append((measured.runtime if own else f"{measured.runtime}: {server.name}", kind))
            spreads.append(load.requests_per_second)
            trends.append(_trend(measured, earlier, _rate(clients), "requests/s") if own else None)
    title = f"Requests per second, {clients} client" + ("s" if clients > 1 else "")
    return Chart(title=title, unit="requests/s", better="higher", rows=_rows(named, spreads, trends))


def _rate(clients: int) -> Measure:
    def rate(measured: Measurement) -> Spread | None:
        load = measured.servers[0].load(clients)
        return load.requests_per_second if load else None

    return rate


def _per_runtime(title: str, unit: str, document: Document, earlier: Sequence[Document], measure: Measure) -> Chart:
    found = [(each, spread) for each in document.measurements if (spread := measure(each))]
    named = [(each.runtime, "runtime") for each, _ in found]
    trends = [_trend(each, earlier, measure, unit) for each, _ in found]
    rows = _rows(named, [spread for _, spread in found], trends)
    return Chart(title=title, unit=unit, better="lower", rows=rows)


def _rows(
    named: Iterable[tuple[str, str]], spreads: Sequence[Spread], trends: Iterable[charts.Line | None]
) -> tuple[Row, ...]:
    drawn = charts.bars([(each.median, each.low, each.high) for each in spreads])
    return tuple(
        Row(
            name=name,
            kind=kind,
            value=spread.median,
            shown=number(spread.median),
            spread=percent(spread) if spread.low < spread.high else "",
            bar=bar,
            trend=trend,
        )
        for (name, kind), spread, trend, bar in zip(named, spreads, trends, drawn, strict=True)
    )


def _trend(measured: Measurement, earlier: Sequence[Document], measure: Measure, unit: str) -> charts.Line | None:
    """Through all runs of this machine in which the runtime was measured on the same platform."""
    values, days = [], []
    for document in earlier:
        for each in document.measurements:
            same = (each.runtime, each.platform) == (measured.runtime, measured.platform)
            if same and (spread := measure(each)):
                values.append(spread.median)
                days.append(document.created[:10])
    return charts.line(values, days, lambda value: f"{number(value)} {unit}", steady=charts.STEADY_TIME)


def _exactly(value: float) -> Spread:
    return Spread(value, value, value)
