"""Files that cannot be loaded, and those that decide how a worker works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from workers import BUILT, COMMANDS, DEADLINE, FAILED, PYTHON, READY, java_command, needs, probe_of, started

if TYPE_CHECKING:
    from pathlib import Path


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
        ("deno", "throws_at_import.js", 500, r"^Error: probe import error\n    at .*/throws_at_import\.js:1:7"),
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
        ("lua", "no_function.lua", 404, r"^no_function.lua "),
        ("lua", "wrong_shape.lua", 404, r"^wrong_shape.lua "),
        ("lua", "broken_syntax.lua", 500, r"^error: /.*broken_syntax\.lua:4: "),
        ("lua", "throws_at_import.lua", 500, r"^error: probe import error\n    at .*throws_at_import\.lua:4"),
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
    folder = request.getfixturevalue(BUILT[language]) if language in BUILT else probe_of(language)
    command = java_command(folder) if language == "java" else COMMANDS[language]
    with started(command, folder / file, folder) as worker:
        frame = worker.next()
        assert (frame.kind, frame.id) == (FAILED, 0)
        assert frame.message()[0] == code
        assert re.search(pattern, frame.message()[1])
        assert worker.raw() == b""
        assert worker.process
        assert worker.process.wait(DEADLINE) != 0


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


@pytest.mark.parametrize("file", ["index.py", "app/index.py"])
@pytest.mark.parametrize("init", [None, "greeting = 'hello'\n"])
def test_a_python_function_imports_what_is_beside_it_relatively(tmp_path: Path, file: str, init: str | None) -> None:
    """Its folder is a package, as it is for `python -m`, with an `__init__.py` or without one."""
    (tmp_path / file).parent.mkdir(exist_ok=True)
    beside = (tmp_path / file).parent
    (beside / "util.py").write_text(
        "def f():\n    return 'hello'\n" if init is None else "from . import greeting\nf = str\n"
    )
    if init is not None:
        (beside / "__init__.py").write_text(init)
    called = "f()" if init is None else "f(greeting)"
    names = "from .util import f\n" + ("" if init is None else "from . import greeting\n")
    (tmp_path / file).write_text(f"{names}\n\ndef main(req, res):\n    return res.send({called})\n")
    with started(PYTHON, tmp_path / file, tmp_path) as worker:
        frame = worker.next()
        assert frame.kind == READY, frame.message()
        assert worker.text() == "hello"


@pytest.mark.parametrize(
    ("language", "file", "held", "rest"),
    [
        ("php", "index.php", "<?php\n$held = fopen(__FILE__, 'r');", "return function ($req, $res) {};"),
        ("ruby", "index.rb", "HELD = File.open(__FILE__)", "def main(req, res); end"),
        ("ruby", "index.rb", "Thread.new { sleep }", "def main(req, res); end"),
        ("perl", "index.pl", "open our $held, '<', __FILE__;", "sub main {}"),
        ("lua", "index.lua", "held = io.open('/dev/null')", "function main() end"),
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


def test_a_commonjs_function_finds_a_main_module(tmp_path: Path) -> None:
    """Packages ask it for its file, as in any program of Node's."""
    needs("node")
    (tmp_path / "index.js").write_text("module.exports = (req, res) => res.send(require.main.filename);\n")
    with started(COMMANDS["node"], tmp_path / "index.js", tmp_path) as worker:
        worker.next()
        assert worker.text().endswith("/adapter.cjs")


OTHER = {
    "2021": ("holds a function main(context), which the open-runtimes protocol (v5) calls", "contract of 2021"),
    "context": ("holds a function main(req, res), which the contract of 2021 calls", "open-runtimes protocol (v5)"),
}
"""What is said of a function of the other protocol, by the own one."""


@pytest.mark.parametrize(
    ("own", "function", "is_other"),
    [
        ("2021", "def main(context): pass", True),
        ("2021", "async def main(context): pass", True),
        ("2021", "def main(context, *, more=1): pass", True),
        ("2021", "def main(context, more=1): pass", False),
        ("2021", "def main(*given): pass", False),
        ("2021", "def main(): pass", False),
        ("2021", "import functools\n@functools.lru_cache\ndef main(context): pass", False),
        ("context", "def main(req, res): pass", True),
        ("context", "async def main(req, res): pass", True),
        ("context", "def main(context, more=1): pass", False),
        ("context", "def main(*given): pass", False),
        ("context", "class Main:\n    def __call__(self, req, res): pass\nmain = Main()", False),
    ],
)
def test_a_python_function_that_only_the_other_protocol_can_call(
    tmp_path: Path, own: str, function: str, *, is_other: bool
) -> None:
    """It is not loaded, with a text that names both (design D2); what can be called is called."""
    (tmp_path / "index.py").write_text(function + "\n")
    environment = {"RUNTIME_SHAPE": "context"} if own == "context" else {}
    with started(PYTHON, tmp_path / "index.py", tmp_path, environment) as worker:
        frame = worker.next()
        assert (frame.kind == FAILED) is is_other
        if is_other:
            code, message = frame.message()
            assert code == 404
            assert all(part in message for part in ("index.py", *OTHER[own]))
