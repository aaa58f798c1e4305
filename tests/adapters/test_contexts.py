"""Functions that take a context, through the adapters that have them (docs/protocol-v5.md)."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from contexts import ERRORS, ask, call, outcomes, serving
from workers import (
    COMMANDS,
    ERROR,
    FAILED,
    LOG,
    OUTPUT,
    RESULT,
    ROOT,
    SILENT,
    Frame,
    Worker,
    example,
    forked,
    needs,
    string,
)
from workers import started as workers_started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FUNCTIONS = ROOT / "tests" / "resources" / "context"
FORMS = {
    "node": "node/index.js",
    "python-async": "python/function/main_async.py",
    "python-def": "python/function/main.py",
}
"""Each form's function."""
SHARED = bytes.fromhex("0000000b 11 00000000 02 00000020 02")
READY = {"node": SHARED, "python-async": SHARED, "python-def": bytes.fromhex("0000000b 11 00000000 01 00000001 06")}
SEVERAL = ["node", "python-async"]
"""Forms whose workers have several calls at a time."""


@pytest.fixture(scope="module")
def workers() -> Iterator[Callable[[str], Worker]]:
    """Gives the worker of a form, which all tests share; of a template, a fork."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def ready(form: str) -> Worker:
            language = form.partition("-")[0]
            if language != "python":
                needs(language)
            worker = stack.enter_context(serving(COMMANDS[language], FUNCTIONS / FORMS[form]))
            assert worker.raw() == READY[form]
            if form == "python-def":
                worker, _pipes = stack.enter_context(forked(worker))
                assert worker.raw() == example("READY, serial, takes a context")
            return worker

        yield ready


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    """The name of a form."""
    return str(request.param)


@pytest.fixture
def worker(form: str, workers: Callable[[str], Worker]) -> Worker:
    """The form's worker."""
    return workers(form)


def test_the_documented_call_reaches_the_function(form: str, worker: Worker) -> None:
    """The page's CALL, as these tests write it; what the function sees; JSON and headers of its answer."""
    fields: dict[str, object] = {"method": "GET", "host": "a", "port": 3000, "query_string": "q=1"}
    fields |= {"query": {"q": "1"}, "headers": {"host": "a:3000"}}
    page = call(7, "hé".encode(), **fields, path="/x", url="http://a:3000/x?q=1")
    assert page == example("CALL")
    fields |= {"path": "/seen", "url": "http://a:3000/seen?q=1"}
    status, headers, content = ask(worker, body="hé".encode(), **fields).result()
    assert (status, headers) == (201, [("X-Answer", "yes"), ("content-type", "application/json")])
    names = {"query_string": "queryString", "body_text": "bodyText"} if form == "node" else {}
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


@pytest.mark.parametrize("form", ["node"], indirect=True)
def test_headers_may_be_an_object_of_their_own(worker: Worker) -> None:
    """`Headers`, which keeps several cookies (V31)."""
    headers = [("a", "1"), ("set-cookie", "b=2"), ("set-cookie", "c=3")]
    assert ask(worker, path="/headers").result() == (200, headers, b"x")


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


@pytest.mark.parametrize("form", ["node"], indirect=True)
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
        "node": [(0, "one 1"), (1, "three"), (0, "four\nfive"), (0, "six")],
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
    rounds = 50 if form == "node" else 51  # Python's logs once more, in another thread
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


@pytest.mark.parametrize(
    ("file", "text"),
    [("node/module.mjs", b"module"), ("python/function/deep/module.py", b"function.deep.module")],
)
def test_modules_are_loaded(file: str, text: bytes) -> None:
    """ES modules; in Python, modules of the package that the function's folder is."""
    language, _, _ = file.partition("/")
    if language != "python":
        needs(language)
    folder = FUNCTIONS / ("python/function" if language == "python" else "node")
    with serving(COMMANDS[language], FUNCTIONS / file, folder) as started:
        assert started.raw() == SHARED
        assert ask(started).result()[2] == text


@pytest.mark.parametrize(("language", "name"), [("js", "index.js"), ("python", "main.py")])
def test_the_documents_examples_work(language: str, name: str, tmp_path: Path) -> None:
    """The functions on the protocol's page."""
    page = (ROOT / "docs" / "protocol-v5.md").read_text(encoding="utf-8")
    found = re.search(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found
    folder = tmp_path / "function"
    folder.mkdir()
    (folder / name).write_text(found[1])
    if language == "js":
        needs("node")
    with contextlib.ExitStack() as stack:
        worker = stack.enter_context(serving(COMMANDS[{"js": "node"}.get(language, language)], folder / name))
        worker.raw()
        if language == "python":
            worker, _pipes = stack.enter_context(forked(worker))
            worker.raw()
        outcome = ask(worker, query={"name": "you"})
        headers = [("x-made-by", "a function"), ("content-type", "application/json")]
        assert outcome.result() == (200, headers, b'{"hello":"you"}')
        assert outcome.logs == ["called with GET /"]


@pytest.mark.parametrize("file", ["node/no_function.js", "python/function/no_function.py"])
def test_a_file_without_a_function_is_refused(file: str) -> None:
    """FAILED says what is missing (V33)."""
    language, _, name = file.partition("/")
    if language != "python":
        needs(language)
    with serving(COMMANDS[language], FUNCTIONS / file) as started:
        frame = started.next()
        assert frame.kind == FAILED
        code, message = frame.message()
        assert code == 404
        assert message.startswith(name.removeprefix("function/"))
        assert message.endswith("(context). Did you forget to export a 'main' function?")


FAILING = {"2021": "(context) => context.res.json(1)", "v5": "(req, res) => res.json(1)"}
"""Functions of JavaScript that fail when the protocol calls them, since they are for the other one."""


@pytest.mark.parametrize("own", FAILING)
def test_a_failed_function_of_javascript_is_told_of_the_other_protocol(tmp_path: Path, own: str) -> None:
    """Its parameters do not decide whether it is loaded, but they may explain why it has failed (design D2)."""
    needs("node")
    file = tmp_path / "index.cjs"
    for function, is_told in ((FAILING[own], True), ("(...given) => given.at(7).json(1)", False)):
        file.write_text(f"module.exports = {function};\n")
        opened = serving(COMMANDS["node"], file) if own == "v5" else workers_started(COMMANDS["node"], file, tmp_path)
        with opened as worker:
            assert worker.next().kind != FAILED
            last = ask(worker).last if own == "v5" else worker.call()
            assert last.kind == ERROR
            message = last.message()[1]
            assert message.startswith("TypeError: ")
            assert ("contract of 2021" in message, "open-runtimes protocol (v5)" in message) == (is_told, is_told)
