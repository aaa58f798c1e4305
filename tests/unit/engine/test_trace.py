"""Chrome's, Perfetto's and Speedscope's viewers can read the trace, and see what ran in parallel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runtimekit.engine.trace import Trace

if TYPE_CHECKING:
    from pathlib import Path


def written(trace: Trace, folder: Path) -> list[dict[str, Any]]:
    """The events of the file."""
    trace.write(folder)
    document = json.loads((folder / "trace.json").read_text())
    assert document["displayTimeUnit"] == "ms"
    events: list[dict[str, Any]] = document["traceEvents"]
    return events


def example() -> Trace:
    """A base, and an image with two stages that are built in parallel."""
    trace = Trace()
    began = 1_764_330_000.25
    trace.add("bases", "base debian:sid-slim", "base debian:sid-slim", began, began + 60, result="made")
    trace.add("images", "go-1.24", "go-1.24", began + 60, began + 100)
    trace.add("images", "go-1.24", "[a 1/1] RUN make", began + 61, began + 80)
    trace.add("images", "go-1.24", "[b 1/1] RUN make", began + 70, began + 90, cached=False)
    trace.add("images", "go-1.24", "exporting", began + 90, began + 99.5)
    return trace


def test_every_event_has_what_viewers_want(tmp_path: Path) -> None:
    """Whole microseconds from the first beginning on, groups and rows with names."""
    events = written(example(), tmp_path)
    for event in events:
        assert event.keys() >= {"ph", "ts", "dur", "pid", "tid", "name"}
        assert all(isinstance(event[key], int) and event[key] >= 0 for key in ("ts", "dur", "pid", "tid"))
    complete = {event["name"]: event for event in events if event["ph"] == "X"}
    assert (complete["base debian:sid-slim"]["ts"], complete["base debian:sid-slim"]["dur"]) == (0, 60_000_000)
    assert complete["base debian:sid-slim"]["args"] == {"result": "made"}
    assert complete["exporting"]["dur"] == 9_500_000
    names = {(event["name"], event["pid"], event["args"].get("name")) for event in events if event["ph"] == "M"}
    assert {("process_name", 1, "bases"), ("process_name", 2, "images")} <= names
    rows = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
    assert {rows[event["tid"]] for event in complete.values()} == {"base debian:sid-slim", "go-1.24", "go-1.24, beside"}


def test_on_one_row_everything_lies_within_or_behind(tmp_path: Path) -> None:
    """Viewers draw overlapping events of a row wrongly, or not at all."""
    complete = [event for event in written(example(), tmp_path) if event["ph"] == "X"]
    for one in complete:
        for other in complete:
            if one is other or one["tid"] != other["tid"]:
                continue
            first, second = sorted((one, other), key=lambda event: (event["ts"], -event["dur"]))
            end = first["ts"] + first["dur"]
            assert second["ts"] >= end or second["ts"] + second["dur"] <= end, (first, second)
    assert len({event["tid"] for event in complete}) == 3


def test_a_clock_that_was_set_back_makes_no_negative_time(tmp_path: Path) -> None:
    """Viewers drop the whole file."""
    trace = Trace()
    trace.add("images", "x", "x", 100.0, 99.0)
    (event,) = (event for event in written(trace, tmp_path) if event["ph"] == "X")
    assert event["dur"] == 0


def test_where_nothing_was_done_the_last_trace_stays(tmp_path: Path) -> None:
    """`test` follows `build`, and most of its sessions find everything built."""
    (tmp_path / "trace.json").write_text("the last one")
    Trace().write(tmp_path)
    assert (tmp_path / "trace.json").read_text() == "the last one"
