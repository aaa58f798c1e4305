"""What functions that take a context see, and what they answer (docs/protocol-v5.md)."""

from __future__ import annotations

import json

import pytest
from context_forms import FORMS, JAVASCRIPT
from contexts import ask, call
from workers import ERROR, SILENT, Worker, example


def test_the_documented_call_reaches_the_function(form: str, worker: Worker) -> None:
    """The page's CALL, as these tests write it; what the function sees; JSON and headers of its answer."""
    fields: dict[str, object] = {"method": "GET", "host": "a", "port": 3000, "query_string": "q=1"}
    fields |= {"query": {"q": "1"}, "headers": {"host": "a:3000"}}
    page = call(7, "hé".encode(), **fields, path="/x", url="http://a:3000/x?q=1")
    assert page == example("CALL")
    fields |= {"path": "/seen", "url": "http://a:3000/seen?q=1"}
    status, headers, content = ask(worker, body="hé".encode(), **fields).result()
    assert (status, headers) == (201, [("X-Answer", "yes"), ("content-type", "application/json")])
    names = {"query_string": "queryString", "body_text": "bodyText"} if form in JAVASCRIPT else {}
    expected = {**fields, "scheme": "http", "body_text": "hé"}
    assert json.loads(content) == {names.get(name, name): value for name, value in expected.items()}


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
        ("own", (203, [], b"own")),
        ("environment", (200, [("content-type", "application/json")], b"[null,null]")),
    ],
)
def test_results(worker: Worker, action: str, result: tuple[int, list[tuple[str, str]], bytes]) -> None:
    """What is returned is the answer (V27, V28, V31)."""
    assert ask(worker, path=f"/{action}").result() == result


@pytest.mark.parametrize("form", JAVASCRIPT, indirect=True)
def test_headers_may_be_an_object_of_their_own(worker: Worker) -> None:
    """`Headers`, which keeps several cookies (V31)."""
    headers = [("a", "1"), ("set-cookie", "b=2"), ("set-cookie", "c=3")]
    assert ask(worker, path="/headers").result() == (200, headers, b"x")


@pytest.mark.parametrize("form", JAVASCRIPT, indirect=True)
def test_bytes_may_have_to_be_read_first(worker: Worker) -> None:
    """A Blob (V27); bytes are what each runtime gives functions."""
    assert ask(worker, path="/blob").result() == (200, [], b"\x00\xff")


@pytest.mark.parametrize("form", ["bun", "deno"], indirect=True)
def test_all_that_prints_is_routed(form: str, worker: Worker) -> None:
    """Where `console` does not write to Node's streams: all its methods, and the runtime's own ways to print (V16)."""
    own = {"bun": [(0, "own 1")], "deno": [(0, "own 1"), (1, "own 2"), (0, "own 3")]}
    printed = ask(worker, path="/all-prints").printed
    assert printed == [(1, "warned"), (0, "group"), (0, "  within"), (0, "default: 1"), (1, "stream"), *own[form]]


def test_every_byte_passes(worker: Worker) -> None:
    """In both directions, and more than any buffer holds (V24, V27)."""
    body = bytes(range(256)) * 8_000
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
    """JSON if the Content-Type says so, else text (V24)."""
    headers = {"content-type": kind} if kind else {}
    _status, _headers, answer = ask(worker, path="/body", body=content, headers=headers).result()
    assert json.loads(answer) == {**expected, "same": True, "raw": content.decode()}


def test_a_function_that_returns_nothing_is_silent(worker: Worker) -> None:
    """Calls of `context.res` whose result is not returned do nothing (V28, V29)."""
    assert ask(worker, path="/nothing").last.kind == SILENT


THROWN = {
    "node": {
        "throws": "TypeError: on purpose\n    at ",
        "bad": "SyntaxError: ",
        "nonsense": "TypeError: the function must return what context.res gives, not a string",
        "status": "TypeError: the status must be an integer, not string",
        "unserialisable": "TypeError: ",
        "unknown": "TypeError: ",
        "rejects": "null\n",
    },
    "python": {
        "throws": "TypeError: on purpose\n    at ",
        "bad": "JSONDecodeError: ",
        "nonsense": "TypeError: the function must return what context.res gives, not str",
        "status": "TypeError: the status must be an integer, not str",
        "unserialisable": "TypeError: ",
        "unknown": "KeyError: ",
        "leaves": "SystemExit: 3\n    at ",
    },
}
THROWN |= dict.fromkeys(JAVASCRIPT, THROWN["node"])
"""How the message begins, by language and action."""


@pytest.mark.parametrize(
    ("form", "action"),
    [(form, action) for form in FORMS for action in THROWN[form.partition("-")[0]]],
    indirect=["form"],
)
def test_what_a_function_throws(form: str, worker: Worker, action: str) -> None:
    """Type, text and the user's lines; what it had logged is there (V32)."""
    message = THROWN[form.partition("-")[0]][action]
    outcome = ask(worker, path=f"/{action}", body=b"no json")
    assert outcome.last.kind == ERROR
    assert outcome.last.message()[1].startswith(message)
    assert outcome.logs == (["before"] if action == "throws" else [])
