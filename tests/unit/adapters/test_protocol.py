"""The adapters' side of docs/worker-protocol.md: the tests play the gateway, for every language that is installed."""

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
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
ADAPTERS = ROOT / "adapters"
PROBES = ROOT / "tests" / "resources" / "probe"
PROTOCOL = (ROOT / "docs" / "worker-protocol.md").read_text()

REQUEST, PING, FORK = 0x01, 0x02, 0x03
READY, FAILED, STARTED, ANSWER, ERROR, PONG, SILENT = 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17

PYTHON = [sys.executable, "-B", "-I", "-S", "-X", "utf8", str(ADAPTERS / "python" / "adapter.py")]
NODE = ["node", str(ADAPTERS / "node" / "adapter.cjs")]
DENO = ["deno", "run", "--quiet", "--no-prompt", "--cached-only", "--allow-net", "--allow-env", "--allow-sys"]
DENO += ["--allow-read", "--allow-write", f"--preload={ADAPTERS / 'deno' / 'adapter.js'}"]
BUN = ["env", "BUN_JSC_useTailCalls=0", "bun", "run", "--no-install", str(ADAPTERS / "bun" / "adapter.js")]
RUBY = ["ruby", "-E", "UTF-8", "--disable=did_you_mean,error_highlight,syntax_suggest,rubyopt"]
RUBY += [str(ADAPTERS / "ruby" / "adapter.rb")]
PHP = ["php", "-c", str(ADAPTERS / "php" / "php.ini"), str(ADAPTERS / "php" / "adapter.php")]
PERL = ["perl", str(ADAPTERS / "perl" / "adapter.pl")]
COMMANDS = {"python": PYTHON, "node": NODE, "deno": DENO, "bun": BUN, "php": PHP, "ruby": RUBY, "perl": PERL}
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
def started(command: list[str], file: Path | None, folder: Path) -> Iterator[Worker]:
    """A worker that has connected."""
    with listening() as (listener, socket_folder), (socket_folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            [*command, str(file or "")],
            cwd=folder,
            env={**os.environ, "RUNTIME_SOCKET": str(socket_folder / "socket")},
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
def forked(template: Worker) -> Iterator[tuple[Worker, dict[str, int]]]:
    """A worker forked from a template, with the reading ends of its stdout and stderr."""
    with listening() as (listener, folder):
        pipes = {}
        for name in ("stdout", "stderr"):
            os.mkfifo(folder / name)
            pipes[name] = os.open(folder / name, os.O_RDONLY | os.O_NONBLOCK)
        template.send(Frame(FORK, 0, string(str(folder))).encode())
        connection, _address = listener.accept()
        with connection:
            connection.settimeout(DEADLINE)
            yield Worker(connection), pipes
        for pipe in pipes.values():
            os.close(pipe)


def needs(program: str) -> None:
    """Skip a test for a language that is not here."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed here")


@pytest.fixture(scope="module")
def go_runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go probe, compiled as adapters/go/build.sh lays it out, but with files instead of an overlay."""
    needs("go")
    folder = tmp_path_factory.mktemp("go")
    shutil.copytree(PROBES / "go", folder, dirs_exist_ok=True)
    shutil.copytree(ADAPTERS / "go" / "worker", folder / "runtime_worker")
    (folder / "go.mod").write_text("module function\n\ngo 1.24\n")
    names = {"@MODULE@": "function", "@PACKAGE@": "function", "@ENTRYPOINT@": str(folder / "index.go")}
    for source, target in {"types.go.in": "runtime_types.go", "main.go.in": "runtime_main/main.go"}.items():
        text = (ADAPTERS / "go" / source).read_text()
        for name, value in names.items():
            text = text.replace(name, value)
        (folder / target).parent.mkdir(exist_ok=True)
        (folder / target).write_text(text)
    subprocess.run(
        ["go", "build", "-o", "runtime", "./runtime_main"],
        cwd=folder,
        env={**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"},
        check=True,
    )
    return folder / "runtime"


@pytest.fixture(scope="module")
def dart_runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Dart probe, compiled as adapters/dart/build.sh does, but with the libraries of this machine."""
    needs("dart")
    folder = tmp_path_factory.mktemp("dart")
    worker = {"name": "runtime", "rootUri": (ADAPTERS / "dart" / "runtime").as_uri(), "packageUri": "lib/"}
    packages = {"configVersion": 2, "packages": [worker | {"languageVersion": "3.10"}]}
    (folder / "packages.json").write_text(json.dumps(packages))
    main = (ADAPTERS / "dart" / "main.dart.in").read_text()
    main = main.replace("@ENTRYPOINT@", str(PROBES / "dart" / "index.dart")).replace("@NAME@", "main")
    (folder / "main.dart").write_text(main)
    command = ["dart", "--suppress-analytics", "compile", "exe", "--packages=packages.json", "--output=runtime"]
    subprocess.run([*command, "main.dart"], cwd=folder, check=True)
    return folder / "runtime"


@pytest.fixture(scope="module")
def java_probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Java probe as adapters/java/build.sh leaves it, and beside it the worker's own classes."""
    needs("javac")
    folder = tmp_path_factory.mktemp("java") / "function"
    shutil.copytree(PROBES / "java", folder)
    worker, classes = folder.with_name("worker"), folder / ".classes"
    sources = [str(path) for path in (ADAPTERS / "java" / "src").rglob("*.java")]
    subprocess.run(["javac", "-d", str(worker), *sources], check=True)
    names = ("Index.java", "other_form.java", "wrong_shape.java", "throws_at_import.java")
    together = ["javac", "-d", str(classes / names[0]), "-cp", str(worker), *(str(folder / name) for name in names)]
    subprocess.run(together, check=True)
    for name in names[1:]:
        (classes / name).symlink_to(names[0])
    (classes / "broken_syntax.java").mkdir()
    (classes / "broken_syntax.java" / "refusal").write_text("broken_syntax.java:3: error: ')' expected\n")
    return folder


def java_command(probe: Path) -> list[str]:
    """Runs the worker that stands beside the probe."""
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", str(probe.with_name("worker")), "runtimeadapter.Worker"]


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
}
#: A panic in a goroutine of its own ends a Go process; in PHP and Perl nothing goes on.
END_IS_END = {name for name, form in FORMS.items() if form.language in ("go", "php", "perl")}
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
        folder = PROBES / form.language
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


@pytest.fixture(scope="module")
def ready_workers(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Worker]]:
    """Gives the worker of a form, which all tests share; of a template, a fork."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def ready(name: str) -> Worker:
            worker = stack.enter_context(opened_form(name, request))
            worker.next()
            if FORMS[name].is_template:
                worker, _pipes = stack.enter_context(forked(worker))
                worker.next()
            return worker

        yield ready


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, ready_workers: Callable[[str], Worker]) -> tuple[str, Worker]:
    """Language and worker of each form of each language."""
    return FORMS[request.param].language, ready_workers(request.param)


@pytest.fixture(params=SHARED_FORMS)
def shared(request: pytest.FixtureRequest) -> Iterator[Worker]:
    """A fresh worker in shared mode."""
    with opened_form(request.param, request) as worker:
        assert worker.raw() == example("READY")
        yield worker


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


def forms_of(*languages: str) -> list[str]:
    """The names of some languages' forms."""
    return [name for name, form in FORMS.items() if form.language in languages]


