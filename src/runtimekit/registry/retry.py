"""Retries: which faults of a registry are retried, when, and for how long.

======================  ==========================================================================================
rate limited (429)      all workers wait as long as ``Retry-After`` says, or as for the others where it says nothing
server (5xx)            tried again after a growing pause
connection              refused, reset, cut off: the same
timeout                 no answer in time: the same
anything else           final
======================  ==========================================================================================

Every operation that is tried again is idempotent: it begins by asking what is there already.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from runtimekit.errors import RegistryUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

POLL_SECONDS = 0.1
"""How often a wait checks whether the run was cancelled. In seconds."""


class Fault(StrEnum):
    """The classes of faults that may pass."""

    RATE_LIMITED = "rate_limited"
    SERVER = "server_error"
    CONNECTION = "connection"
    TIMEOUT = "timeout"


class PassingError(Exception):
    """One attempt failed in a way that may pass. Never leaves this package."""

    def __init__(self, fault: Fault, words: str, retry_after: float | None = None) -> None:
        self.fault = fault
        self.retry_after = retry_after
        super().__init__(words)


class TooLateError(Exception):
    """A step's time is over in the middle of a transfer. Never leaves this package."""


@dataclass(frozen=True)
class RetryLimits:
    """How often and how long faults are retried."""

    retries: int = 3
    """After the first attempt, for everything but rate limits, which are waited for."""
    pause: float = 1.0
    """Seconds before the first retry; tripled each time. A random half is added: workers must not return together."""
    longest_limit: float = 120.0
    """Seconds of waiting for a rate limit, in one step and all in all."""


@dataclass
class Retrier:
    """Runs steps with retries. One for a whole run: a rate limit concerns every worker."""

    host: str
    limits: RetryLimits = field(default_factory=RetryLimits)
    cancelled: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.monotonic
    counts: Counter[str] = field(default_factory=Counter)
    """How often each class of fault occurred, for the record."""
    _closed_until: float = 0.0
    _failure: RegistryUnavailableError | None = None
    """Why the run was given up. The registry is one: what it does to one worker, it does to all."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, doing: str, attempt: Callable[[float], Result], seconds: float) -> Result:
        """Run a step until it succeeds.

        Args:
            doing: What it is, as in "pushing the blob sha256:…"; errors start with it.
            attempt: Does it, given the time of :attr:`clock` by which it must be done. Raises PassingError.
            seconds: The deadline for all attempts together; waiting for rate limits does not count.

        Raises:
            RegistryUnavailableError: It does not succeed in time, or another worker's step did not: they end together.
            KeyboardInterrupt: ``cancelled`` was set.
        """
        began = self.clock()
        end = began + seconds
        limited, attempts, retries = 0.0, 0, 0
        pause = self.limits.pause
        while True:
            waited = self._pass_gate()
            limited, end = limited + waited, end + waited
            attempts += 1
            try:
                return attempt(end)
            except PassingError as error:
                fault, words, retry_after = error.fault, str(error), error.retry_after
            except TooLateError:
                fault, words, retry_after = Fault.TIMEOUT, f"not done within {seconds:.0f} s", None
            with self._lock:
                self.counts[fault.value] += 1
            wait = pause * (1 + random.random() / 2)  # noqa: S311 - spreads load, guards nothing
            pause *= 3
            if fault is Fault.RATE_LIMITED:
                # At least a pause: "0" would be asked for again and again, without ever reaching the limit.
                wait = wait if retry_after is None else max(retry_after, self.limits.pause)
                gives_up = limited + wait > self.limits.longest_limit
            else:
                retries += 1
                gives_up = retries > self.limits.retries or self.clock() + wait > end
            if gives_up:
                spent = self.clock() - began
                self._failure = RegistryUnavailableError(doing, self.host, fault.value, attempts, spent, words)
                raise self._failure from None
            if fault is Fault.RATE_LIMITED:
                self._close_gate(wait)
            else:
                self._sleep_until(self.clock() + wait)

    def _sleep_until(self, end: float) -> None:
        """Wait, but not longer than until the run is cancelled or given up."""
        while True:
            left = end - self.clock()
            if self.cancelled.wait(max(0.0, min(left, POLL_SECONDS))):
                raise KeyboardInterrupt
            if self._failure:
                raise self._failure
            if left <= 0:
                return

    def check(self, end: float) -> None:
        """Called in the middle of transfers: stop when cancelled or late."""
        if self.cancelled.is_set():
            raise KeyboardInterrupt
        if self.clock() > end:
            raise TooLateError

    def _close_gate(self, seconds: float) -> None:
        with self._lock:
            self._closed_until = max(self._closed_until, self.clock() + seconds)

    def _pass_gate(self) -> float:
        """Wait until no rate limit holds, and say for how long it was."""
        began = self.clock()
        self._sleep_until(began)
        while self._closed_until > self.clock():  # another worker may have met another limit meanwhile
            self._sleep_until(self._closed_until)
        return self.clock() - began


def retry_after(header: str | None) -> float | None:
    """The seconds that a ``Retry-After`` asks for, a number or a date (RFC 9110); None if it is neither."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
