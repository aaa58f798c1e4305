"""Did the machine stall while a case measured time? A shared host takes the processor away at times."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

TICK_SECONDS = 0.005
DISTURBED_SECONDS = 0.1
"""A pause of this length, or pauses of this sum, can push a right answer over the contract's tolerance of 0.25 s."""
CALM_SECONDS = 0.5
"""How long the machine is looked at. It is calm if it stalls for less than a twentieth of that."""
CALM_WITHIN_SECONDS = 10.0
"""How long a case that is run again waits for that."""


class StallMeter:
    """Ticks on a thread while a block runs, and adds up how late the ticks came, in seconds."""

    def __init__(self) -> None:
        self.late_seconds = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._tick, name="stall meter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    @property
    def disturbed(self) -> bool:
        """Whether the machine stalled for so long that a time measured meanwhile is worthless."""
        return self.late_seconds >= DISTURBED_SECONDS

    def _tick(self) -> None:
        while not self._done.is_set():
            began = time.monotonic()
            self._done.wait(TICK_SECONDS)
            late = time.monotonic() - began - TICK_SECONDS
            if late > TICK_SECONDS:  # less is the scheduler's usual grain
                self.late_seconds += late


def wait_until_calm() -> None:
    """Wait until the machine is calm, up to 10 s: a burst of other work is soon over."""
    end = time.monotonic() + CALM_WITHIN_SECONDS
    calm = False
    while not calm and time.monotonic() < end:
        with StallMeter() as meter:
            time.sleep(CALM_SECONDS)  # the meter's time, and what gives the processor to others
        calm = meter.late_seconds < CALM_SECONDS / 20
