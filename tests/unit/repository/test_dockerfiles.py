"""What a Dockerfile takes from outside is read as the build would ask for it."""

from __future__ import annotations

import pytest

from runtimekit.repository import dockerfiles

CONTEXTS = ("gateway", "common", "adapter")


def bases(text: str) -> list[str]:
    """The images from outside."""
    return list(dockerfiles.read(text, CONTEXTS).bases)


def contexts(text: str) -> list[str]:
    """The named contexts."""
    return list(dockerfiles.read(text, CONTEXTS).contexts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM python:3.10-slim", ["python:3.10-slim"]),
        ("from python:3.10 as base", ["python:3.10"]),
        (
            "FROM --platform=$BUILDPLATFORM golang:1.24 AS gateway-build\nFROM alpine:3.22",
            ["golang:1.24", "alpine:3.22"],
        ),
        ("FROM node:22 AS Build\nFROM build AS second\nFROM second", ["node:22"]),
        ("FROM node:22\nFROM node:22", ["node:22"]),
        ("FROM scratch\nCOPY a b", []),
        ("FROM a/b@sha256:0123\n", ["a/b@sha256:0123"]),
        ("ARG VERSION=3.10\nFROM python:${VERSION}-slim", ["python:3.10-slim"]),
        ('ARG BASE="debian:12"\nFROM $BASE', ["debian:12"]),
        ("FROM python:${VERSION:-3.11}", ["python:3.11"]),
        ("# FROM commented:1\n\nFROM \\\n  # a comment between\n  real:1", ["real:1"]),
        ("FROM a:1\nRUN echo $((1<<3)) <<<word\nFROM b:1", ["a:1", "b:1"]),
        ("FROM a:1\nRUN <<EOF\nFROM inside:1\nEOF\nFROM b:1", ["a:1", "b:1"]),
        ("FROM a:1 AS x\nCOPY --from=tool:2 /bin/t /bin/\nCOPY --from=x /a /b\nCOPY --from=0 /a /b", ["a:1", "tool:2"]),
        ("FROM a:1\nRUN --mount=type=bind,from=tool:2,target=/t /t/run", ["a:1", "tool:2"]),
        ("FROM a:1\nCOPY --from=adapter . /x", ["a:1"]),
    ],
)
def test_the_bases_are_the_images_from_outside(text: str, expected: list[str]) -> None:
    """Without stages, contexts, scratch, comments and here-documents; with the defaults of arguments."""
    assert bases(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a:1\nCOPY --chown=0:0 --from=adapter . /x\nCOPY --from=common y /y", ["adapter", "common"]),
        ("FROM a:1\nRUN --mount=type=bind,from=gateway,target=/src cd /src && go build", ["gateway"]),
        ("FROM a:1\nRUN --mount=type=cache,target=/c --mount=from=gateway,target=/s make", ["gateway"]),
        ("FROM common\n", ["common"]),
        ("FROM a:1 AS gateway\nFROM b:1\nCOPY --from=gateway /g /g", []),
        ("FROM a:1\nRUN echo from=gateway", []),
    ],
)
def test_the_contexts_are_those_that_are_used(text: str, expected: list[str]) -> None:
    """Named in COPY, in a mount or in FROM, unless a stage has the name."""
    assert contexts(text) == expected


def test_a_from_that_needs_a_build_argument_is_refused() -> None:
    """Nobody could say what the image is built on."""
    with pytest.raises(ValueError, match=r"needs a default: ARG BASE=…"):
        bases("ARG BASE\nFROM ${BASE}")


def test_a_dockerfile_without_from_is_refused() -> None:
    """It would build nothing."""
    with pytest.raises(ValueError, match="has no FROM line"):
        bases("RUN true\n")
