"""How functions are launched."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import containers
from runtimekit.errors import FunctionBuildError
from runtimekit.functions import function
from runtimekit.repository.identifiers import Protocol
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(("amount", "emulated"), [("256m", "768m"), ("1g", "3g")])
def test_an_emulator_has_memory_of_its_own(monkeypatch: pytest.MonkeyPatch, amount: str, emulated: str) -> None:
    """The function gets the memory that the contract promises."""
    monkeypatch.setattr(machine, "native", lambda: "arm64")
    runtime: Any = SimpleNamespace(memory=amount)
    assert function.memory_limit(runtime, "linux/arm64") == amount
    assert function.memory_limit(runtime, "linux/amd64") == emulated


@pytest.mark.parametrize(
    ("said", "begun"), [(["x is missing"], 1), (["", "x is missing"], 2), (["", "", ""], 3)], ids=str
)
def test_a_build_that_fails_without_a_word_is_begun_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str], begun: int
) -> None:
    """A build that prints a reason is not repeated, and attempts are limited."""
    words = iter(said)

    @contextmanager
    def running(*_: Any, **_more: Any) -> Iterator[Any]:
        output = next(words)
        yield SimpleNamespace(wait=lambda _seconds: 1, logs=lambda: output)

    monkeypatch.setattr(containers, "running", running)
    runtime: Any = SimpleNamespace(build_image="x:1", id=SimpleNamespace(dashed="x-1"), protocol=Protocol.V2021)
    engine: Any = None
    with pytest.raises(FunctionBuildError) as caught:
        function.build(engine, runtime, source=tmp_path / "a", target=tmp_path / "b", platform="linux/amd64")
    assert said[-1] in str(caught.value)
    assert len(list(words)) == len(said) - begun
