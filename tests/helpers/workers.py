"""The gateway's end of docs/worker-protocol.md, played for every language that is installed."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from runtimekit.conformance import probes

if TYPE_CHECKING:
    from collections.abc import Iterator


ROOT = Path(__file__).parents[2]
ADAPTERS = ROOT / "adapters"
PROBES = ROOT / "tests" / "resources" / "probe"
PROTOCOL = (ROOT / "docs" / "worker-protocol.md").read_text()


REQUEST, PING, FORK, CALL, OUTPUT = 0x01, 0x02, 0x03, 0x04, 0x05
READY, FAILED, STARTED, ANSWER, ERROR, PONG, SILENT, LOG, RESULT = 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19


LAID_OUT = tempfile.TemporaryDirectory(prefix="runtimekit-adapters-")


def laid_out(language: str) -> Path:
    """An adapter as its image has it: with the files that it shares with others."""
    folder = Path(LAID_OUT.name) / "adapters" / language
    for source in ("javascript", language):
        shutil.copytree(ADAPTERS / source, folder, dirs_exist_ok=True)
    return folder


@functools.cache
def probe_of(language: str) -> Path:
    """A language's probe, with the files that it shares with others."""
    if language not in JAVASCRIPT:
        return PROBES / language
    folder = Path(LAID_OUT.name) / "probes" / language
    probes.lay_out((PROBES / language, PROBES / "javascript"), folder)
    return folder


PYTHON = [sys.executable, "-B", "-I", "-S", "-X", "utf8", str(ADAPTERS / "python" / "adapter.py")]
NODE = ["node", str(laid_out("node") / "adapter.cjs")]
DENO = ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--allow-net", "--allow-env", "--allow-sys"]
DENO += ["--allow-read", "--allow-write", f"--preload={laid_out('deno') / 'adapter.js'}"]
BUN = ["env", "BUN_JSC_useTailCalls=0", "bun", "run", "--no-install", str(laid_out("bun") / "adapter.js")]
RUBY = ["ruby", "-E", "UTF-8", "--disable=did_you_mean,error_highlight,syntax_suggest,rubyopt"]
RUBY += [str(ADAPTERS / "ruby" / "adapter.rb")]
PHP = ["php", "-c", str(ADAPTERS / "php" / "php.ini"), str(ADAPTERS / "php" / "adapter.php")]
PERL = ["perl", str(ADAPTERS / "perl" / "adapter.pl")]
LUA = ["lua5.4", str(ADAPTERS / "lua" / "adapter.lua")]
COMMANDS = {
    "python": PYTHON,
    "node": NODE,
    "deno": DENO,
    "bun": BUN,
    "php": PHP,
    "ruby": RUBY,
    "perl": PERL,
    "lua": LUA,
}
BUILT = {"go": "go_runtime", "dart": "dart_runtime", "java": "java_probe"}
JAVASCRIPT = ("node", "deno", "bun")
DEADLINE = 10


#: A line of a stack trace that names the user's file and line (contract E2).
PLACE = re.compile(r"\n    at .*(?i:index|failing)\.\w+:\d+")


def example(title: str) -> bytes:
    """The bytes of an example on the protocol's page."""
    found = re.search(rf"^{re.escape(title)}[^\n]*:\n\n((?:    [0-9a-f ]+\n)+)", PROTOCOL, re.MULTILINE)
    assert found, f"docs/worker-protocol.md has no example {title!r}"
    return bytes.fromhex(found[1])


class Frame(NamedTuple):
    """One frame."""

    kind: int
    id: int
    body: bytes = b""

    def encode(self) -> bytes:
        """The frame's bytes."""
        return struct.pack(">IBI", 5 + len(self.body), self.kind, self.id) + self.body

    def message(self) -> tuple[int, str]:
        """Code and text of FAILED and ERROR."""
        code, size = struct.unpack_from(">HI", self.body)
        assert len(self.body) == 6 + size
        return code, self.body[6:].decode()

    def answer(self) -> tuple[int, int, bytes]:
        """Status, type and content of ANSWER."""
        return (*struct.unpack_from(">iB", self.body), self.body[5:])


def string(text: str) -> bytes:
    """A `str` of the protocol."""
    return struct.pack(">I", len(text.encode())) + text.encode()


def mapping(pairs: dict[str, str]) -> bytes:
    """A `map` of the protocol."""
    return struct.pack(">I", len(pairs)) + b"".join(string(key) + string(value) for key, value in pairs.items())


def request(number: int, env: dict[str, str] | None = None, payload: str = "", **options: object) -> bytes:
    """A REQUEST frame; options become the probe's payload."""
    body = mapping(env or {}) + mapping({}) + string(json.dumps(options) if options else payload)
    return Frame(REQUEST, number, body).encode()


@dataclass
class Worker:
    """The gateway's end of a worker's connection."""

    connection: socket.socket
    process: subprocess.Popen[bytes] | None = None
    buffer: bytes = field(default=b"")

    def send(self, *frames: bytes) -> None:
        """Write frames with one write."""
        self.connection.sendall(b"".join(frames))

    def raw(self) -> bytes:
        """The next frame's bytes; none at the end of the connection."""
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack_from(">I", self.buffer)[0]:
            if not (data := self.connection.recv(65536)):
                return b""
            self.buffer += data
        size = 4 + struct.unpack_from(">I", self.buffer)[0]
        frame, self.buffer = self.buffer[:size], self.buffer[size:]
        return frame

    def next(self) -> Frame:
        """The next frame."""
        data = self.raw()
        assert data, "the worker has closed the connection"
        _size, kind, number = struct.unpack_from(">IBI", data)
        return Frame(kind, number, data[9:])

    def end(self, number: int) -> Frame:
        """How request `number` ended; the worker is asked nothing else meanwhile."""
        frame = self.next()
        if frame.kind == STARTED:
            assert frame == (STARTED, number, b"")
            frame = self.next()
        assert frame.id == number
        return frame

    def call(self, **options: object) -> Frame:
        """Ask the probe for something."""
        self.send(request(1, **options))
        return self.end(1)

    def text(self, **options: object) -> str:
        """What the probe answers."""
        frame = self.call(**options)
        assert frame.kind == ANSWER, frame
        return frame.answer()[2].decode()


