"""Whose it is what functions that take a context log and print (docs/protocol-v5.md, V13 to V18)."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

import pytest
from context_forms import COMMANDS, FORMS, FUNCTIONS, JAVASCRIPT, SEVERAL
from contexts import ERRORS, ask, call, outcomes, serving
from workers import LOG, OUTPUT, RESULT, Frame, Worker, forked, string

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("form", JAVASCRIPT, indirect=True)
def test_entries_of_all_kinds_of_values(worker: Worker) -> None:
    """Texts as they are, objects as JSON, errors with their stack (V14)."""
    outcome = ask(worker, path="/values")
    first, second, third = outcome.logs
    assert first == "one 2 true null undefined 3 Symbol(s)"
    assert json.loads(second) == {
        "a": [1, {"b": "2"}],
        "set": [1],
        "map": [["k", 1]],
        "date": "1970-01-01T00:00:00.000Z",
        "url": "http://a/",
        "bytes": [1, 2],
    }
    assert third == "[object Object]", "a circle is what String makes of it"
    [error] = [text for stream, text in outcome.entries if stream == ERRORS]
    assert error.startswith("RangeError: logged\n    at ")
    assert "index.cjs" in error


@pytest.mark.parametrize("form", ["python-def", "python-async"], indirect=True)
def test_entries_of_all_kinds_of_values_in_python(worker: Worker) -> None:
    """Texts as they are, lists and dictionaries as JSON, errors with their trace (V14)."""
    outcome = ask(worker, path="/values")
    assert outcome.logs == ['one 2 True None {"a":[1,"é"]} [1]', "[[...]]"]
    [error] = [text for stream, text in outcome.entries if stream == ERRORS]
    assert error.startswith("RuntimeError: logged\n    at values (")
    assert "actions.py" in error


def test_what_is_printed_is_the_calls(form: str, worker: Worker) -> None:
    """An entry for each write, or each line, in order (V16). What a serial worker prints, the gateway reads itself."""
    outcome = ask(worker, path="/prints")
    expected = {
        **{each: [(0, "one 1"), (1, "three"), (0, "four\nfive"), (0, "six")] for each in JAVASCRIPT},
        "python-async": [(0, "one 1"), (1, "three"), (0, "four"), (0, "five"), (0, "six")],
        "python-def": [],
    }
    assert outcome.printed == expected[form]
    assert outcome.logs == ["two"]


@pytest.mark.parametrize("form", ["python-async"], indirect=True)
def test_streams_that_were_kept_while_loading_are_routed(worker: Worker) -> None:
    """As the handlers of `logging` do, which modules make when they are loaded (V16)."""
    assert ask(worker, path="/logs").printed == [(1, "by the library")]


def test_a_serial_worker_prints_before_it_answers() -> None:
    """All that it has printed is in its pipes before RESULT, a line without an end, too (V16)."""
    with (
        serving(COMMANDS["python"], FUNCTIONS / FORMS["python-def"]) as template,
        contextlib.nullcontext(template.raw()),
        forked(template) as (worker, pipes),
    ):
        worker.raw()
        assert ask(worker, path="/prints").result()[0] == 204
        texts = {name: _read(pipe) for name, pipe in pipes.items()}
        assert texts == {"stdout": "one 1\nfour\nfive\nsix", "stderr": "three\n"}


def _read(pipe: int) -> str:
    """What is in a pipe."""
    return os.read(pipe, 4096).decode()


def test_logging_off_sends_nothing(worker: Worker) -> None:
    """Neither entries nor what is printed (V18)."""
    for action in ("prints", "values"):
        outcome = ask(worker, path=f"/{action}", logging=False)
        assert (outcome.entries, outcome.printed) == ([], [])


@pytest.mark.parametrize("form", SEVERAL, indirect=True)
def test_logs_belong_to_their_call(form: str, worker: Worker) -> None:
    """Eight at a time, fifty rounds each: its own number in every entry, and all of them."""
    numbers = range(1, 9)
    worker.send(*(call(number, str(number).encode(), path="/many") for number in numbers))
    rounds = 50 if form in JAVASCRIPT else 51  # Python's logs once more, in another thread
    for number, outcome in outcomes(worker, *numbers).items():
        assert outcome.logs == [f"log {number}"] * rounds
        assert outcome.printed == [(0, f"print {number}")] * 50
        assert [text for stream, text in outcome.entries if stream == ERRORS] == [str(number)] * 5


@pytest.mark.parametrize("form", ["python-def", "python-async"], indirect=True)
def test_threads_may_log(worker: Worker) -> None:
    """Frames stay whole, and all of them come."""
    outcome = ask(worker, path="/threads")
    assert sorted(outcome.logs) == sorted(f"thread {number} {'x' * 3000}" for number in range(4) for _ in range(50))


@pytest.mark.parametrize("logging", [True, False])
def test_nothing_is_logged_after_the_end(worker: Worker, *, logging: bool) -> None:
    """What comes after the answer is dropped (V34); what is printed then is sent as the ended call's (V16)."""
    worker.send(call(1, path="/late", logging=logging))
    assert outcomes(worker, 1)[1].entries == []
    worker.send(call(2, path="/sleep"))
    late = []
    while (frame := worker.next()).kind != RESULT:
        if frame.kind == LOG:
            late.append((frame.id, frame.body))
    assert (frame.id, late) == (2, [(1, b"\x00\x01late, printed")])


@pytest.mark.parametrize("form", JAVASCRIPT, indirect=True)
def test_what_is_thrown_after_the_end_is_the_ended_calls(worker: Worker) -> None:
    """Nobody is answered any more; the message is printed as the ended call's (V16, V34)."""
    worker.send(call(1, path="/throws-late"))
    assert outcomes(worker, 1)[1].last.kind == RESULT
    frame = worker.next()
    assert (frame.kind, frame.id, frame.body[:2]) == (LOG, 1, b"\x01\x01")
    assert frame.body[2:].startswith(b"RangeError: too late\n    at ")


@pytest.mark.parametrize("form", ["python-def", "python-async"], indirect=True)
def test_work_in_a_pool_is_who_gave_its(form: str, worker: Worker) -> None:
    """Though the pool's threads were started by an earlier call (V16)."""
    for number in (1, 2):
        worker.send(call(number, path="/pool"))
        printed = [] if form == "python-def" else [(0, "by the pool")]
        assert outcomes(worker, number)[number].printed == printed


def test_a_serial_worker_changes_its_output(tmp_path: Path) -> None:
    """Before a call it may get other pipes (OUTPUT)."""
    for name in ("stdout", "stderr"):
        os.mkfifo(tmp_path / name)
    with (
        serving(COMMANDS["python"], FUNCTIONS / FORMS["python-def"]) as template,
        contextlib.nullcontext(template.raw()),
        forked(template) as (worker, pipes),
    ):
        worker.raw()
        new = {name: os.open(tmp_path / name, os.O_RDONLY | os.O_NONBLOCK) for name in pipes}
        worker.send(Frame(OUTPUT, 0, string(str(tmp_path))).encode(), call(1, path="/prints"))
        assert outcomes(worker, 1)[1].result()[0] == 204
        assert {name: _read(pipe) for name, pipe in new.items()} == {
            "stdout": "one 1\nfour\nfive\nsix",
            "stderr": "three\n",
        }
        for name, old in pipes.items():
            assert _read(old) == "", f"{name} is open still"
            os.close(new[name])
