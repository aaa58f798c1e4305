"""docker-bake.json."""

from __future__ import annotations

from pathlib import Path

from runtimekit.engine.buildx import BuildRequest
from runtimekit.images.bake import bake_file


def test_targets_say_all_that_the_build_says() -> None:
    """So that bake makes the same image; bake takes no dots in names."""
    request = BuildRequest(
        name="go-1.24 linux/amd64",
        folder=Path("/r/runtimes/go-1.24"),
        platforms=("linux/amd64",),
        tags=("go-runtime:1.24",),
        contexts={"adapter": "/r/adapters/go"},
        labels={"a": "b"},
        build_args={"SOURCE_DATE_EPOCH": "1"},
    )
    file = bake_file([request])
    assert file["group"]["default"]["targets"] == ["go-1-24"]
    target = file["target"]["go-1-24"]
    assert target["context"] == "/r/runtimes/go-1.24"
    assert target["tags"] == ["go-runtime:1.24"]
    assert target["contexts"] == {"adapter": "/r/adapters/go"}
    assert target["args"] == {"SOURCE_DATE_EPOCH": "1"}
    assert target["attest"] == ["type=provenance,disabled=true"]
