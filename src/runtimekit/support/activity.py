"""Tells from outside whether a command is still doing something, or only waits for a server.

For clients that can wait without end on a server that says nothing. adapters/common/fetch.sh does the same in images.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

LEAST_TICKS = 100
"""Processor time below which a command is silent, in ticks of 10 ms: what only waits wakes up now and then."""
LEAST_BYTES = 4_000
"""Bytes read below which it is silent."""


class Watch:
    """Watches all processes of a session."""

    def __init__(self, session: int, seconds: float) -> None:
        self.session = session
        self.seconds = seconds
        self.since = time.monotonic()
        self.ticks, self.bytes = self._used()

    def is_silent(self) -> bool:
        """Whether the session has done next to nothing for this many seconds."""
        ticks, read = self._used()
        if ticks - self.ticks >= LEAST_TICKS or read - self.bytes >= LEAST_BYTES or ticks < self.ticks:
            self.since, self.ticks, self.bytes = time.monotonic(), ticks, read
        return time.monotonic() - self.since >= self.seconds

    def _used(self) -> tuple[int, int]:
        """Processor time and bytes read, of all of them and their children that have ended (proc(5))."""
        ticks = read = 0
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has just ended, or is another user's
                fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if int(fields[3]) == self.session:
                    ticks += sum(map(int, fields[11:15]))
                    read += int((process / "io").read_text().split()[1])  # rchar
        return ticks, read
