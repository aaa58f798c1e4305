"""The embedded engine's bridge."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from runtimekit import commands
from runtimekit.engine import network

if TYPE_CHECKING:
    import pytest


def test_the_bridge_has_an_address_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that follows its ports' would change whenever a container comes or goes, and answers would be lost."""
    ran: list[list[str]] = []

    def run(words: list[str], **_: object) -> SimpleNamespace:
        ran.append(words)
        return SimpleNamespace(stdout="[]")

    monkeypatch.setattr(commands, "run", run)
    network.make_bridge("bridge-of-a-test")
    made = next(words for words in ran if words[1:3] == ["link", "add"])
    hardware = made[made.index("address") + 1]
    first, *rest = (int(part, 16) for part in hardware.split(":"))
    assert len(rest) == 5
    assert first & 0b11 == 0b10, "locally administered, and no group's"
