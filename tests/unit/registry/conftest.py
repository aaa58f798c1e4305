"""A registry in memory, and clients that do not wait long for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fakeregistry import FakeRegistry

from runtimekit.registry.address import Address
from runtimekit.registry.client import Registry
from runtimekit.registry.retry import Retrier, RetryLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtimekit.registry.credentials import Login

QUICK = RetryLimits(retries=3, pause=0.01, longest_limit=0.5)


def client(fake: FakeRegistry, login: Login | None = None, patience: RetryLimits = QUICK) -> Registry:
    """A client of the fake one, which gives up soon."""
    made = Registry(Address(fake.host, "acme"), login, Retrier(fake.host, patience))
    made.transport.read_seconds = 0.15
    return made


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    """A registry that lets everybody in."""
    with FakeRegistry() as made:
        yield made


@pytest.fixture
def registry(fake: FakeRegistry) -> Registry:
    """A client of it."""
    return client(fake)
