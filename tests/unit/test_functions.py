"""How functions are launched."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from runtimekit import functions
from runtimekit.engine import emulation


@pytest.mark.parametrize(("amount", "emulated"), [("256m", "768m"), ("1g", "3g")])
def test_an_emulator_has_memory_of_its_own(monkeypatch: pytest.MonkeyPatch, amount: str, emulated: str) -> None:
    """What the contract gives is the function's."""
    monkeypatch.setattr(emulation, "native", lambda: "arm64")
    runtime: Any = SimpleNamespace(memory=amount)
    assert functions.memory_for(runtime, "linux/arm64") == amount
    assert functions.memory_for(runtime, "linux/amd64") == emulated
