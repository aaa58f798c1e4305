"""Compose's plugin is unpacked once, where the engine's own client looks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.debian import packages
from runtimekit.engine import compose
from runtimekit.engine.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_it_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client finds it by a link; a link to what is gone is made again."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    fetched: list[list[str]] = []

    class Area:
        def fetch(self, names: list[str], _folder: Path) -> list[Path]:
            fetched.append(names)
            return []

    def unpack(_debs: list[Path], root: Path) -> None:
        plugin = root / "usr/libexec/docker/cli-plugins/docker-compose"
        plugin.parent.mkdir(parents=True)
        plugin.write_text("")

    monkeypatch.setattr(packages, "newest_area", lambda _folder: Area())
    monkeypatch.setattr(packages, "unpack", unpack)
    monkeypatch.setattr(packages, "host_release", lambda: packages.Release("debian", "bookworm", ""))
    engine, said = EmbeddedEngine(tmp_path / "home/engine", tmp_path / "run"), []
    for _ in range(2):
        assert compose.provide(engine, said.append).resolve().is_file()
    assert fetched == [["docker-compose"]]
    assert len(said) == 1
    compose.provide(engine, said.append).resolve().unlink()
    assert compose.provide(engine, said.append).resolve().is_file()
    assert len(fetched) == 2
