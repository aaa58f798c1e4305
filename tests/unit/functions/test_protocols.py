"""What is sent in each protocol, and which protocol a function is for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from runtimekit.errors import ConfigurationError, OptionError
from runtimekit.functions import detect, protocols
from runtimekit.functions.envelope import NO_SETTINGS, NotTextError, Settings
from runtimekit.functions.exchange import Answer, Request
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.identifiers import Protocol

ROOT = Path(__file__).parents[3]
CATALOGUE = catalogue.load(configuration.load(ROOT))
CONTRACT, OPEN = (protocols.of(each) for each in Protocol)


def guess(folder: Path, found: catalogue.Catalogue = CATALOGUE, **options: str) -> detect.Guess:
    """Guess with all runtimes, or with those that are given."""
    return detect.guess(folder, lambda _language: found, **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a function of Node.js."""
    (tmp_path / "package.json").write_text('{"engines": {"node": "22.x"}}')
    (tmp_path / "index.js").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("recorded", "options", "runtime", "because"),
    [
        ("", {}, "node-22", "no runtime.toml says otherwise"),
        ("v5", {}, "node-22-v5", "runtime.toml"),
        ("2021", {}, "node-22", "runtime.toml"),
        ("v5", {"protocol": "2021"}, "node-22", "named"),
        ("", {"protocol": "v5"}, "node-22-v5", "named"),
        ("", {"protocol": "v5", "runtime": "node-24"}, "node-24-v5", "named"),
        ("", {"protocol": "v5", "runtime": "node"}, "node-24-v5", "named"),
        ("2021", {"runtime": "node-22-v5"}, "node-22-v5", "named"),
        ("v5", {"runtime": "node-22"}, "node-22-v5", "runtime.toml"),
    ],
)
def test_which_protocol(folder: Path, recorded: str, options: dict[str, str], runtime: str, because: str) -> None:
    """The option, else the file, else 2021; of the same version."""
    if recorded:
        (folder / "runtime.toml").write_text(f'protocol = "{recorded}"\n')
    found = guess(folder, **options)
    assert (str(found.runtime), found.protocol_because) == (runtime, because)


def test_a_protocol_that_there_is_not(folder: Path, tmp_path: Path) -> None:
    """Neither at all, nor for the language."""
    with pytest.raises(OptionError, match="--protocol"):
        guess(folder, protocol="v4")
    ruby = tmp_path / "ruby"
    ruby.mkdir()
    (ruby / "index.rb").touch()
    (ruby / "runtime.toml").write_text('protocol = "v5"\n')
    with pytest.raises(ConfigurationError, match=r"is for protocol v5 \(runtime.toml\), which ruby-.* does not speak"):
        guess(ruby, replace(CATALOGUE, second=()))


def test_a_call_of_the_contract() -> None:
    """The envelope with the key; without a method and a path, none is told."""
    sent = CONTRACT.from_request(Request("", "", (("A", "1"),), b"hi"), Settings({"B": "2"}), "k")
    assert (sent.method, sent.target, sent.headers) == ("POST", "/", (("x-internal-challenge", "k"),))
    assert json.loads(sent.body) == {"payload": "hi", "headers": {"a": "1"}, "env": {"B": "2"}}
    assert CONTRACT.from_fields({"payload": "x"}, None) == Request("POST", "/", (), b'{"payload": "x"}')
    with pytest.raises(NotTextError):
        CONTRACT.check(Request(body=b"\xff"))
    assert CONTRACT.environment(Settings({"B": "2"})) == {}


def test_a_call_of_the_open_runtimes_protocol() -> None:
    """Bytes or text, and what a program may say; variables are the container's."""
    control = (("x-open-runtimes-logging", "enabled"), ("x-open-runtimes-timeout", "15"))
    secret = ("x-open-runtimes-secret", "k")
    assert OPEN.from_request(Request(), NO_SETTINGS, "k") == Request("POST", "/", (*control, secret), b"")
    fields = {"method": "PUT", "path": "/a?b", "headers": {"C": "d"}, "payload": "é"}
    assert OPEN.from_fields(fields, None) == Request("PUT", "/a?b", (("C", "d"), *control), "é".encode())
    assert OPEN.from_fields({"payload": b"\xff", "timeout": 0.2}, "k").headers[1][1] == "1"
    with pytest.raises(TypeError, match="has no env; variables are the container's"):
        OPEN.from_fields({"env": {}}, "k")
    OPEN.check(Request(body=b"\xff"))
    assert OPEN.environment(Settings({"B": "2"})) == {"B": "2"}


def test_logs_are_read_and_removed(tmp_path: Path) -> None:
    """By the id in the answer, which is never a path."""
    (tmp_path / "1_logs.log").write_bytes(b"one\n\xff\n")
    answer = OPEN.with_logs(Answer(200, {"x-open-runtimes-log-id": "1"}, b""), tmp_path)
    assert (answer.logs, answer.errors) == ("one\n�\n", "")
    assert list(tmp_path.iterdir()) == []
    outside = tmp_path.with_name("outside_logs.log")
    outside.touch()
    for identifier in ("", "../outside"):
        assert OPEN.with_logs(Answer(200, {"x-open-runtimes-log-id": identifier}, b""), tmp_path).logs == ""
    assert outside.exists()
    outside.unlink()


@pytest.mark.parametrize(
    ("line", "usual"),
    [
        ("gateway: listening on 0.0.0.0:3000", True),
        ("HTTP server successfully started!", True),
        ("gateway: index.js exports no function", False),
        ("hello", False),
    ],
)
def test_lines_that_are_no_news(line: str, *, usual: bool) -> None:
    """What the server says when all is well."""
    assert OPEN.is_usual(line) is usual