def kinds_of_errors() -> list[tuple[str, str, str]]:
    """What the table asks of `throw`: form, kind, and how the message starts (`[starts]` beside the probe)."""
    table = tomllib.loads((ROOT / "tests" / "conformance" / "errors.toml").read_text())
    probes = ((case["id"], case["request"]["probe"]) for case in table["case"])
    kinds = {name: probe.get("kind", "error") for name, probe in probes if probe["action"] == "throw"}
    return [
        (form, kinds[name], beginning)
        for form in FORMS
        for name, beginning in words_of(FORMS[form].language).items()
        if name in kinds
    ]


def words_of(language: str) -> dict[str, str]:
    """How the messages of a language's errors begin, by the case that asks for it."""
    return tomllib.loads((PROBES / f"{language}.toml").read_text()).get("starts", {})


@pytest.mark.parametrize(("form", "kind", "beginning"), kinds_of_errors(), indirect=["form"])
def test_whatever_is_thrown_is_caught(form: tuple[str, Worker], kind: str, beginning: str) -> None:
    """Type and text first, then the user's file and line; short enough (contract E2, E3)."""
    language, worker = form
    code, message = worker.call(action="throw", kind=kind).message()
    assert code == 500
    assert message.startswith(beginning)
    assert len(message.encode()) < 8192
    if language not in JAVASCRIPT or kind not in {"null", "number", "string", "unprintable"}:
        assert PLACE.search(message), message


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        *((form, kind) for form in forms_of("python") for kind in ("base", "exit", "interrupt", "generator")),
        *(
            (form, kind)
            for form in forms_of(*JAVASCRIPT)
            for kind in ("callback", "unhandled", "rejected", "proxy", "bare")
        ),
        *((form, kind) for form in forms_of("perl") for kind in ("hash", "undefined")),
        *((form, kind) for form in forms_of("php") for kind in ("type",)),
        *((form, kind) for form in forms_of("ruby") for kind in ("base", "exit", "interrupt", "symbol")),
        *((form, kind) for form in forms_of("go") for kind in ("index", "nil_map", "goexit")),
        *((form, kind) for form in forms_of("dart") for kind in ("index", "type", "rejected", "callback", "unhandled")),
    ],
    indirect=["form"],
)
def test_what_only_one_language_can_throw_is_caught(form: tuple[str, Worker], kind: str) -> None:
    """Anything that can be thrown is caught (contract E3)."""
    _language, worker = form
    assert worker.call(action="throw", kind=kind).kind == ERROR


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


