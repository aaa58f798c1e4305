"""If a base needs root, the user learns it before any work starts."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from runtimekit.bases import sources
from runtimekit.bases.make import Bootstrapper
from runtimekit.engine.labels import LABEL_FINGERPRINT, LABEL_PLATFORMS
from runtimekit.errors import BaseNeedsRootError
from runtimekit.repository import recipes

RECIPES = recipes.load_recipes(Path(__file__).parents[3] / "bases")
WANTED = {"node:22-bookworm-slim": ("linux/amd64",), "alpine:3.22": ("linux/amd64",)}


def bootstrapper(tmp_path: Path, *present: str) -> Bootstrapper:
    """A maker whose engine has the current versions of these bases for amd64."""

    def images(names: list[str]) -> dict[str, SimpleNamespace]:
        return {f"runtimekit-base/{name}": image(name) for name in present if f"runtimekit-base/{name}" in names}

    def image(name: str) -> SimpleNamespace:
        print_ = maker.fingerprint(sources.require(name, "", RECIPES))
        return SimpleNamespace(labels={LABEL_FINGERPRINT: print_, LABEL_PLATFORMS: "linux/amd64"})

    maker = Bootstrapper(
        SimpleNamespace(images=images),  # type: ignore[arg-type]
        RECIPES,
        logs=tmp_path,
        log=print,
        cancelled=threading.Event(),
    )
    return maker


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user is not root."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.mark.usefixtures("ordinary")
def test_a_root_file_system_that_is_missing_needs_root(tmp_path: Path) -> None:
    """Below a base, too."""
    with pytest.raises(BaseNeedsRootError, match="debian:bookworm-slim, and only root"):
        bootstrapper(tmp_path).check_rights(WANTED)


@pytest.mark.usefixtures("ordinary")
@pytest.mark.parametrize("present", [("debian:bookworm-slim",), ("node:22-bookworm-slim",)])
def test_what_is_there_or_made_of_packages_does_not(tmp_path: Path, present: tuple[str, ...]) -> None:
    """A base that is current is not looked below."""
    bootstrapper(tmp_path, *present).check_rights(WANTED)


@pytest.mark.usefixtures("ordinary")
def test_a_base_for_another_platform_is_no_help(tmp_path: Path) -> None:
    """It has to be made again, with both."""
    with pytest.raises(BaseNeedsRootError):
        bootstrapper(tmp_path, "debian:bookworm-slim").check_rights({"node:22-bookworm-slim": ("linux/arm64",)})


def test_root_may_make_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is not even asked."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    bootstrapper(tmp_path).check_rights(WANTED)


def test_the_error_names_the_engine_that_root_has_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's own shell may know of another one."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/mine.sock")
    assert "As root, here: DOCKER_HOST=unix:///run/mine.sock ./dev build --local" in str(BaseNeedsRootError("debian:x"))
