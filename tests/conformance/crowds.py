"""Many requests at the same time (contract F6, T5): none is lost or mixed up."""

from __future__ import annotations

import http.client
import json
import random
import resource
import time
from collections import Counter
from contextlib import ExitStack

from runtimekit.conformance import (
    Subject,
    Target,
    case,
    expect,
    expect_error,
    expect_json,
    expect_status,
    expect_text,
    expect_that,
    expect_within,
)

INTERLEAVED, AT_ONCE = 2000, 32
RUNNING, WAITING, MORE = 32, 1024, 60
"""How many run, how many wait (contract T5), and how many more are sent and refused."""
TURNS, ABORTING, NEIGHBOURS = 3, 3, 8
"""How often, how many that end the process and how many others are sent at the same time."""
MIB = 1024 * 1024


@case("crowds.2000-interleaved", rule="F6", alone=True)
def interleaved(target: Target) -> None:
    """2,000 requests, 32 at once, each with its own texts; every tenth client goes away. None is mixed up."""

    def stream(first: int) -> None:
        chance = random.Random(first)  # noqa: S311 - the same on every run
        connection = http.client.HTTPConnection(target.function.host, target.function.port, timeout=target.deadline(20))
        try:
            for number in range(first, INTERLEAVED, AT_ONCE):
                mine = {"env": {"N": f"env {number}"}, "payload": f"payload {number}", "headers": {"n": f"{number}"}}
                body = json.dumps(mine).encode()
                if number % 10 == 0:
                    with target.raw() as aborted:
                        whole = target.post(body)
                        aborted.send(whole[: chance.randrange(1, len(whole) + 1)])
                        aborted.abort()
                connection.request("POST", "/", body, {"x-internal-challenge": target.key})
                answer = connection.getresponse()
                got = answer.read()
                expect(200, answer.status, f"the status of request {number}")
                expect(mine, json.loads(got), f"the answer to request {number}")
        finally:
            connection.close()

    target.in_parallel(stream, range(AT_ONCE), AT_ONCE)


@case("crowds.32-at-once", rule="T5", alone=True)
def thirty_two_at_once(target: Target) -> None:
    """32 sleep at the same time: one that had to wait for another would make it four seconds."""
    with expect_within(4.0, "32 functions that each sleep 2 s"):
        answers = target.in_parallel(lambda _: target.probe("sleep", seconds=2), range(RUNNING), RUNNING)
    for answer in answers:
        expect_text(answer, "slept")


@case("crowds.ten-at-once-other-form", rule="F6", alone=True, kinds=frozenset({"interpreted"}))
def ten_at_once(target: Target) -> None:
    """Ten that sleep a second take less than two together in the language's other form, too."""
    sleep = {"payload": '{"action": "sleep"}', "file": target.environment.files["other_form"]}
    with expect_within(2.0, "ten functions that each sleep 1 s"):
        answers = target.in_parallel(lambda _: target.call(**sleep), range(10), 10)
    for answer in answers:
        expect_text(answer, "slept")


@case("crowds.overload", rule="T5", alone=True)
def overload(target: Target) -> None:
    """1,024 wait while 32 run; those beyond get 503 at once; all who wait are answered."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    sleep = target.post(json.dumps({"payload": json.dumps({"action": "sleep", "seconds": 3})}).encode())
    plain = target.post(target.plain())
    with ExitStack() as stack:
        connections = [stack.enter_context(target.raw(30)) for _ in range(RUNNING + WAITING + MORE)]
        for connection in connections[:RUNNING]:
            connection.send(sleep)
        time.sleep(0.7)  # they are asleep, on as many workers as memory permits
        for connection in connections[RUNNING : RUNNING + WAITING]:
            connection.send(plain)
        time.sleep(0.1)
        with expect_within(1.0, "the refusals"):
            for connection in connections[RUNNING + WAITING :]:
                connection.send(plain)
            for connection in connections[RUNNING + WAITING :]:
                expect_error(connection.answer(), 503)
        statuses = [connection.answer().status for connection in connections[: RUNNING + WAITING]]
    answered = statuses.count(200)
    expect_that(answered >= WAITING, "requests that were answered with 200", f"at least {WAITING}", answered)


@case("crowds.abort-runs-once", rule="T2", bench=Subject.OWN)
def abort_runs_once(target: Target) -> None:
    """What ends the process, beside others, has run once: only requests that had not started move to another worker."""
    with target.fresh() as own:
        file = own.environment.files.get("other_form", "")  # in Python this is the form that shares workers
        chosen = {"file": file} if file else {}
        asked = [f"{turn}.{number}" for turn in range(TURNS) for number in range(ABORTING)]

        def one(name: str) -> None:
            action = {"action": "abort", "line": name} if name in asked else {"action": "sleep", "seconds": 0.05}
            answer = own.call(payload=json.dumps(action), **chosen)
            if name in asked:
                expect_error(answer, 500)
            elif answer.status == http.client.OK:
                expect_text(answer, "slept")
            else:
                expect_error(answer, 500, "worker ended by another request")

        for turn in range(TURNS):
            names = [f"{turn}.{number}" for number in range(ABORTING)] + ["neighbour"] * NEIGHBOURS
            own.in_parallel(one, names, len(names))
        expect_status(own.call(payload="after", **chosen), 200)
        ran = own.probe("read", path="/tmp/begun").body.decode().split()
        expect([], sorted(name for name, times in Counter(ran).items() if times > 1), "requests that ran twice")
        expect_that(len(ran) >= TURNS and set(ran) <= set(asked), "what ran", "a request of each turn", ran)


@case("crowds.large-at-once", rule="T5", alone=True)
def large_at_once(target: Target) -> None:
    """Large requests and answers at the same time wait for room, and all are answered."""
    pad = "x" * (4 * MIB)

    def one(number: int) -> None:
        if number % 2:
            answer = target.probe("big", bytes=4 * MIB)
            expect_status(answer, 200)
            expect(4 * MIB, len(answer.body), "the answer's size")
        else:
            expect_text(target.probe("text", text="Hello", pad=pad), "Hello")

    target.in_parallel(one, range(12), 6)


@case("crowds.wrong-keys-with-20-mib", rule="R3", alone=True, any_function=True)
def wrong_keys(target: Target) -> None:
    """Bodies with wrong keys use no memory: twenty at once, 20 MiB each, disturb no other request."""
    rubbish = bytes(20 * MIB)

    def one(_: int) -> None:
        with target.raw() as connection:
            connection.send(target.post(rubbish, key="wrong"))
            expect_error(connection.answer(), 401)

    target.in_parallel(one, range(20), 20)
    expect_status(target.call(**target.launched.plain), target.launched.plain_status)


@case("crowds.mixed-sizes", rule="F6")
def mixed_sizes(target: Target) -> None:
    """Answers of all sizes reach the right requests."""

    def one(number: int) -> None:
        payload = f"{number}." * (1 + number * 500)
        expect_json(target.call(payload=payload), {"env": {}, "payload": payload, "headers": {}})

    target.in_parallel(one, range(60), 8)
