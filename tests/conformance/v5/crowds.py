"""Whose log it is, with requests at the same time (V13, V16), and that none is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runtimekit.conformance import Subject, case, expect, expect_status, expect_that

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget

NOTICE = "Native logs detected. Use context.log() or context.error() for better experience."
AT_ONCE, LINES = 8, 50
INTERLEAVED, CLIENTS = 400, 16


@case("crowds.logs-of-eight", rule="V16", core=True, alone=True)
def logs_of_eight(target: OpenTarget) -> None:
    """Eight log 50 lines each by the API, by print and by child processes: every file holds its own lines, and all."""
    _mixed(target, children=target.environment.probe.children == "exact")


@case("crowds.logs-of-eight-in-the-other-form", rule="V16", bench=Subject.OWN)
def logs_of_eight_other_form(target: OpenTarget) -> None:
    """The same in the language's other form: an ES module; `async def`, where eight share a process."""
    with target.fresh(entrypoint="other_form") as own:
        _mixed(own, children=False)


@case("crowds.logs-of-eight-children", rule="V16", alone=True)
def children_alone(target: OpenTarget) -> None:
    """One at a time: what child processes print is in its log, whatever the language."""
    for number in range(2):
        _check(target, f"alone {number}", children=True)


def _mixed(target: OpenTarget, *, children: bool) -> None:
    target.in_parallel(lambda number: _check(target, f"request {number}", children=children), range(AT_ONCE), AT_ONCE)


def _check(target: OpenTarget, name: str, *, children: bool) -> None:
    """Send one request, and look into its files."""
    answer = target.probe("mixed", name=name, lines=LINES)
    expect_status(answer, 200)
    expect(name.encode(), answer.body, "the answer")
    logs, errors = target.logged(answer)
    lines = logs.splitlines()
    mine = [line for line in lines if line != NOTICE]
    expect([], [line for line in mine if not line.startswith(f"{name} ")], f"lines of others in the log of {name}")
    for kind in ("log", "print"):
        found = [line for line in mine if line.startswith(f"{name} {kind} ")]
        expect([f"{name} {kind} {number}" for number in range(LINES)], found, f"{kind} lines of {name}")
    expect("".join(f"{name} error {number}\n" for number in range(LINES)), errors, f"the errors of {name}")
    expect(1, lines.count(NOTICE), "lines that say that something was printed")
    by_children = [line for line in mine if line.startswith(f"{name} child ")]
    if children:
        expect([f"{name} child {number}" for number in range(LINES)], by_children, f"lines of the children of {name}")
    places = {line: place for place, line in enumerate(lines)}
    late = [
        number for number in range(LINES - 1) if places[f"{name} print {number}"] > places[f"{name} log {number + 1}"]
    ]
    expect([], late, "printed lines that stand behind an entry that came later")


@case("logs.printed", rule="V16", core=True)
def printed(target: OpenTarget) -> None:
    """Each printed line is an entry, behind one line that says so; what is printed before an entry stands before it."""
    answer = target.probe("prints")
    expect_status(answer, 200)
    logs, errors = target.logged(answer)
    lines = logs.splitlines()
    expect(sorted([NOTICE, "logged 2", *(f"printed {number}" for number in (1, 3, 4, 5))]), sorted(lines), "the lines")
    expect("", errors, "the errors file")
    in_order = [line for line in lines if line in {"printed 1", "printed 4", "printed 5"}]
    expect(["printed 1", "printed 4", "printed 5"], in_order, "what was printed to stdout")
    expect_that(lines.index("printed 1") < lines.index("logged 2"), "the order", "printed 1 before logged 2", lines)
    expect_that(lines.index(NOTICE) < lines.index("printed 1"), "the order", "first the line that says so", lines)


@case("crowds.interleaved", rule="V13", alone=True)
def interleaved(target: OpenTarget) -> None:
    """400 requests by 16 clients: each gets its own answer, and its files are complete when the answer is there."""

    def one(number: int) -> None:
        text = f"{number}." * (1 + number * 7 % 500)
        answer = target.probe("log", logs=[text], errors=[f"error {number}"])
        expect_status(answer, 200)
        expect((f"{text}\n", f"error {number}\n"), target.logged(answer), f"the files of request {number}")
        seen = target.call(target=f"/{number}?q={number}", method="POST", body=text.encode())
        expect(f"/{number}", json.loads(seen.body)["path"], f"the path of request {number}")
        expect(len(text), json.loads(seen.body)["size"], f"the size of request {number}")

    target.in_parallel(one, range(INTERLEAVED), CLIENTS)


@case("crowds.same-id", rule="V13")
def same_id(target: OpenTarget) -> None:
    """Requests with one id at the same time add to the same files; no entry is torn."""

    def one(number: int) -> None:
        expect_status(target.probe("log", log_id="crowds-same", logs=[f"{number} " + "x" * 5000] * 3), 200)

    target.in_parallel(one, range(12), 4)
    lines = target.function.logged("crowds-same")[0].splitlines()
    expect(36, len(lines), "the entries")
    expect_that(all(len(line) in {5002, 5003} for line in lines), "every entry", "whole", sorted(set(map(len, lines))))


@case("crowds.crash-beside-others", rule="V35", bench=Subject.VICTIM)
def crash(target: OpenTarget) -> None:
    """One ends the process with neighbours in flight: each is answered, with its reason, and keeps its own log."""

    def one(number: int) -> None:
        if number == AT_ONCE // 2:
            answer = target.probe("exit", code=3)
            expect_status(answer, 500)
            expect("before\n", target.logged(answer)[0], "the log of the one that ended the process")
            return
        answer = target.probe("sleep", seconds=0.3, logs=[f"neighbour {number}"])
        logs, errors = target.logged(answer)
        if answer.status == 200:
            expect((f"neighbour {number}\ntoo late\n", ""), (logs, errors), "the files of a neighbour")
        else:
            expect_status(answer, 500)
            expect_that(errors, "the errors file of a neighbour", "the reason", errors)
            expect_that(logs in {"", f"neighbour {number}\n"}, "the log of a neighbour", "its own", logs)

    target.in_parallel(one, range(AT_ONCE), AT_ONCE)
