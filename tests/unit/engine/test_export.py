"""Saving images: whole, or with a reason, and never left behind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.engine import export
from runtimekit.engine.client import Image
from runtimekit.errors import CommandError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMAGE = Image("node-runtime:22", "sha256:1", 557_000_000, "amd64")


def engine(save: Callable[..., None]) -> Any:
    """An engine with this `docker image save`."""
    return SimpleNamespace(docker=save)


def test_an_image_is_saved_by_its_id_and_gone_afterwards(tmp_path: Path) -> None:
    """What a killed run has left is removed first."""
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / ".docker_temp_1").write_text("left behind")
    asked: list[str] = []

    def save(*words: str, **_how: Any) -> None:
        asked.extend(words)
        assert list(folder.iterdir()) == []
        (folder / "image.tar").write_text("an image")

    with export.saved(engine(save), IMAGE, folder) as file:
        assert file.read_text() == "an image"
    assert asked == ["image", "save", "--output", str(folder / "image.tar"), "sha256:1"]
    assert not folder.exists()


def test_a_full_disk_is_said_with_sizes_and_nothing_is_left(tmp_path: Path) -> None:
    """Trying again would not help."""

    def save(*_words: str, **_how: Any) -> None:
        (tmp_path / "saved/.docker_temp_2").write_text("half")
        raise CommandError("saving", "docker image save", 1, "write /x: no space left on device")

    with (
        pytest.raises(DiskFullError, match=r"image\.tar \(557 MB, of which \d+ MB are free\)"),
        export.saved(engine(save), IMAGE, tmp_path / "saved"),
    ):
        pass
    assert not (tmp_path / "saved").exists()


def test_an_image_that_is_gone_is_said_in_dockers_words(tmp_path: Path) -> None:
    """Another build may have taken its name, and a prune the rest."""

    def save(*_words: str, **_how: Any) -> None:
        raise CommandError("saving", "docker image save", 1, "No such image: sha256:1")

    with pytest.raises(CommandError, match="No such image"), export.saved(engine(save), IMAGE, tmp_path / "saved"):
        pass
