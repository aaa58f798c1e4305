"""Each line that a function prints is shown once, though it comes twice: from the container, and in a request's logs.

Which of the two comes first is chance: the container is listened to while the request runs, logs come with the answer.
"""

from __future__ import annotations

import threading
from collections import Counter

NATIVE = "Native logs detected. "
"""How the line begins that stands before the first printed line in a request's logs (docs/protocol-v5.md, V16)."""


class Printed:
    """Which lines were shown, and will come again. For all requests of a function; may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = 0
        self._shown: Counter[str] = Counter()
        """Lines of the output that may still come in the logs of a request that runs."""
        self._expected: Counter[str] = Counter()
        """Lines of logs that may still come in the output."""

    def begin(self) -> None:
        """A request begins. With the first one at a time all is forgotten that has not come by then."""
        with self._lock:
            if self._requests == 0:
                self._shown.clear()
                self._expected.clear()
            self._requests += 1

    def heard(self, line: str) -> bool:
        """Take a line of the output; whether it has to be shown."""
        with self._lock:
            if self._expected[line] > 0:
                self._expected[line] -= 1
                return False
            if self._requests:
                self._shown[line] += 1
            return True

    def end(self, logs: str) -> list[str]:
        """A request has ended with these logs; the lines of them that have to be shown."""
        rest = []
        with self._lock:
            self._requests = max(0, self._requests - 1)
            is_printed = False  # context.log's entries, which the output lacks, may stand before the first printed line
            for line in logs.splitlines():
                is_printed |= line.startswith(NATIVE)
                if self._shown[line] > 0:
                    self._shown[line] -= 1
                    continue
                rest.append(line)
                if is_printed:
                    self._expected[line] += 1
        return rest
