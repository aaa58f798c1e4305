"""Whether the machine stalls, and waiting until it no longer does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Self

import pytest

from runtimekit.conformance import machine_stalls
from runtimekit.conformance.machine_stalls import StallMeter


@pytest.mark.parametrize(("took", "late"), [(0.006, 0.0), (0.065, 0.06), (0.205, 0.2)])
def test_the_meter_adds_up_what_came_late(monkeypatch: pytest.MonkeyPatch, took: float, late: float) -> None:
    """Of a beat of 5 ms; the scheduler's usual grain does not count."""
    meter = StallMeter()
    clock = iter([10.0, 10.0 + took])
    monkeypatch.setattr(machine_stalls, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(meter._done, "wait", lambda _seconds: meter._done.set())
    meter._tick()
    assert meter.late_seconds == pytest.approx(late)
    assert meter.disturbed == (late >= 0.1)


@pytest.mark.parametrize(("stalls", "looks"), [([0.0], 1), ([0.3, 0.03, 0.01], 3), ([0.3] * 100, 20)])
def test_a_calm_machine_is_waited_for(monkeypatch: pytest.MonkeyPatch, stalls: list[float], looks: int) -> None:
    """And not for more than 10 s."""
    clock = [0.0]
    seen: list[float] = []

    class Meter:
        late_seconds = 0.0

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.late_seconds = stalls[len(seen)]
            seen.append(self.late_seconds)

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(machine_stalls, "StallMeter", Meter)
    monkeypatch.setattr(machine_stalls, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=sleep))
    machine_stalls.wait_until_calm()
    assert len(seen) == looks
