"""Retries: which, when, and how they end."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from runtimekit.errors import RegistryUnavailableError
from runtimekit.registry.retry import Fault, PassingError, Retrier, RetryLimits, retry_after

QUICK = RetryLimits(retries=3, pause=0.01, longest_limit=60)


def test_when_one_worker_gives_up_so_does_one_that_waits() -> None:
    """A registry that wants an hour of silence from one worker does not keep another for half a minute."""
    retrier = Retrier("host", QUICK)
    waits = threading.Event()
    caught: list[str] = []

    def limited(_end: float) -> None:
        waits.set()
        raise PassingError(Fault.RATE_LIMITED, "429", 30)

    def refused(_end: float) -> None:
        waits.wait(5)
        time.sleep(0.1)
        raise PassingError(Fault.RATE_LIMITED, "429", 3600)

    def work(attempt) -> None:  # noqa: ANN001 - either of the two
        try:
            retrier.run("trying", attempt, 10)
        except RegistryUnavailableError as error:
            caught.append(error.fault)

    threads = [threading.Thread(target=work, args=(attempt,)) for attempt in (refused, limited)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    retrier.cancelled.set()
    assert caught == ["rate_limited", "rate_limited"]


def test_a_step_has_a_deadline_for_all_its_attempts() -> None:
    """Retries do not go on after it."""
    retrier = Retrier("host", RetryLimits(retries=99, pause=0.05))

    def attempt(_end: float) -> None:
        raise PassingError(Fault.CONNECTION, "reset")

    began = time.monotonic()
    with pytest.raises(RegistryUnavailableError, match="connection"):
        retrier.run("trying", attempt, 0.5)
    assert time.monotonic() - began < 2


def test_a_transfer_that_is_late_is_a_time_out() -> None:
    """It notices itself, in the middle."""
    retrier = Retrier("host", RetryLimits(retries=0))

    def attempt(end: float) -> None:
        time.sleep(0.05)
        retrier.check(end)

    with pytest.raises(RegistryUnavailableError, match=r"timeout.*not done within 0 s"):
        retrier.run("trying", attempt, 0.01)


def test_pauses_grow_and_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times as long each time, and at most half of it more."""
    retrier, slept = Retrier("host"), []
    monkeypatch.setattr(retrier, "_sleep_until", lambda end: slept.append(end - retrier.clock()))

    def attempt(_end: float) -> None:
        raise PassingError(Fault.SERVER, "500")

    with pytest.raises(RegistryUnavailableError):
        retrier.run("trying", attempt, 600)
    pauses = [seconds for seconds in slept if seconds > 0.5]
    assert len(pauses) == 3
    for seconds, least in zip(pauses, (1, 3, 9), strict=True):
        assert least - 0.1 <= seconds <= least * 1.5 + 0.1


def test_retry_after_is_a_number_or_a_date() -> None:
    """RFC 9110; rubbish is as nothing."""
    assert retry_after("7") == 7
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 28 <= (retry_after(soon) or 0) <= 30
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert [retry_after(text) for text in ("soon", "", None)] == [None] * 3
