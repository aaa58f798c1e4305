"""Requests that wait for a worker, or for another file's workers to end (contract L6, T4, T5)."""

from __future__ import annotations

import json
import secrets
from contextlib import ExitStack

from runtimekit.conformance import RawConnection, Subject, Target, case, expect_status, expect_text, expect_that
from runtimekit.conformance.fixtures import with_copies

FILES = 12
"""More than have workers at a time."""
RUNNING, CROWD = 32, 60
"""How many run (contract T5), and how many wait behind them until their clients go away."""
ASLEEP, TOO_LONG = 2, 40
"""How many seconds those sleep that run, and those that nobody wants any more: longer than a case waits."""
NOTICED, TRIES = 0.4, 4
"""A request that is not answered within so many seconds waits behind those that run; how many may not have to."""


@case("queues.twelve-files", rule="L6", bench=Subject.OWN, kinds=frozenset({"interpreted"}))
def twelve_files(target: Target) -> None:
    """Twelve files, called in turn and at once: each request is answered, by its own file's function."""
    entrypoint = target.runtime.entrypoint
    folders = [f"file-{number}" for number in range(FILES)]
    built = target.environment.archives["hello"]
    archive = with_copies(built, entrypoint, folders, target.environment.folder / "twelve-files.tar.gz")
    key = secrets.token_hex(32)
    with target.environment.launch_with({"INTERNAL_RUNTIME_KEY": key}, key, archive=archive) as made:
        function = target.watched(made)

        def call(number: int) -> None:
            mine = secrets.token_hex(8)
            fields = {"path": f"/usr/code/{folders[number]}", "file": entrypoint}
            answer = function.call(seconds=target.deadline(40), env={"ENV1": folders[number]}, payload=mine, **fields)
            expect_status(answer, 200)
            got = json.loads(answer.body)
            told = {name: got.get(name) for name in ("env1", "payload")}
            wanted = {"env1": folders[number], "payload": mine}
            expect_that(told == wanted, f"the answer of {folders[number]}", wanted, told)

        for number in range(FILES):
            call(number)
        target.in_parallel(call, range(FILES), FILES)


@case("queues.reset-clients", rule="T4", bench=Subject.OWN)
def reset_clients(target: Target) -> None:
    """Requests of clients that reset their connection are not executed, and nobody waits behind them."""
    mark = secrets.token_hex(8)
    with target.fresh() as own, ExitStack() as stack:

        def send(**action: object) -> RawConnection:
            connection = stack.enter_context(own.raw(30))
            connection.send(own.post(json.dumps({"payload": json.dumps(action)}).encode()))
            return connection

        running = [send(action="sleep", seconds=ASLEEP) for _ in range(RUNNING)]
        behind = send(action="text", text="waited")
        for _ in range(TRIES):
            if not behind.has_bytes(NOTICED):
                break
            expect_text(behind.answer(), "waited")  # not all that can run do yet
            behind = send(action="text", text="waited")
        crowd = [send(action="sleep", seconds=TOO_LONG, mark=mark) for _ in range(CROWD)]
        crowd += [send(action="print", text=mark) for _ in range(CROWD)]
        for connection in crowd:
            connection.reset()
        half_closed = send(action="text", text="half closed")
        half_closed.half_close()
        for connection in running:
            expect_text(connection.answer(), "slept")
        expect_text(behind.answer(), "waited")
        expect_text(half_closed.answer(), "half closed")
        expect_text(own.probe("text", text="afterwards"), "afterwards")
        executed = own.logs().count(mark)
        expect_that(not executed, "requests of clients that had gone which were executed", 0, executed)
