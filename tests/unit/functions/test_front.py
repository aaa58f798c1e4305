"""The plain local URL: any request becomes one of the contract's."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.errors import FunctionLaunchError, PortsTakenError
from runtimekit.functions import front, protocols
from runtimekit.functions.envelope import NO_SETTINGS, NotTextError, Settings, fields
from runtimekit.functions.exchange import Answer, Request
from runtimekit.functions.protocols.base import MAX_BODY
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtimekit.functions.front import Record


class Echo:
    """Stands in for a local function of the contract: answers with what it was sent."""

    def __init__(
        self,
        answer: Callable[[Request], Answer] | None = None,
        settings: Settings = NO_SETTINGS,
        protocol: Protocol = Protocol.V2021,
    ) -> None:
        self.answer = answer
        self.settings = settings
        self.protocol = protocols.of(protocol)

    def exchange(self, request: Request) -> Answer:
        """Answer one request."""
        sent = self.protocol.from_request(request, self.settings, "key")
        if self.answer:
            return self.answer(sent)
        return Answer(201, {"content-type": "application/json"}, sent.body)


@contextmanager
def served(function: Any) -> Iterator[tuple[http.client.HTTPConnection, list[Record]]]:
    """A connection to a function behind the local URL, and what was told of its requests."""
    records: list[Record] = []
    with front.listen(20_000) as listener, front.serving(function, listener, records.append):
        connection = http.client.HTTPConnection(*listener.getsockname(), timeout=10)
        yield connection, records
        connection.close()


def ask(connection: http.client.HTTPConnection, *what: Any, **more: Any) -> tuple[int, bytes]:
    """Send one request."""
    connection.request(*what, **more)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_everything_reaches_the_function() -> None:
    """Body, headers, method, path as it was sent, query, variables, time-out."""
    with served(Echo(settings=Settings({"A": "b"}, timeout=3))) as (connection, records):
        status, body = ask(
            connection, "PUT", "/a%20b/c?d=%2f&e", "häh".encode(), {"X-One": "1", "Content-Type": "text/x"}
        )
    sent = json.loads(body)
    assert status == 201
    assert (sent["payload"], sent["env"], sent["timeout"]) == ("häh", {"A": "b"}, 3)
    assert sent["headers"]["x-one"] == "1"
    assert sent["headers"]["content-type"] == "text/x"
    assert (sent["headers"]["x-forwarded-method"], sent["headers"]["x-forwarded-uri"]) == ("PUT", "/a%20b/c?d=%2f&e")
    (record,) = records
    assert (record.method, record.target, record.status, record.size) == ("PUT", "/a%20b/c?d=%2f&e", 201, len(body))


def test_a_body_that_is_not_text_is_refused() -> None:
    """With a line that says why, and the function is not called."""
    with served(Echo()) as (connection, records):
        status, body = ask(connection, "POST", "/", b"\xff\xfe")
    assert status == 400
    assert "the contract's payload is text" in json.loads(body)["message"]
    assert records[0].error == json.loads(body)["message"]


def test_a_body_that_is_too_large_is_refused() -> None:
    """As the contract has it (R9)."""
    with served(Echo()) as (connection, _records):
        assert ask(connection, "POST", "/", b"x" * (MAX_BODY + 1))[0] == 413


def test_a_function_that_is_not_running() -> None:
    """Its last build failed, or its container is gone."""

    def failed(_sent: Request) -> Answer:
        raise FunctionLaunchError("node-22", "it was not built yet", "")

    def gone(_sent: Request) -> Answer:
        raise ConnectionResetError

    with served(Echo(failed)) as (connection, _records):
        assert ask(connection, "GET", "/")[0] == 503
    with served(Echo(gone)) as (connection, _records):
        assert ask(connection, "GET", "/")[0] == 502


def test_an_error_of_the_function_is_told() -> None:
    """Its message goes to the terminal, and the answer to the client as it is."""
    answer = Answer(500, {"content-type": "application/json"}, b'{"code":500,"message":"oh no"}')
    with served(Echo(lambda _sent: answer)) as (connection, records):
        assert ask(connection, "GET", "/") == (500, answer.body)
    assert records[0].error == "oh no"


@pytest.mark.parametrize("body", [b"no json", b'{"code": 500}', b'{"code": 404, "message": "x"}', b"[]"])
def test_answers_that_are_no_errors_of_the_runtime(body: bytes) -> None:
    """A function may answer 500 with whatever it likes."""
    assert protocols.CONTRACT.error_text(Answer(500, {}, body)) == ""


def test_anything_passes_to_a_function_of_the_other_protocol() -> None:
    """Method, target, bytes and headers as they are; control headers are added, the client's own are not."""
    seen: list[Request] = []

    def answer(sent: Request) -> Answer:
        seen.append(sent)
        lines = (("set-cookie", "a=1"), ("set-cookie", "b=2"), ("connection", "close"))
        log_id = ("x-open-runtimes-log-id", "1")
        return Answer(203, dict([*lines, log_id]), b"\xff\x00", (*lines, log_id), logs="one\n", errors="two\n")

    with served(Echo(answer, Settings({"A": "b"}, timeout=2.5), Protocol.V5)) as (connection, records):
        headers = {"X-One": "\xfc", "X-Open-Runtimes-Secret": "guessed", "X-Open-Runtimes-Timeout": "9", "Expect": ""}
        connection.request("PROPFIND", "/a%20b//c?d=%2f&e", b"\xfe\xff", headers)
        response = connection.getresponse()
        assert (response.status, response.read()) == (203, b"\xff\x00")
        assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
        assert not [name for name in response.headers if name.startswith("x-open-runtimes-")]
    (sent,) = seen
    assert (sent.method, sent.target, sent.body) == ("PROPFIND", "/a%20b//c?d=%2f&e", b"\xfe\xff")
    got = dict(sent.headers)
    assert (got["x-one"], got["host"]) == ("\xfc", f"127.0.0.1:{connection.port}")
    control = {name: value for name, value in got.items() if name.startswith("x-open-runtimes-")}
    assert control == {
        "x-open-runtimes-logging": "enabled",
        "x-open-runtimes-timeout": "3",
        "x-open-runtimes-secret": "key",
    }
    assert not {"expect", "content-length", "connection"} & got.keys()
    assert (records[0].logs, records[0].errors, records[0].error) == ("one\n", "two\n", "")


