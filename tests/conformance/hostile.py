"""Functions that exhaust resources, and functions that attack their own runtime (contract E4, F5, L6, R4)."""

from __future__ import annotations

import base64
import errno
import json
import time
from http import HTTPStatus

from runtimekit.conformance import (
    Subject,
    Target,
    case,
    expect,
    expect_error,
    expect_status,
    expect_text,
    expect_that,
    expect_within,
    system_calls,
)
from runtimekit.conformance.system_calls import DATA_ADDRESS, SystemCall

COLD_START = 5.0
"""How soon the next request is answered after a worker was killed, on a busy machine."""
MIB = 1024 * 1024


def recovers(target: Target) -> None:
    """The next request is answered soon, and so are those after it, by the same container."""
    with expect_within(COLD_START, "the next request"):
        expect_status(target.call(**target.launched.plain), 200)
    for _ in range(10):
        expect_status(target.call(**target.launched.plain), 200)
    expect("", target.launched.changed(), "the container")


def nothing_is_left(target: Target) -> None:
    """What a function has started is gone soon, neither running nor a zombie: others have room for processes."""
    end = time.monotonic() + COLD_START
    while True:
        script = "grep -h -E '^(Name|State)' /proc/[0-9]*/status"
        said = target.function.container.execute("sh", "-c", script, check=False)
        lines = [line for line in said.splitlines() if line.startswith(("Name:", "State:"))]
        left = [line for line in lines if line.endswith(("\tsleep", "(zombie)"))]
        if (lines and not left) or time.monotonic() > end:
            break
        time.sleep(0.1)  # no event tells when they are gone; a deadline bounds it
    expect([], left if lines else ["no room for the process that looks"], "what was left behind")


@case("hostile.memory-bomb", rule="E4", bench=Subject.VICTIM)
def memory_bomb(target: Target) -> None:
    """A function that takes more memory than there is fails alone."""
    for _ in range(2):
        expect_error(target.probe("allocate", mib=4096), 500)
        recovers(target)


@case("hostile.fork-bomb", rule="E4", bench=Subject.VICTIM)
def fork_bomb(target: Target) -> None:
    """Processes that a function leaves behind do not use up the process limit."""
    for _ in range(2):
        target.probe("forks", count=500, timeout=5)
        recovers(target)
        target.probe("exit")
        recovers(target)
        nothing_is_left(target)


@case("hostile.children-are-gone", rule="T1", bench=Subject.VICTIM)
def children_are_gone(target: Target) -> None:
    """What a function has started ends with its worker, and nothing is left as a zombie."""
    for _ in range(5):
        expect_status(target.probe("spawn"), 200)
    expect_error(target.probe("exit"), 500)
    recovers(target)
    nothing_is_left(target)


@case("hostile.descriptor-leak", rule="E4", bench=Subject.VICTIM)
def descriptor_leak(target: Target) -> None:
    """A function that opens files without end fails alone."""
    for _ in range(2):
        target.probe("descriptors", timeout=10)
        target.probe("exit")
        recovers(target)


@case("hostile.full-tmp", rule="L6", bench=Subject.OWN)
def full_tmp(target: Target) -> None:
    """When /tmp is full, requests are still answered, also after a worker had to be replaced."""
    with target.fresh(tmpfs=("/tmp:mode=1777,size=8m",)) as own:
        expect_that(own.probe("fill").json()["error"], "filling /tmp", "an error", "none")
        recovers(own)
        expect_error(own.probe("exit"), 500)
        recovers(own)


@case("hostile.removes-everything", rule="E4", bench=Subject.VICTIM)
def removes_everything(target: Target) -> None:
    """A function that removes all it may from /tmp does not cut the server off from its workers."""
    target.function.container.execute("sh", "-c", "rm -rf /tmp/* /tmp/.[!.]*", check=False)
    expect_status(target.probe("answer"), 200)
    expect_error(target.probe("exit"), 500)
    recovers(target)


@case("hostile.tampering", rule="R4", bench=Subject.OWN)
def tampering(target: Target) -> None:
    """Whatever a function changes in its own process: the next request's key is checked as ever."""
    with target.fresh() as own:
        expect_text(own.probe("tamper"), "tampered")
        for _ in range(5):
            for key in (None, "wrong", own.key[:-1], f"{own.key}0"):
                expect_error(own.function.call(key=key, **own.launched.plain), 401)
            expect_status(own.call(payload="", env={"A": "1"}), 200)


