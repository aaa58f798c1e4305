"""One request must not affect the next (contract F2); large answers."""

from __future__ import annotations

import time

from runtimekit.conformance import Target, case, expect, expect_contains, expect_json, expect_status, expect_text

MIB = 1024 * 1024


@case("response.changes-are-forgotten", rule="F2")
def changes_are_forgotten(target: Target) -> None:
    """A function that changes its request changes no other."""
    changed = {"env": {"A": "1", "MUTATED": "yes"}, "payload": "mutated", "headers": {"mutated": "yes"}}
    for _ in range(3):
        expect_json(target.probe("mutate", env={"A": "1"}), changed)
        expect_json(target.call(env={"A": "1"}, payload="p"), {"env": {"A": "1"}, "payload": "p", "headers": {}})


@case("response.environment-of-this-request", rule="F2")
def environment_of_this_request(target: Target) -> None:
    """req.env holds what the request says and nothing of the container's environment."""
    expect({}, target.call(payload="p").json()["env"], "req.env of a request without env")


@case("response.late-answer-reaches-nobody", rule="F4")
def late_answer_reaches_nobody(target: Target) -> None:
    """An answer after the function's end is ignored, and never becomes that of the next request."""
    for _ in range(5):
        expect_text(target.probe("late"), "in time")
        expect_text(target.probe("text", text="mine"), "mine")
        time.sleep(0.06)  # past the moment at which the late answer is given
        expect_text(target.probe("text", text="mine, too"), "mine, too")


@case("response.late-error-is-logged", rule="F4", optional=True)
def late_error_is_logged(target: Target) -> None:
    """An error after the function's end changes nothing for anybody and stands in the log."""
    for _ in range(3):
        expect_text(target.probe("late_error"), "in time")
    end = time.monotonic() + 5
    while "late probe error" not in (log := target.logs()) and time.monotonic() < end:
        time.sleep(0.1)
    expect_contains(log, ["late probe error"], "the log")  # whole: cases beside this one print, too


@case("response.20-mib", rule="F3", alone=True)
def twenty_mib(target: Target) -> None:
    """An answer may be as large as a request."""
    answer = target.probe("big", bytes=20 * MIB)
    expect_status(answer, 200)
    expect(20 * MIB, len(answer.body), "the answer's size")
    expect(b"x", answer.body[-1:], "the answer's last byte")


@case("response.other-form", rule="F7", kinds=frozenset({"interpreted"}))
def other_form(target: Target) -> None:
    """The language's other form of a function answers in the same way."""
    fields = {"file": target.environment.files["other_form"]}
    expect_json(target.call(payload='{"action": "both"}', **fields), {"last": True})
    expect_text(target.call(payload='{"action": "sleep", "seconds": 0.1}', **fields), "slept")
    expect_text(target.call(payload='{"action": "twice"}', **fields), "second")
    expect_status(target.call(payload='{"action": "none"}', **fields), 500)
    expect_status(target.call(payload='{"action": "throw"}', **fields), 500)