@pytest.mark.parametrize(
    ("language", "file", "code", "pattern"),
    [
        ("python", "no_function.py", 404, r"^no_function.py "),
        ("python", "wrong_shape.py", 404, r"^wrong_shape.py "),
        ("python", "broken_syntax.py", 500, r"^SyntaxError: .*\n    at /.*broken_syntax\.py:4$"),
        ("python", "throws_at_import.py", 500, r"^RuntimeError: probe import error\n    at .*throws_at_import\.py:3\)"),
        ("node", "no_function.js", 404, r"^no_function.js "),
        ("node", "wrong_shape.js", 404, r"^wrong_shape.js "),
        ("node", "broken_syntax.js", 500, r"^SyntaxError: .*\n    at /.*broken_syntax\.js:3"),
        ("node", "throws_at_import.js", 500, r"^Error: probe import error\n    at .*/throws_at_import\.js:1:7\)"),
        ("deno", "no_function.ts", 404, r"^no_function.ts "),
        ("deno", "wrong_shape.ts", 404, r"^wrong_shape.ts "),
        ("deno", "broken_syntax.ts", 500, r"^SyntaxError: (.|\n)*\n    at /.*broken_syntax\.ts:3"),
        ("deno", "throws_at_import.ts", 500, r"^Error: probe import error\n    at .*/throws_at_import\.ts:1:7"),
        ("bun", "no_function.js", 404, r"^no_function.js "),
        ("bun", "wrong_shape.js", 404, r"^wrong_shape.js "),
        ("bun", "broken_syntax.js", 500, r"^SyntaxError: .*\n    at /.*broken_syntax\.js:3"),
        ("php", "no_function.php", 404, r"^no_function.php "),
        ("php", "wrong_shape.php", 404, r"^wrong_shape.php "),
        ("php", "broken_syntax.php", 500, r"^ParseError: .*\n    at /.*broken_syntax\.php:4"),
        ("php", "throws_at_import.php", 500, r"^RuntimeException: probe import .*\n    at .*throws_at_import\.php:3"),
        ("perl", "no_function.pl", 404, r"^no_function.pl "),
        ("perl", "wrong_shape.pl", 404, r"^wrong_shape.pl "),
        ("perl", "broken_syntax.pl", 500, r"^die: (?s:.*) at /.*broken_syntax\.pl line 4"),
        ("perl", "throws_at_import.pl", 500, r"^die: probe import .*\n    at .*throws_at_import\.pl:4"),
        ("ruby", "no_function.rb", 404, r"^no_function.rb "),
        ("ruby", "wrong_shape.rb", 404, r"^wrong_shape.rb "),
        ("ruby", "broken_syntax.rb", 500, r"^SyntaxError: /.*broken_syntax\.rb:4: syntax error"),
        ("ruby", "throws_at_import.rb", 500, r"^RuntimeError: probe import .*\n    at .*throws_at_import\.rb:3\)"),
        ("bun", "throws_at_import.js", 500, r"^Error: probe import error\n    at .*/throws_at_import\.js:1:"),
        ("java", "wrong_shape.java", 404, r"^wrong_shape.java "),
        ("java", "broken_syntax.java", 500, r"^SyntaxError: /.*\nbroken_syntax\.java:3: error: "),
        ("java", "throws_at_import.java", 500, r"IllegalStateException: probe import error\n    at .*import\.java:5\)"),
    ],
)
def test_a_file_that_cannot_be_loaded(
    language: str, file: str, code: int, pattern: str, request: pytest.FixtureRequest
) -> None:
    """FAILED says whether there is no function or why it does not load; then the worker ends."""
    if language != "python":
        needs(language)
    folder = request.getfixturevalue(BUILT[language]) if language in BUILT else PROBES / language
    command = java_command(folder) if language == "java" else COMMANDS[language]
    with started(command, folder / file, folder) as worker:
        frame = worker.next()
        assert (frame.kind, frame.id) == (FAILED, 0)
        assert frame.message()[0] == code
        assert re.search(pattern, frame.message()[1])
        assert worker.raw() == b""
        assert worker.process
        assert worker.process.wait(DEADLINE) != 0


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


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("pass", 1),
        ("import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()", 0),
        ("held = open(__file__)", 0),
        ("import socket; held = socket.socketpair()", 0),
    ],
)
def test_python_forks_only_what_forks_safely(tmp_path: Path, line: str, mode: int) -> None:
    """Threads and open files of the function's keep it from being a template."""
    file = tmp_path / "index.py"
    file.write_text(f"{line}\ndef main(req, res):\n    return res.send('')\n")
    with started(PYTHON, file, tmp_path) as worker:
        assert worker.next().body[0] == mode


@pytest.mark.parametrize(
    ("language", "file", "held", "rest"),
    [
        ("php", "index.php", "<?php\n$held = fopen(__FILE__, 'r');", "return function ($req, $res) {};"),
        ("ruby", "index.rb", "HELD = File.open(__FILE__)", "def main(req, res); end"),
        ("ruby", "index.rb", "Thread.new { sleep }", "def main(req, res); end"),
        ("perl", "index.pl", "open our $held, '<', __FILE__;", "sub main {}"),
    ],
)
def test_files_and_threads_keep_a_function_from_being_forked(
    tmp_path: Path, language: str, file: str, held: str, rest: str
) -> None:
    """Without them it is a template, with them it serves by itself."""
    needs(language)
    beginning = held.partition("\n")[0] if language == "php" else ""
    for lines, mode in ((beginning, 1), (held, 0)):
        (tmp_path / file).write_text(f"{lines}\n{rest}\n")
        with started(COMMANDS[language], tmp_path / file, tmp_path) as worker:
            assert worker.next().body[0] == mode


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
