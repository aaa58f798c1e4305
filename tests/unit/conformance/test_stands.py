"""What a container for a case is given."""

from __future__ import annotations

import pytest

from runtimekit.conformance.stands import memory_for
from runtimekit.engine import emulation


@pytest.mark.parametrize(("amount", "emulated"), [("256m", "512m"), ("1g", "2g")])
def test_an_emulator_has_memory_of_its_own(monkeypatch: pytest.MonkeyPatch, amount: str, emulated: str) -> None:
    """What the contract gives is the function's."""
    monkeypatch.setattr(emulation, "native", lambda: "arm64")
    assert memory_for(amount, "linux/arm64") == amount
    assert memory_for(amount, "linux/amd64") == emulated
