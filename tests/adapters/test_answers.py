"""What functions answer, through every adapter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from workers import END_IS_END, ERROR, FORMS, JAVASCRIPT, PLACE, PYTHON, Worker, example, forms_of, request, started

if TYPE_CHECKING:
    from pathlib import Path


def test_the_documented_request_reaches_the_function(form: tuple[str, Worker]) -> None:
    """The page's REQUEST arrives as it says, and JSON comes back as plain UTF-8."""
    _language, worker = form
    worker.send(example("REQUEST"))
    status, kind, content = worker.end(7).answer()
    assert (status, kind) == (200, 1)
    assert json.loads(content) == {"env": {"A": "1"}, "headers": {}, "payload": "hé"}
    assert "hé".encode() in content, "JSON is UTF-8, without escapes"


def test_an_answer_is_the_documented_bytes(form: tuple[str, Worker]) -> None:
    """The page's ANSWER, byte for byte."""
    _language, worker = form
    worker.send(request(7, action="json", value={}))
    assert worker.end(7).encode() == example("ANSWER")


def test_a_function_without_an_answer_is_silent(form: tuple[str, Worker]) -> None:
    """The page's SILENT, byte for byte."""
    _language, worker = form
    worker.send(request(7, action="none"))
    assert worker.end(7).encode() == example("SILENT")


@pytest.mark.parametrize(
    "form", [name for name in forms_of(*JAVASCRIPT, "dart") if FORMS[name].file.startswith("index")], indirect=True
)
def test_a_value_returned_instead_of_an_answer_is_an_error_at_once(form: tuple[str, Worker]) -> None:
    """It would else wait for an answer until its time is over (contract F4)."""
    _language, worker = form
    worker.send(request(7, action="returned"))
    end = worker.end(7)
    assert end.kind == ERROR
    code, message = end.message()
    assert code == 500
    assert "without answering; call res.send or res.json" in message


@pytest.mark.parametrize(
    ("form", "action"),
    [
        (form, action)
        for form in FORMS
        for action in ("late", "late_error")
        if action == "late" or form not in END_IS_END
    ],
    indirect=["form"],
)
def test_what_happens_after_the_answer_changes_nothing(form: tuple[str, Worker], action: str) -> None:
    """Answers and errors after the end are not sent (contract F4)."""
    _language, worker = form
    assert worker.text(action=action) == "in time"
    assert worker.text(action="sleep", seconds=0.07) == "slept"


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({"action": "text", "text": "naïve 🎉"}, (200, 0, "naïve 🎉".encode())),
        ({"action": "text", "text": ""}, (200, 0, b"")),
        ({"action": "both"}, (200, 1, b'{"last":true}')),
        ({"action": "twice"}, (200, 0, b"second")),
        ({"action": "status", "status": 404}, (404, 0, b"status")),
        ({"action": "status", "status": 1000}, (1000, 0, b"status")),
        ({"action": "json", "value": "<&>\u2028"}, (200, 1, '"<&>\u2028"'.encode())),
    ],
)
def test_answers(form: tuple[str, Worker], options: dict[str, object], answer: tuple[int, int, bytes]) -> None:
    """The last answer wins, with its status and type (contract F3, F4)."""
    language, worker = form
    if language == "go":  # encoding/json writes two characters that JavaScript once could not read as escapes
        answer = (*answer[:2], answer[2].replace("\u2028".encode(), rb"\u2028"))
    assert worker.call(**options).answer() == answer


@pytest.mark.parametrize("kind", ["nan", "infinity", "cycle", "function"])
def test_what_json_cannot_hold_is_an_error(form: tuple[str, Worker], kind: str) -> None:
    """NaN, cycles and functions are an error at the user's line (contract F4)."""
    _language, worker = form
    frame = worker.call(action="unserialisable", kind=kind)
    assert frame.kind == ERROR
    assert PLACE.search(frame.message()[1])


def test_bytes_are_no_text(form: tuple[str, Worker]) -> None:
    """Only text can be sent (contract F4)."""
    language, worker = form
    frame = worker.call(action="bytes")
    assert frame.kind == ERROR
    assert ("type 'String' of 'text'" if language == "dart" else "takes text") in frame.message()[1]


def test_changes_to_a_request_stay_in_it(form: tuple[str, Worker]) -> None:
    """A request changed by one function is not the next one's (contract F2)."""
    _language, worker = form
    assert '"MUTATED":"yes"' in worker.text(action="mutate")
    assert "MUTATED" not in worker.text(action="answer")


def test_every_name_is_an_ordinary_one(form: tuple[str, Worker]) -> None:
    """Names that mean something to the language mean nothing in env."""
    _language, worker = form
    env = {"__proto__": "p", "constructor": "c", "toString": "t", "": "empty"}
    worker.send(request(1, env, action="answer"))
    assert json.loads(worker.end(1).answer()[2])["env"] == env


def test_frames_may_arrive_in_pieces(form: tuple[str, Worker]) -> None:
    """A frame may come byte by byte."""
    _language, worker = form
    for byte in request(7, action="text", text="whole"):
        worker.send(bytes([byte]))
    assert worker.end(7).answer()[2] == b"whole"


def test_large_frames_pass(form: tuple[str, Worker]) -> None:
    """Frames larger than any buffer pass in both directions."""
    _language, worker = form
    worker.send(request(7, payload="x" * 3_000_000))
    assert len(worker.end(7).answer()[2]) > 3_000_000


def test_a_def_may_return_something_to_await(tmp_path: Path) -> None:
    """A plain function's coroutine is awaited (contract F7)."""
    file = tmp_path / "index.py"
    file.write_text(
        "import asyncio\nheld = open(__file__)\n"
        "async def later(res):\n    await asyncio.sleep(0)\n    res.send('later')\n"
        "def main(req, res):\n    return later(res)\n"
    )
    with started(PYTHON, file, tmp_path) as worker:
        worker.next()
        assert worker.text() == "later"
        assert worker.text() == "later"


@pytest.mark.parametrize("form", ["node-commonjs", "deno-typescript", "bun-commonjs", "dart"], indirect=True)
def test_a_synchronous_function_may_answer_later(form: tuple[str, Worker]) -> None:
    """Nothing returned, nothing thrown: the answer may come later (contract F4)."""
    _language, worker = form
    assert worker.text(action="later") == "later"
