"""Bases are made once, those below first. If one fails, only those on top of it fail."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit.bases.provide import LocalBases
from runtimekit.errors import EngineError
from runtimekit.repository import recipes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RECIPES = recipes.load_recipes(Path(__file__).parents[3] / "bases")


class FakeBootstrapper:
    """Makes every base except those that must fail."""

    def __init__(self, failing: str = "") -> None:
        self.recipes = RECIPES
        self.failing = failing
        self.made: list[tuple[str, tuple[str, ...]]] = []
        self.lock = threading.Lock()

    def provide(self, reference: str, platforms: Sequence[str], below: Callable[[], object] = lambda: None) -> str:
        """As the real one, without parts."""
        below()
        if reference == self.failing:
            raise EngineError(f"{reference} cannot be made", todo=[])
        with self.lock:
            self.made.append((reference, tuple(platforms)))
        return f"local/{reference}"


WANTED = {
    "perl:5.40-slim-trixie": ("linux/amd64",),
    "php:8.4-cli-trixie": ("linux/amd64", "linux/arm64"),
    "ruby:3.1-slim-bookworm": ("linux/amd64",),
}


@pytest.mark.parametrize("jobs", [1, 4])
def test_what_several_stand_on_is_made_first_for_all_their_platforms(jobs: int) -> None:
    """Also with one worker: nothing waits for a later task."""
    bootstrapper = FakeBootstrapper()
    with ThreadPoolExecutor(jobs) as pool:
        found = LocalBases(bootstrapper, WANTED, pool).images(list(WANTED))  # type: ignore[arg-type]
    assert found == {name: f"local/{name}" for name in WANTED}
    names = [name for name, _ in bootstrapper.made]
    assert names.index("debian:trixie-slim") < min(names.index(name) for name in WANTED if "trixie" in name)
    assert ("debian:trixie-slim", ("linux/amd64", "linux/arm64")) in bootstrapper.made
    assert len(names) == len(set(names))


def test_a_base_that_fails_concerns_only_what_stands_on_it() -> None:
    """The others are built."""
    with ThreadPoolExecutor(2) as pool:
        local = LocalBases(FakeBootstrapper(failing="debian:trixie-slim"), WANTED, pool)  # type: ignore[arg-type]
        assert local.images(["ruby:3.1-slim-bookworm"]) == {"ruby:3.1-slim-bookworm": "local/ruby:3.1-slim-bookworm"}
        with pytest.raises(EngineError, match="trixie"):
            local.images(["perl:5.40-slim-trixie"])


def test_what_is_not_made_yet_can_be_named() -> None:
    """So that an image can say what it waits for."""
    go_on = threading.Event()

    class Slow(FakeBootstrapper):
        def provide(self, reference: str, platforms: Sequence[str], below: Callable[[], object] = lambda: None) -> str:
            assert go_on.wait(20)
            return super().provide(reference, platforms, below)

    with ThreadPoolExecutor(2) as pool:
        local = LocalBases(Slow(), WANTED, pool)  # type: ignore[arg-type]
        names = [*WANTED, "node:22-bookworm-slim"]
        assert local.unfinished(names) == list(WANTED)
        go_on.set()
        local.images(names)
        assert local.unfinished(names) == []


def test_what_was_not_wanted_is_the_registrys_own() -> None:
    """Such as everything, where a registry answers."""
    with ThreadPoolExecutor(1) as pool:
        assert LocalBases(FakeBootstrapper(), {}, pool).images(["node:22-bookworm-slim"]) == {}  # type: ignore[arg-type]
