"""How workers live: many requests at once, forks, and their end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time

import pytest
from workers import (
    ANSWER,
    BUILT,
    COMMANDS,
    DEADLINE,
    PING,
    PONG,
    PROBES,
    PYTHON,
    READY,
    REQUEST,
    SHARED_FORMS,
    STARTED,
    TEMPLATE_FORMS,
    Frame,
    Worker,
    accepted,
    forked,
    forking,
    java_command,
    mapping,
    needs,
    opened_form,
    request,
    started,
    string,
)


@pytest.mark.parametrize("name", SHARED_FORMS)
def test_a_worker_survives_a_function_that_changes_the_language(name: str, request: pytest.FixtureRequest) -> None:
    """A function that replaces what the language has does not break the adapter."""
    with opened_form(name, request) as worker:
        worker.next()
        assert worker.text(action="tamper") == "tampered"
        plain = Frame(REQUEST, 3, mapping({"A": "1"}) + mapping({}) + string("")).encode()
        worker.send(plain, plain)
        answers = [frame for frame in (worker.next() for _ in range(4)) if frame.kind == ANSWER]
        assert [json.loads(frame.answer()[2])["env"] for frame in answers] == [{"A": "1"}] * 2


def test_a_shared_worker_serves_many_at_once_and_answers_ping(shared: Worker) -> None:
    """Thirty-two wait at the same time, and the event loop has time for PING."""
    begin = time.monotonic()
    shared.send(*(request(number, action="sleep", seconds=0.1) for number in range(32)), Frame(PING, 99).encode())
    frames = [shared.next() for _ in range(32 + 1 + 32)]
    assert time.monotonic() - begin < 2
    pong = frames.index(Frame(PONG, 99))
    assert all(frame.kind == STARTED for frame in frames[:pong]), "PING is answered while they sleep"
    assert {frame.id for frame in frames if frame.kind == ANSWER} == set(range(32))


def test_started_is_sent_before_the_function_runs(shared: Worker) -> None:
    """STARTED is on the wire even if the function never lets go."""
    shared.send(request(5, action="spin"))
    assert shared.next() == (STARTED, 5, b"")


def test_an_answer_does_not_wait_for_the_next_function(shared: Worker) -> None:
    """Of two that come together the second never lets go: the first is answered all the same."""
    shared.send(request(1, action="text"), request(2, action="spin"))
    frames = [(frame.kind, frame.id) for frame in (shared.next() for _ in range(3))]
    assert sorted(frames) == [(STARTED, 1), (STARTED, 2), (ANSWER, 1)]
    assert frames.index((STARTED, 1)) < frames.index((ANSWER, 1))


def test_python_answers_before_the_next_function_of_the_same_read_runs() -> None:
    """Of three that come together the second never lets go: the first is answered, the third not started."""
    folder = PROBES / "python"
    with started(PYTHON, folder / "other_form.py", folder) as worker:
        worker.next()
        worker.send(request(1, action="text"), request(2, action="spin"), request(3, action="text"))
        assert [(frame.kind, frame.id) for frame in (worker.next() for _ in range(3))] == [
            (STARTED, 1),
            (ANSWER, 1),
            (STARTED, 2),
        ]
        worker.connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            worker.next()


def test_a_gateway_that_does_not_read_keeps_nothing_from_being_sent(shared: Worker) -> None:
    """What a full socket keeps back arrives later, complete and in order."""
    shared.send(*(request(number, action="big", bytes=500_000) for number in range(16)))
    time.sleep(0.1)
    ends = [shared.next() for _ in range(32)]
    for number in range(16):
        kinds = [frame.kind for frame in ends if frame.id == number]
        assert kinds == [STARTED, ANSWER]


def test_a_worker_ends_with_its_connection(shared: Worker) -> None:
    """End of file ends the worker with 0."""
    shared.connection.shutdown(socket.SHUT_RDWR)
    assert shared.process
    assert shared.process.wait(DEADLINE) == 0


@pytest.mark.parametrize("language", [*COMMANDS, *BUILT])
def test_started_by_hand_it_says_what_it_is(language: str, request: pytest.FixtureRequest) -> None:
    """One line and 64, without RUNTIME_SOCKET."""
    if language != "python":
        needs(language)
    if language in BUILT:
        built = request.getfixturevalue(BUILT[language])
        command = java_command(built) if language == "java" else [str(built)]
    else:
        command = COMMANDS[language]
    environment = {name: value for name, value in os.environ.items() if name != "RUNTIME_SOCKET"}
    result = subprocess.run([*command, "x"], env=environment, capture_output=True, check=False, timeout=DEADLINE)
    assert result.returncode == 64
    assert result.stderr.count(b"\n") == 1


def test_a_template_forks_workers_of_their_own() -> None:
    """Each fork has a process group, an output and a memory of its own."""
    folder = PROBES / "python"
    with started(PYTHON, folder / "index.py", folder) as template:
        assert template.raw() == Frame(READY, 0, b"\x01\x00\x00\x00\x01").encode()
        with forked(template) as (first, pipes), forked(template) as (second, _pipes):
            for worker in (first, second):
                assert worker.raw() == Frame(READY, 0, b"\x00\x00\x00\x00\x01").encode()
            processes = {json.loads(worker.text(action="pid"))["pid"] for worker in (first, second)}
            assert len(processes) == 2
            assert template.process
            assert template.process.pid not in processes
            for process in processes:
                assert os.getpgid(process) == process
            assert first.text(action="print") == "printed"
            assert first.text(action="print", stream="stderr") == "printed"
            assert os.read(pipes["stdout"], 100) == b"line 1\n"
            assert os.read(pipes["stderr"], 100) == b"line 1\n"
            assert json.loads(first.text(action="counter")) == {"counter": 1}
            assert json.loads(second.text(action="counter")) == {"counter": 1}


@pytest.mark.parametrize("name", TEMPLATE_FORMS)
def test_a_template_that_is_told_to_fork_several_times_forks_so_often(
    name: str, request: pytest.FixtureRequest
) -> None:
    """What it was told and has not done yet is no fork's business: each would fork for all those after it."""
    with opened_form(name, request) as template:
        template.next()
        with forking(template, 3) as places:
            for listener, _pipes in places:
                with accepted(listener) as worker:
                    assert worker.raw() == Frame(READY, 0, b"\x00\x00\x00\x00\x01").encode()
                    assert worker.text(action="text", text="mine") == "mine"
            for listener, _pipes in places:
                listener.settimeout(0.2)
                with pytest.raises(TimeoutError):
                    listener.accept()