SERVER, ITSELF = 1, 0
ATTACKS = (
    SystemCall("prlimit: 16 open files", (302, 261), (SERVER, 7, DATA_ADDRESS)),
    SystemCall("setpriority: nice 19", (141, 140), (0, SERVER, 19)),
    SystemCall("setpriority: of its group", (141, 140), (1, SERVER, 19)),
    SystemCall("setpriority: of every process of the user", (141, 140), (2, 0, 19)),
    SystemCall("ioprio_set: idle", (251, 30), (1, SERVER, 3 << 13)),
    SystemCall("sched_setscheduler: idle", (144, 119), (SERVER, 5, DATA_ADDRESS + 24)),
    SystemCall("sched_setaffinity: one processor", (203, 122), (SERVER, 8, DATA_ADDRESS + 16)),
    SystemCall("ptrace: attach", (101, 117), (16, SERVER)),
    SystemCall("openat: its out-of-memory score", (257, 56), (-100, DATA_ADDRESS + 32, 1)),
)
HARMLESS = (
    SystemCall("prlimit: its own", (302, 261), (ITSELF, 7, DATA_ADDRESS)),
    SystemCall("setpriority: its own", (141, 140), (0, ITSELF, 19)),
    SystemCall("kill: with 15", (62, 129), (SERVER, 15)),
    SystemCall("kill: with 9", (62, 129), (SERVER, 9)),
)
"""Calls that are allowed. They show that the program works; the signals have no effect."""
ATTACK_DATA = b"".join(number.to_bytes(8, "little") for number in (16, 16, 1, 0)) + b"/proc/1/oom_score_adj\0"
INTRUDER, REPORT = "/usr/workspace/intruder", "/usr/workspace/report"


@case("hostile.attacks-the-server", rule="R4", bench=Subject.OWN)
def attacks_the_server(target: Target) -> None:
    """A program that a function starts can take neither files nor processor time from the server, nor watch it."""
    form = "{{json .Config.Env}}"
    inspected = target.environment.engine.docker(
        "image", "inspect", "--format", form, target.runtime.run_image, doing="inspecting the image"
    )
    path = dict(each.split("=", 1) for each in json.loads(inspected))["PATH"]
    calls = ATTACKS + HARMLESS
    program = system_calls.program(calls, target.environment.platform.rpartition("/")[2], ATTACK_DATA)
    octal = "".join(f"\\0{byte:03o}" for byte in program)
    script = f"""printf %b '{octal}' > {INTRUDER}
        cd /usr/workspace && printf '#!/bin/sh\\n{INTRUDER} > {REPORT}\\n' | tee sleep > setsid
        chmod 755 {INTRUDER} sleep setsid"""  # some start it by setsid, and busybox prefers a sleep of its own
    with target.fresh(environment={"PATH": f"/usr/workspace:{path}"}) as own:
        container = own.function.container
        container.execute("sh", "-c", script)
        answer = own.probe("spawn")
        if answer.status != HTTPStatus.OK:
            expect_error(answer, 500, "NotCapable")  # a Deno function may start no program
            return
        end = time.monotonic() + own.deadline(5)
        while len(printed := container.execute("sh", "-c", f"base64 {REPORT}", check=False)) < len(calls) * 40:
            expect_that(time.monotonic() < end, "what the program reports", "to come", printed)
            time.sleep(0.02)
        returned = system_calls.results(calls, base64.b64decode(printed))
        refused = (-errno.EPERM, -errno.EACCES)
        expect({}, {call.name: returned[call.name] for call in ATTACKS if returned[call.name] not in refused}, "done")
        expect({call.name: 0 for call in HARMLESS}, {call.name: returned[call.name] for call in HARMLESS}, "allowed")
        recovers(own)


@case("hostile.prints-10-mb", rule="F5", bench=Subject.VICTIM)
def prints(target: Target) -> None:
    """What a function prints reaches the container's log, every line whole, and never the answer."""
    for stream, lines in (("stdout", 10_000), ("stderr", 500)):
        expect_text(target.probe("print", lines=lines, stream=stream, bytes=1000, timeout=60, within=60), "printed")
    wanted = {f"line {number} ".ljust(1000, "x") for number in range(1, 10_001)}
    end = time.monotonic() + 5
    while (missing := wanted - (found := set(target.logs().splitlines()))) and time.monotonic() < end:
        time.sleep(0.2)
    expect(0, len(missing), "lines missing from the log")
    expect([], [line[:80] for line in found - wanted if line.startswith(("line", "x"))], "torn lines")


@case("hostile.prints-at-once", rule="F5")
def prints_at_once(target: Target) -> None:
    """Output of requests that run at the same time never reaches an answer."""
    for answer in target.in_parallel(lambda _: target.probe("print", lines=20, bytes=200), range(16), 8):
        expect_text(answer, "printed")
