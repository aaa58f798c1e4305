"""What an error says, and what it must not say (contract E2, E4)."""

from __future__ import annotations

import re

from runtimekit.conformance import Target, case, expect_contains, expect_error, expect_status, expect_that

SECRET = "c4n4ry-0f-th15-r3qu35t"  # noqa: S105 - not a password: a text to look for


@case("errors.nothing-of-the-environment", rule="E2")
def nothing_of_the_environment(target: Target) -> None:
    """A stack trace holds nothing of env, headers or the key."""
    answer = target.probe("throw", env={"SECRET": SECRET}, headers={"authorization": SECRET})
    message = expect_error(answer, 500)
    for secret in (SECRET, target.key):
        expect_that(secret not in message, "the message", "nothing of the environment", message)


@case("errors.trace-names-file-and-line", rule="E2")
def trace_names_file_and_line(target: Target) -> None:
    """The trace holds the user's own file with a line number."""
    message = expect_error(target.probe("throw"), 500)
    place = f"/usr/code/{target.environment.files['index']}:"
    line = message.partition(place)[2][:1]
    expect_that(line.isdigit(), "the trace", f"{place}<line>", message)


@case("errors.places-side-by-side", rule="E2", kinds=frozenset({"compiled"}))
def places_side_by_side(target: Target) -> None:
    """Of two places that a compiler may take for one, each is named: the lines of their function differ."""
    named = {}
    for kind in ("first", "second"):
        message = expect_error(target.probe("throw", kind=kind), 500, "side by side")
        place = re.search(r"\n    at .*\bfailing\.\w+:([0-9]+)", message)
        expect_that(place and place[1] != "0", "the innermost place", "/usr/code/failing…:<line>", message)
        named[kind] = place[0] if place else ""
    expect_that(named["first"] != named["second"], "the places", "two different ones", named)


@case("errors.last-lines-of-output", rule="E4", alone=True)
def last_lines_of_output(target: Target) -> None:
    """When the process ends, the message says with what, and shows what it printed last."""
    expect_status(target.probe("print", lines=3), 200)
    message = expect_error(target.probe("exit", code=9), 500, "9")
    expect_contains(message, ["line 3"], "the message of a process that has ended")


@case("errors.exit-again-and-again", rule="E4", alone=True)
def exit_again_and_again(target: Target) -> None:
    """However often the process ends, the next request is answered."""
    for code in range(1, 6):
        expect_error(target.probe("exit", code=code), 500, "exit")
        expect_status(target.probe("answer"), 200)


@case("errors.many-at-once", rule="E3")
def many_at_once(target: Target) -> None:
    """Errors of requests that run at the same time reach the right ones."""

    def one(number: int) -> None:
        if number % 2:
            expect_error(target.probe("throw"), 500, "probe error")
        else:
            expect_status(target.probe("answer"), 200)

    target.in_parallel(one, range(40), 8)
