"""Why an image is stale."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from runtimekit.engine.labels import LABEL_INPUTS
from runtimekit.images.explain import explain
from runtimekit.support.canonical_json import canonical

NOW = {
    "runtime": "node-22",
    "platform": "linux/amd64",
    "folder": "f",
    "contexts": {"adapter": "new", "common": "c"},
    "bases": {"node:22": "b"},
    "facts": {"org.opencontainers.image.version": "22"},
}


def stale(labels: dict[str, str] | None) -> list[str]:
    """The names of inputs that have changed against an image with these labels, or against none."""
    platform = SimpleNamespace(docker="linux/amd64")
    runtime: Any = SimpleNamespace(build_image="node-runtime:22", platforms=(platform,))
    images = {} if labels is None else {"node-runtime:22": SimpleNamespace(labels=labels)}
    engine = SimpleNamespace(images=lambda _names: images)
    builder: Any = SimpleNamespace(engine=engine, inputs=lambda _runtime, _platform: NOW)
    return [each.name for each in explain(builder, [runtime]) if each.changed]


def test_what_has_changed_is_named() -> None:
    """And nothing else; an input that is no more counts as changed, too."""
    before = NOW | {"contexts": {"adapter": "old", "common": "c", "gateway": "g"}}
    label = canonical(before).decode()
    assert stale({LABEL_INPUTS: label}) == ["context adapter", "context gateway"]


def test_without_an_image_everything_is_new() -> None:
    """Also where the image is not of ours, or its label is broken."""
    everything = ["folder", "context adapter", "context common", "base node:22", "fact version"]
    assert stale(None) == everything
    assert stale({}) == everything
    assert stale({LABEL_INPUTS: "{"}) == everything