def test_own_answers_of_the_other_protocol_are_text() -> None:
    """They are told as errors; the function's own answers, which have a log id, are not."""
    how = protocols.of(Protocol.V5)

    def failed(_sent: Request) -> Answer:
        raise FunctionLaunchError("node-22-v5", "it was not built yet", "")

    with served(Echo(failed, protocol=Protocol.V5)) as (connection, records):
        status, body = ask(connection, "GET", "/")
        assert (status, body.startswith(b"the function is not running")) == (503, True)
        assert ask(connection, "POST", "/", b"x" * (MAX_BODY + 1))[0] == 413
    assert records[0].error.startswith("the function is not running")
    assert how.error_text(Answer(404, {"x-open-runtimes-log-id": ""}, b"no such order")) == ""


def test_headers_of_one_name_are_joined() -> None:
    """RFC 9110 §5.3."""
    sent = fields(Settings({}), method="GET", target="/", headers=[("A", "1"), ("a", "2")], body=b"")
    assert sent["headers"]["a"] == "1, 2"
    assert "timeout" not in sent
    with pytest.raises(NotTextError, match="byte 1"):
        fields(Settings({}), method="GET", target="/", headers=[], body=b"a\xff")


def test_a_taken_port_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next free one is taken; if there is none, it is said."""
    with front.listen(20_000) as first:
        number = first.getsockname()[1]
        with front.listen(number) as second:
            assert second.getsockname()[1] > number
        monkeypatch.setattr(front, "PORTS_TRIED", 1)
        with pytest.raises(PortsTakenError, match=f"--port {number + 1}"):
            front.listen(number)
    assert isinstance(first, socket.socket)
