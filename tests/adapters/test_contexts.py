"""Functions that take a context, through the adapters that have them (docs/protocol-v5.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from contexts import ERRORS, ask, call, outcomes, serving
from workers import COMMANDS, ERROR, FAILED, ROOT, SILENT, Worker, example, needs

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = ROOT / "tests" / "resources" / "context"
SHARED_READY = bytes.fromhex("0000000b 11 00000000 02 00000020 02")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A worker with the function of Node."""
    needs("node")
    with serving(COMMANDS["node"], FUNCTIONS / "node" / "index.js") as started:
        assert started.raw() == SHARED_READY
        yield started


def test_the_documented_call_reaches_the_function(worker: Worker) -> None:
    """The page's CALL arrives as it says; JSON and headers come back."""
    page = example("CALL")
    fields = {"method": "GET", "host": "a", "port": 3000, "path": "/seen", "query_string": "q=1"}
    fields |= {"url": "http://a:3000/seen?q=1", "query": {"q": "1"}, "headers": {"host": "a:3000"}}
    built = call(7, "hé".encode(), **{**fields, "path": "/x", "url": "http://a:3000/x?q=1"})
    assert built == page, "these tests write CALL as the page has it"
    status, headers, content = ask(worker, body="hé".encode(), **fields).result()
    assert (status, headers) == (201, [("X-Answer", "yes"), ("content-type", "application/json")])
    assert json.loads(content) == {
        "method": "GET",
        "scheme": "http",
        "host": "a",
        "port": 3000,
        "path": "/seen",
        "queryString": "q=1",
        "url": "http://a:3000/seen?q=1",
        "query": {"q": "1"},
        "headers": {"host": "a:3000"},
        "bodyText": "hé",
    }


@pytest.mark.parametrize(
    ("action", "result"),
    [
        ("text", (202, [("content-type", "text/html")], "naïve 🎉".encode())),
        ("number", (200, [], b"5")),
        ("empty", (204, [], b"")),
        ("redirect", (302, [("x-more", "1"), ("location", "https://example.org/")], b"")),
        ("send", (200, [], b"7")),
        ("send-bytes", (200, [], b"\xff\x00")),
        ("cookies", (200, [("set-cookie", "a=1"), ("set-cookie", "b=2")], b"x")),
        ("headers", (200, [("a", "1"), ("set-cookie", "b=2"), ("set-cookie", "c=3")], b"x")),
        ("own", (203, [], b"own")),
        ("environment", (200, [("content-type", "application/json")], b"[null,null]")),
    ],
)
def test_results(worker: Worker, action: str, result: tuple[int, list[tuple[str, str]], bytes]) -> None:
    """What is returned is the answer (V27, V28, V31)."""
    assert ask(worker, path=f"/{action}").result() == result


def test_every_byte_passes(worker: Worker) -> None:
    """In both directions, and more than any buffer holds (V24, V27)."""
    body = bytes(range(256)) * 20_000
    assert ask(worker, path="/bytes", body=body).result()[2] == bytes(255 - byte for byte in body)


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("application/json", b'{"a": [1]}', {"type": "object", "body": {"a": [1]}}),
        ("Application/JSON; charset=x", b"", {"type": "object", "body": {}}),
        ("image/png", b'{"a": 1}', {"type": "string", "body": '{"a": 1}'}),
        (None, b"", {"type": "string", "body": ""}),
    ],
)
def test_the_forms_of_a_body(worker: Worker, kind: str | None, content: bytes, expected: dict[str, object]) -> None:
    """JSON if the Content-Type says so, else text, and the same one each time (V24)."""
    headers = {"content-type": kind} if kind else {}
    _status, _headers, answer = ask(worker, path="/body", body=content, headers=headers).result()
    assert json.loads(answer) == {**expected, "same": True, "raw": content.decode()}


def test_a_function_that_returns_nothing_is_silent(worker: Worker) -> None:
    """Calls of `context.res` whose result is not returned do nothing (V28, V29)."""
    assert ask(worker, path="/nothing").last.kind == SILENT


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("throws", "TypeError: on purpose\n    at "),
        ("rejects", "null\n"),
        ("bad", "SyntaxError: "),
        ("nonsense", "TypeError: the function must return what context.res gives, not a string"),
        ("status", "TypeError: the status must be an integer, not string"),
        ("unserialisable", "TypeError: "),
        ("unknown", "TypeError: "),
    ],
)
def test_what_a_function_throws(worker: Worker, action: str, message: str) -> None:
    """Type, text and the user's lines; what it had logged is there (V32)."""
    outcome = ask(worker, path=f"/{action}", body=b"no json")
    assert outcome.last.kind == ERROR
    assert outcome.last.message()[1].startswith(message)
    assert outcome.logs == (["before"] if action == "throws" else [])


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
    assert "index.js" in error


def test_what_is_printed_is_the_calls(worker: Worker) -> None:
    """Each write is an entry, in order, from stdout and stderr (V16)."""
    outcome = ask(worker, path="/prints")
    assert outcome.printed == [(0, "one 1"), (1, "three"), (0, "four\nfive"), (0, "six")]
    assert outcome.logs == ["two"]


def test_logging_off_sends_nothing(worker: Worker) -> None:
    """Neither entries nor what is printed (V18)."""
    for action in ("prints", "values"):
        outcome = ask(worker, path=f"/{action}", logging=False)
        assert (outcome.entries, outcome.printed) == ([], [])


def test_logs_belong_to_their_call(worker: Worker) -> None:
    """Eight at a time, fifty rounds each: its own number in every entry, and all of them."""
    numbers = range(1, 9)
    worker.send(*(call(number, str(number).encode(), path="/many") for number in numbers))
    for number, outcome in outcomes(worker, *numbers).items():
        assert outcome.logs == [f"log {number}"] * 50
        assert outcome.printed == [(0, f"print {number}")] * 50
        assert [text for stream, text in outcome.entries if stream == ERRORS] == [str(number)] * 5


def test_nothing_is_logged_after_the_end(worker: Worker) -> None:
    """What comes after the answer is dropped, or only printed (V34)."""
    assert ask(worker, path="/late").logs == []
    assert ask(worker, path="/sleep").entries == []


def test_a_module_is_loaded() -> None:
    """ES modules, too."""
    needs("node")
    with serving(COMMANDS["node"], FUNCTIONS / "node" / "module.mjs") as started:
        assert started.raw() == SHARED_READY
        assert ask(started).result()[2] == b"module"


def test_a_file_without_a_function_is_refused() -> None:
    """FAILED says what is missing (V33)."""
    needs("node")
    with serving(COMMANDS["node"], FUNCTIONS / "node" / "no_function.js") as started:
        frame = started.next()
        assert frame.kind == FAILED
        assert frame.message() == (404, "no_function.js exports no function (context). Did you forget to export a 'main' function?")
