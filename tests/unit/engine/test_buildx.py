"""buildx's progress stream, in the forms that its versions write."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from runtimekit.engine.buildx import BuildRequest, LayerCache
from runtimekit.engine.progress import Progress, decode

EVENTS = [
    {"vertexes": [{"digest": "sha256:1", "name": "[1/2] FROM x", "started": "…"}]},
    {"logs": [{"vertex": "sha256:1", "data": base64.b64encode(b"hello\nworld\n").decode()}]},
]
FAILURE = "Dockerfile:3\n--------------------\n   3 | >>> RUN false\nERROR: process did not complete: exit code: 1\n"


@pytest.mark.parametrize("indent", [None, 2], ids=["one a line", "indented"])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_events_are_read_however_they_are_cut_and_written(indent: int | None, size: int) -> None:
    """buildx 0.13 indents its objects, later versions write one a line; reads end anywhere."""
    text = "\n".join(json.dumps(event, indent=indent) for event in EVENTS) + "\n"
    chunks = (text[at : at + size] for at in range(0, len(text), size))
    assert list(decode(chunks)) == EVENTS


@pytest.mark.parametrize("size", [1, 4096])
def test_the_plain_text_of_a_failure_comes_through_line_by_line(size: int) -> None:
    """A failed build ends with a Dockerfile excerpt, which is not JSON."""
    text = json.dumps(EVENTS[0]) + "\n" + FAILURE
    decoded = list(decode(text[at : at + size] for at in range(0, len(text), size)))
    assert decoded[0] == EVENTS[0]
    assert [str(line).strip() for line in decoded[1:]] == [line.strip() for line in FAILURE.splitlines()]


def test_progress_merges_a_step_by_its_digest() -> None:
    """The same step is reported again as it changes."""
    progress = Progress()
    lines = [line for event in EVENTS for line in progress.update(event)]
    done = {"vertexes": [{"digest": "sha256:1", "name": "[1/2] FROM x", "completed": "…", "cached": True}]}
    lines += progress.update(done)
    lines += progress.update(done)
    assert lines == ["=> [1/2] FROM x", "hello", "world", "CACHED [1/2] FROM x"]
    assert (len(progress.steps), len(progress.done), len(progress.cached)) == (1, 1, 1)


def test_steps_have_their_times_by_this_machines_clock() -> None:
    """The node's clock may be wrong: here it is three hours behind. A running step has no times yet."""
    progress = Progress(clock=lambda: 10_000.0)
    one, two = "sha256:1", "sha256:2"
    for vertex in (
        {"digest": one, "name": "RUN x", "started": "1970-01-01T00:00:00.123456789Z"},
        {"digest": two, "name": "RUN y", "started": "1970-01-01T00:00:01Z"},
        {"digest": one, "name": "RUN x", "started": "1970-01-01T00:00:02Z", "completed": "1970-01-01T00:00:05.5Z"},
        {"digest": "sha256:3", "name": "no times", "started": "…", "completed": "…"},
    ):
        progress.update({"vertexes": [vertex]})
    assert set(progress.local_times()) == {one}
    times = progress.local_times()[one]
    assert (times.began, times.ended) == pytest.approx((10_000 - 5.376544, 10_000))


def test_a_request_is_the_same_words_every_time() -> None:
    """The order of arguments is fixed. Provenance is off so that digests stay the same."""
    request = BuildRequest(
        name="x",
        folder=Path("runtimes/x"),
        platforms=("linux/amd64", "linux/arm64"),
        tags=("x:1",),
        contexts={"b": "./b", "a": "./a"},
        labels={"k": "v"},
    )
    assert request.arguments() == [
        "buildx",
        "build",
        "--progress=rawjson",
        "--provenance=false",
        "--platform=linux/amd64,linux/arm64",
        "--tag=x:1",
        "--build-context=a=./a",
        "--build-context=b=./b",
        "--label=k=v",
        "--load",
        "runtimes/x",
    ]


def test_a_layer_cache_has_a_tag_for_each_image_and_its_platforms() -> None:
    """Reading and writing use the same tag. What was not requested is not in the command."""
    both = LayerCache(read="registry.test/a/cache", write="registry.test/a/cache")
    assert both.arguments("node-22", ("linux/arm64", "linux/amd64")) == [
        "--cache-from=type=registry,ref=registry.test/a/cache:node-22-amd64-arm64",
        "--cache-to=type=registry,ref=registry.test/a/cache:node-22-amd64-arm64,mode=max,ignore-error=true",
    ]
    assert LayerCache().arguments("node-22", ("linux/arm64",)) == []
    request = BuildRequest(
        name="x", folder=Path("x"), platforms=("linux/arm64",), cache=tuple(both.arguments("x-1", ()))
    )
    assert "--cache-from=type=registry,ref=registry.test/a/cache:x-1" in request.arguments()
