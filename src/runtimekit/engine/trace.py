"""Where does the time of a build go? ``build/reports/trace.json`` answers that, in Chrome's trace event format.

Every job is a row. Its steps lie within it; steps that ran in parallel have a row below.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from runtimekit.support.atomic_files import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

FILE = "trace.json"
"""The file's name in build/reports."""


class Span(NamedTuple):
    """Something that took time. ``began`` and ``ended`` are seconds since 1970."""

    name: str
    began: float
    ended: float
    facts: dict[str, Any]

    @property
    def ts(self) -> int:
        """The start in microseconds."""
        return round(self.began * 1e6)

    @property
    def end(self) -> int:
        """The end in microseconds, never before the start."""
        return max(self.ts, round(self.ended * 1e6))


@dataclass
class Trace:
    """Spans by group and row. Any thread may add some."""

    clock: Callable[[], float] = time.time
    _rows: dict[tuple[str, str], list[Span]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, group: str, row: str, name: str, began: float, ended: float, **facts: Any) -> None:  # noqa: ANN401
        """Add a span. A viewer shows ``facts`` when it is selected; they must be JSON values."""
        with self._lock:
            self._rows.setdefault((group, row), []).append(Span(name, began, ended, facts))

    def events(self) -> list[dict[str, Any]]:
        """Chrome's trace events: names of groups (``pid``) and rows (``tid``), and complete events in microseconds."""
        with self._lock:
            rows = {key: list(spans) for key, spans in self._rows.items()}
        zero = min((span.ts for spans in rows.values() for span in spans), default=0)
        groups: dict[str, int] = {}
        events: list[dict[str, Any]] = []
        tid = 0
        for (group, row), spans in sorted(rows.items(), key=lambda item: min(span.ts for span in item[1])):
            if group not in groups:
                pid = groups[group] = len(groups) + 1
                events.append(_meta("process_name", pid, 0, name=group))
                events.append(_meta("process_sort_index", pid, 0, sort_index=pid))
            pid = groups[group]
            for number, lane in enumerate(_lanes(spans)):
                tid += 1
                events.append(_meta("thread_name", pid, tid, name=row if not number else f"{row}, beside"))
                events.append(_meta("thread_sort_index", pid, tid, sort_index=tid))
                for span in lane:
                    times = {"ts": span.ts - zero, "dur": span.end - span.ts}
                    event = {"ph": "X", "cat": group, "name": span.name, "pid": pid, "tid": tid, "args": span.facts}
                    events.append(event | times)
        return events

    def write(self, folder: Path) -> None:
        """Write ``trace.json`` into a folder. Without any span, the file of an earlier run stays.

        Raises:
            OSError: The file cannot be written.
        """
        if events := self.events():
            document = {"displayTimeUnit": "ms", "traceEvents": events}
            write_text(folder / FILE, json.dumps(document, ensure_ascii=False) + "\n")


def _meta(what: str, pid: int, tid: int, **args: object) -> dict[str, Any]:
    """A metadata event, which sets a name or a sort order. It has a time because some readers require one."""
    return {"ph": "M", "name": what, "pid": pid, "tid": tid, "ts": 0, "dur": 0, "args": args}


def _lanes(spans: Iterable[Span]) -> list[list[Span]]:
    """Distribute spans over as few lines as possible.

    On one line each span lies within an earlier span or after it, because viewers cannot draw overlaps.
    """
    lanes: list[list[Span]] = []
    around: list[list[int]] = []
    """For each line, the ends of the spans that are still open, the innermost last."""
    for span in sorted(spans, key=lambda each: (each.ts, -each.end)):
        number = next((at for at, ends in enumerate(around) if _fits(span, ends)), len(lanes))
        if number == len(lanes):
            lanes.append([])
            around.append([])
        lanes[number].append(span)
        around[number].append(span.end)
    return lanes


def _fits(span: Span, ends: list[int]) -> bool:
    """Whether a span fits into the innermost open span of a line. Spans that ended earlier are removed."""
    while ends and ends[-1] <= span.ts:
        ends.pop()
    return not ends or span.end <= ends[-1]
