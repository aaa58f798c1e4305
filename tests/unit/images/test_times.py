"""Times of earlier builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.images.times import BuildTimes

if TYPE_CHECKING:
    from pathlib import Path


def test_the_latest_time_of_each_runtime_is_kept(tmp_path: Path) -> None:
    """Across runs."""
    times = BuildTimes(tmp_path / "build" / "times.json")
    assert times.read() == {}
    times.note("node-22", 12.34)
    times.note("go-1.24", 40)
    times.note("node-22", 3)
    assert BuildTimes(times.path).read() == {"node-22": 3.0, "go-1.24": 40.0}


def test_a_broken_file_is_as_an_empty_one(tmp_path: Path) -> None:
    """It only makes a plan better; it must never stop a build."""
    for text in ("", "{", "[]", '{"a": "b"}', '{"a": null}'):
        (tmp_path / "times.json").write_text(text)
        assert BuildTimes(tmp_path / "times.json").read() == {}
