"""Results of benchmarks: medians with their spread, as JSON, and what changed beyond the spread."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from runtimekit.errors import ConfigurationError, Problem
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from runtimekit.benchmarks.load import Round

FORMAT = 1
"""The version of the JSON document. It changes when an old document would be misunderstood."""
RESULT = "build/bench/result.json"
"""Where `bench` writes, unless it is told otherwise."""
HISTORY = "history.jsonl"
"""The file that gets a line for every run, beside the newest document."""


@dataclass(frozen=True)
class Spread:
    """The median of several rounds, with the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Summarize at least one value, rounded to four significant digits: the rest is noise."""
        several = sorted(values)
        return cls(*(float(f"{value:.4g}") for value in (statistics.median(several), several[0], several[-1])))

    def overlaps(self, other: Spread) -> bool:
        """Whether both may be the same: some round of one is no better than some round of the other."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, kw_only=True)
class Load:
    """One server with one number of clients, over all rounds."""

    clients: int
    requests_per_second: Spread
    p50_us: Spread
    p95_us: Spread
    p99_us: Spread
    cpu_us: Spread | None = None
    """Processor time of the server's container for each request, all processes; None if the kernel does not say."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server of a run: the runtime, its floor, the gateway with the echo worker, or a URL."""

    name: str
    loads: tuple[Load, ...]

    def load(self, clients: int) -> Load | None:
        """The result with this number of clients."""
        return next((each for each in self.loads if each.clients == clients), None)


@dataclass(frozen=True, kw_only=True)
class Start:
    """From nothing to ready, in milliseconds; the parts add up to all but what the last poll took."""

    ready_ms: Spread
    """From the start of the container's process until ``/healthz`` answers 200 (budget S2)."""
    ready_p95_ms: float
    """What 95 of 100 starts stay below; with fewer than 20 starts, the slowest."""
    parts_ms: Mapping[str, Spread] = field(default_factory=dict)
    """``container`` (from docker's command to the process), ``unpack``, ``gateway``, ``worker`` and ``load``."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One runtime on one platform, and the servers that were measured in turns with it."""

    runtime: str
    platform: str
    image_mb: float
    start: Start
    memory_mib: float
    """At rest, with one function loaded, as the engine counts it (budget S3 compares it with the bare interpreter)."""
    memory_after_mib: float
    """After all rounds."""
    requests: int
    """How many requests that were."""
    servers: tuple[Server, ...]
    """The runtime comes first."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One run."""

    created: str
    commit: str
    machine: Mapping[str, str]
    """Processor, number of processors, memory, kernel, Docker."""
    seconds: float
    """How long one round took."""
    rounds: int
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True)
class Change:
    """One number of one runtime in two runs."""

    runtime: str
    what: str
    before: Spread
    now: Spread
    higher_is_better: bool

    @property
    def ratio(self) -> float:
        """The new median as a multiple of the old one."""
        return self.now.median / self.before.median if self.before.median else 0.0

    @property
    def verdict(self) -> str:
        """``faster`` or ``slower`` if the rounds of both runs do not overlap, else ``within the spread``."""
        if self.now.overlaps(self.before):
            return "within the spread"
        return "faster" if (self.now.median > self.before.median) == self.higher_is_better else "slower"


def load_of(rounds: Sequence[Round], cpu_us: Sequence[float]) -> Load:
    """Summarize the rounds with one number of clients."""
    return Load(
        clients=rounds[0].clients,
        requests_per_second=Spread.of(each.requests_per_second for each in rounds),
        p50_us=Spread.of(each.p50_us for each in rounds),
        p95_us=Spread.of(each.p95_us for each in rounds),
        p99_us=Spread.of(each.p99_us for each in rounds),
        cpu_us=Spread.of(cpu_us) if cpu_us else None,
    )


def changes(before: Document, now: Document) -> list[Change]:
    """Compare the runtimes that both runs have measured, number by number."""
    old = {each.runtime: each for each in before.measurements}
    found = []
    for each in now.measurements:
        if each.runtime not in old:
            continue
        other = old[each.runtime]
        for load in each.servers[0].loads:
            then = other.servers[0].load(load.clients)
            if then is None:
                continue
            who = f"{load.clients} clients" if load.clients > 1 else "1 client"
            rates = (then.requests_per_second, load.requests_per_second)
            found.append(Change(each.runtime, f"requests/s, {who}", *rates, higher_is_better=True))
            found.append(Change(each.runtime, f"p50 µs, {who}", then.p50_us, load.p50_us, higher_is_better=False))
        ready = (other.start.ready_ms, each.start.ready_ms)
        found.append(Change(each.runtime, "ready ms", *ready, higher_is_better=False))
    return found


def write(path: Path, document: Document) -> None:
    """Write the document."""
    text = json.dumps({"format": FORMAT, **asdict(document)}, indent=2, ensure_ascii=False)
    atomic_files.write_text(path, text + "\n")


def add_to_history(path: Path, document: Document) -> None:
    """Write a line with the document to the history beside its file."""
    with path.with_name(HISTORY).open("a", encoding="utf-8") as history:
        history.write(json.dumps({"format": FORMAT, **asdict(document)}, ensure_ascii=False) + "\n")


def read_history(path: Path) -> list[Document]:
    """Read the history beside a document, from the oldest run on. Lines of other versions of this program are left out.

    Raises:
        ConfigurationError: A line cannot be read, or is none of ours.
    """
    history = path.with_name(HISTORY)
    lines = history.read_text(encoding="utf-8").splitlines() if history.exists() else []
    try:
        rows = [json.loads(line) for line in lines]
        return [_document(row) for row in rows if row.pop("format") == FORMAT]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError([Problem(history, None, "is no history of `./dev bench`; remove it")]) from None


def read(path: Path) -> Document:
    """Read a document.

    Raises:
        ConfigurationError: It cannot be read, or is none of ours.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if table.pop("format") == FORMAT:
            return _document(table)
        why = "is of another version of this program; measure again"
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError):
        why = "is no result of `./dev bench`; name a file that it wrote"
    raise ConfigurationError([Problem(path, None, why)])


def _document(table: dict[str, Any]) -> Document:
    measurements = tuple(_measurement(row) for row in table.pop("measurements"))
    return Document(**table, measurements=measurements)


def _measurement(row: dict[str, Any]) -> Measurement:
    start = row.pop("start")
    parts = {name: Spread(**spread) for name, spread in start.pop("parts_ms").items()}
    servers = tuple(
        Server(name=each["name"], loads=tuple(_load(load) for load in each["loads"])) for each in row.pop("servers")
    )
    ready = Spread(**start.pop("ready_ms"))
    return Measurement(**row, servers=servers, start=Start(ready_ms=ready, parts_ms=parts, **start))


def _load(row: dict[str, Any]) -> Load:
    clients = row.pop("clients")
    return Load(clients=clients, **{name: spread and Spread(**spread) for name, spread in row.items()})
