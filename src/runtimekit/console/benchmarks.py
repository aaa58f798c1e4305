"""Tables of benchmarks. Ratios are what can be compared between machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from runtimekit.console.summary import Bar, Chart
from runtimekit.console.tables import add_row, make_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from runtimekit.benchmarks.results import Change, Document, Measurement, Server, Spread

LOAD_COLUMNS = (
    "server",
    "clients",
    "requests/s",
    "±",
    "p50 µs",
    "p95 µs",
    "p99 µs",
    "CPU µs",
    "of floor",
    "of gateway",
)
START_COLUMNS = ("runtime", "ready ms", "95 % below", "container", "unpack", "gateway", "worker", "load")
MEMORY_COLUMNS = ("runtime", "at rest MiB", "after MiB", "requests", "image MB")
PARTS = ("container", "unpack", "gateway", "worker", "load")

Row = tuple[str, ...]


def load_rows(measurement: Measurement) -> list[Row]:
    """A row for each server and number of clients, with ratios to the floor and to the gateway with the echo worker."""
    others = {server.name: server for server in measurement.servers}
    return [
        (
            server.name if load is server.loads[0] else "",
            str(load.clients),
            number(load.requests_per_second.median),
            percent(load.requests_per_second),
            number(load.p50_us.median),
            number(load.p95_us.median),
            number(load.p99_us.median),
            number(load.cpu_us.median) if load.cpu_us else "",
            ratio(server, others.get("floor"), load.clients),
            ratio(server, others.get("gateway"), load.clients),
        )
        for server in measurement.servers
        for load in server.loads
    ]


def start_row(measurement: Measurement) -> Row:
    """How long a start takes, and its parts."""
    start = measurement.start
    parts = (number(start.parts_ms[name].median) if name in start.parts_ms else "" for name in PARTS)
    return (measurement.runtime, number(start.ready_ms.median), number(start.ready_p95_ms), *parts)


def memory_row(measurement: Measurement) -> Row:
    """Memory and size."""
    numbers = (measurement.memory_mib, measurement.memory_after_mib, measurement.requests, measurement.image_mb)
    return (measurement.runtime, *map(number, numbers))


def tables(document: Document) -> list[Table]:
    """Speed, starts, memory."""
    speed = make_table(*LOAD_COLUMNS, right=LOAD_COLUMNS[1:])
    starts = make_table(*START_COLUMNS, right=START_COLUMNS[1:])
    memory = make_table(*MEMORY_COLUMNS, right=MEMORY_COLUMNS[1:])
    for each in document.measurements:
        for row in load_rows(each):
            add_row(speed, *row)
        add_row(starts, *start_row(each))
        add_row(memory, *memory_row(each))
    return [speed, starts, memory]


def charts(document: Document) -> list[Chart]:
    """Requests per second of all servers, a chart for each number of clients."""
    numbers = sorted({load.clients for each in document.measurements for load in each.servers[0].loads})
    found = []
    for clients in numbers:
        bars = [
            Bar(name, load.requests_per_second.median, number(load.requests_per_second.median))
            for each in document.measurements
            for server in each.servers
            for name in [each.runtime if server is each.servers[0] else f"{each.runtime}: {server.name}"]
            if (load := server.load(clients))
        ]
        title = f"Requests per second, {clients} client" + ("s" if clients > 1 else "")
        found.append(Chart(title, tuple(bars)))
    return found


def changes_table(changes: Iterable[Change]) -> Table:
    """What is faster or slower than before, beyond the spread of the rounds."""
    table = make_table("runtime", "what", "before", "now", "ratio", "", right=("before", "now", "ratio"))
    for change in changes:
        style = {"faster": "green", "slower": "bold red"}.get(change.verdict, "")
        before, now = number(change.before.median), number(change.now.median)
        add_row(table, change.runtime, change.what, before, now, f"{change.ratio:.2f}", Text(change.verdict, style))
    return table


def number(value: float) -> str:
    """A number as people read it: ``26,400``, ``1.25``."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - decimals of large numbers are noise


def percent(spread: Spread) -> str:
    """How far the rounds lie from their median, at most."""
    farthest = max(spread.high - spread.median, spread.median - spread.low)
    return f"{farthest / spread.median:.0%}" if spread.median else ""


def ratio(server: Server, other: Server | None, clients: int) -> str:
    """Requests per second as a multiple of another server's with as many clients."""
    mine, theirs = server.load(clients), other and other.load(clients)
    if other is server or not mine or not theirs or not theirs.requests_per_second.median:
        return ""
    return f"{mine.requests_per_second.median / theirs.requests_per_second.median:.2f}"