@contextlib.contextmanager
def listening() -> Iterator[tuple[socket.socket, Path]]:
    """A listening socket in a folder whose path is short enough for one."""
    folder = Path(tempfile.mkdtemp(prefix="worker-"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        listener.settimeout(DEADLINE)
        yield listener, folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def started(
    command: list[str], file: Path | None, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[Worker]:
    """A worker that has connected; ``environment`` is added to the tests' own."""
    with listening() as (listener, socket_folder), (socket_folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            [*command, str(file or "")],
            cwd=folder,
            env={**os.environ, **(environment or {}), "RUNTIME_SOCKET": str(socket_folder / "socket")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            connection, _address = listener.accept()
            with connection:
                connection.settimeout(DEADLINE)
                yield Worker(connection, process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def forking(template: Worker, times: int) -> Iterator[list[tuple[socket.socket, dict[str, int]]]]:
    """A template is told at once to fork so often: where each fork connects, and where its output can be read."""
    with contextlib.ExitStack() as stack:
        places = []
        frames = []
        for _ in range(times):
            listener, folder = stack.enter_context(listening())
            pipes = {}
            for name in ("stdout", "stderr"):
                os.mkfifo(folder / name)
                pipes[name] = os.open(folder / name, os.O_RDONLY | os.O_NONBLOCK)
                stack.callback(os.close, pipes[name])
            places.append((listener, pipes))
            frames.append(Frame(FORK, 0, string(str(folder))).encode())
        template.send(*frames)
        yield places


@contextlib.contextmanager
def forked(template: Worker) -> Iterator[tuple[Worker, dict[str, int]]]:
    """A worker forked from a template, with the reading ends of its stdout and stderr."""
    with forking(template, 1) as [(listener, pipes)], accepted(listener) as worker:
        yield worker, pipes


@contextlib.contextmanager
def accepted(listener: socket.socket) -> Iterator[Worker]:
    """The worker that connects."""
    connection, _address = listener.accept()
    with connection:
        connection.settimeout(DEADLINE)
        yield Worker(connection)


def needs(program: str) -> None:
    """Skip a test for a language that is not here."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed here")


def java_command(probe: Path) -> list[str]:
    """Runs the worker that stands beside the probe."""
    return [
        *("java", "-XX:TieredStopAtLevel=1", "--add-opens=java.base/java.lang=ALL-UNNAMED"),
        *("-cp", str(probe.with_name("worker")), "runtimeadapter.Worker"),
    ]


class Form(NamedTuple):
    """One way to run the probe."""

    language: str
    file: str
    is_template: bool = False


FORMS = {
    "python-def": Form("python", "index.py", is_template=True),
    "python-async": Form("python", "other_form.py"),
    "node-commonjs": Form("node", "index.js"),
    "node-module": Form("node", "other_form.mjs"),
    "deno-typescript": Form("deno", "index.ts"),
    "deno-javascript": Form("deno", "other_form.js"),
    "bun-commonjs": Form("bun", "index.js"),
    "bun-typescript": Form("bun", "other_form.ts"),
    "php-closure": Form("php", "index.php", is_template=True),
    "php-object": Form("php", "other_form.php", is_template=True),
    "ruby-def": Form("ruby", "index.rb", is_template=True),
    "ruby-block": Form("ruby", "other_form.rb", is_template=True),
    "go": Form("go", "index.go"),
    "dart": Form("dart", "index.dart"),
    "java-method": Form("java", "Index.java"),
    "java-promise": Form("java", "other_form.java"),
    "perl-named": Form("perl", "index.pl", is_template=True),
    "perl-returned": Form("perl", "other_form.pl", is_template=True),
    "lua-named": Form("lua", "index.lua", is_template=True),
    "lua-returned": Form("lua", "other_form.lua", is_template=True),
}
#: A panic in a goroutine of its own ends a Go process; in PHP, Perl and Lua nothing goes on.
END_IS_END = {name for name, form in FORMS.items() if form.language in ("go", "php", "perl", "lua")}
TEMPLATE_FORMS = [name for name, form in FORMS.items() if form.is_template]
SHARED_FORMS = [name for name, form in FORMS.items() if not form.is_template]


@contextlib.contextmanager
def probing(form: Form, built: Path | None) -> Iterator[Worker]:
    """A worker with the probe, before its READY; ``built`` is what the language's fixture has made of it."""
    if form.language in ("go", "dart"):
        assert built
        opened = started([str(built)], None, built.parent)
    elif form.language == "java":
        assert built
        opened = started(java_command(built), built / form.file, built)
    else:
        folder = probe_of(form.language)
        opened = started(COMMANDS[form.language], folder / form.file, folder)
    with opened as worker:
        yield worker


def opened_form(name: str, fixtures: pytest.FixtureRequest) -> contextlib.AbstractContextManager[Worker]:
    """A worker of one form, before its READY."""
    form = FORMS[name]
    if form.language not in ("python", "go"):
        needs(form.language)
    fixture = BUILT.get(form.language)
    return probing(form, fixtures.getfixturevalue(fixture) if fixture else None)


def forms_of(*languages: str) -> list[str]:
    """The names of some languages' forms."""
    return [name for name, form in FORMS.items() if form.language in languages]
