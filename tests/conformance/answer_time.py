"""Core cases that measure time. They run under emulation, too."""

from __future__ import annotations

from runtimekit.conformance import (
    Subject,
    Target,
    case,
    expect,
    expect_error,
    expect_status,
    expect_text,
    expect_within,
)


@case("answer.timeout", rule="T1", core=True, calm=True)
def times_out(target: Target) -> None:
    """A function that exceeds its timeout is answered within 0.25 s; the next request is answered as usual."""
    with expect_within(1.25, "the answer's time", at_least=1.0):
        answer = target.probe("sleep", timeout=1, seconds=30)
    expect_error(answer, 500, "timed out after 1 s")
    expect_status(target.probe("answer"), 200)


@case("answer.ten-at-once", rule="F6", core=True, alone=True)
def ten_at_once(target: Target) -> None:
    """Ten that sleep a second take less than two together."""
    with expect_within(2.0, "ten functions that each sleep 1 s"):
        answers = target.in_parallel(lambda _: target.probe("sleep", seconds=1), range(10), 10)
    for answer in answers:
        expect_text(answer, "slept")


@case("answer.same-container", rule="E4", core=True, last=True)
def same_container(target: Target) -> None:
    """After all cases the container is still the same, and was never restarted."""
    expect("", target.launched.changed(), "the container")


@case("answer.hello-same-container", rule="E4", core=True, bench=Subject.HELLO, last=True)
def hello_same_container(target: Target) -> None:
    """The documented function's container, too, is the same and was never restarted."""
    expect("", target.launched.changed(), "the container")
