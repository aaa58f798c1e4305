"""`./dev serve`, `call` and `create` of the open-runtimes protocol: any request, logs of requests, the other shape."""

from __future__ import annotations

import base64
import json
import re
import time
from pathlib import Path

import pytest
from served import DEADLINE, serving, write

from runtimekit import client
from runtimekit.errors import FunctionLaunchError

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
NODE, PYTHON = "node-22", "python-3.13"
IS_NUMBER = "sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng=="
"""npm's is-number 7.0.0."""
SEEN = """\
const own = require("own");
module.exports = async ({ req, res, log, error }) => {
  if (req.path === "/throw") throw new Error("oh no");
  log("entry", req.method);
  console.log("printed", req.path);
  error("complained");
  const seen = { version: own(VERSION), url: req.url, one: req.headers["x-one"], a: process.env.A };
  const headers = { "x-seen": JSON.stringify(seen), "set-cookie": ["a=1", "b=2"] };
  return res.binary(req.bodyBinary, 207, headers);
};
"""


@pytest.fixture(scope="module", autouse=True)
def images(cli) -> None:
    """Build the images: a program builds none (``client.opened``), and the newest ones alone are always there."""
    code, output = cli.run("build", "--local", f"{NODE}-v5", f"{PYTHON}-v5")
    assert code == 0, output


def test_anything_is_served_and_shown(cli, tmp_path: Path) -> None:
    """Method, target, headers and bytes as they are, in both directions; each logged line once; changes take effect."""
    folder = write(tmp_path / "any", SEEN.replace("VERSION", "1"))
    write(folder / "own", "module.exports = (value) => value;\n")
    write(folder, '{"engines": {"node": "22.x"}, "dependencies": {"own": "file:./own"}}', "package.json")
    write(folder, 'protocol = "v5"\n', "runtime.toml")
    with serving(cli, folder, "--watch", "--env", "A=b c") as served:
        body = bytes(range(256)) * 300
        status, headers, content = served.exchange("PUT", "/a%20b?c=%2f&d", body, {"X-One": "1", "Host": "own.test"})
        assert (status, content == body) == (207, True)
        seen = json.loads(dict(headers)["x-seen"])
        assert seen == {"version": 1, "url": "http://own.test/a%20b?c=%2f&d", "one": "1", "a": "b c"}
        assert [value for name, value in headers if name == "set-cookie"] == ["a=1", "b=2"]
        assert not [name for name, _ in headers if name.startswith("x-open-runtimes-")]
        served.wait_for(r"PUT /a%20b\?c=%2f&d 207 \d+ ms 76,800 bytes")
        for line in ("│ entry PUT", "│ printed /a%20b", "✗ complained"):
            served.wait_for(re.escape(line))
        status, headers, content = served.exchange("HEAD", "/head")
        assert (status, content) == (207, b"")
        status, headers, content = served.exchange("OPTIONS", "/throw")
        assert (status, content) == (500, b"")
        served.wait_for(r"✗ Error: oh no\n.*at module.exports \(index\.js:3:\d+\)")
        write(folder, SEEN.replace("VERSION", "2"))
        end = time.monotonic() + DEADLINE
        while json.loads(dict(served.exchange("GET", "/poll")[1])["x-seen"])["version"] != 2:
            assert time.monotonic() < end, served.output
        write(folder, "module.exports = (")
        served.wait_for("the build before it goes on")
        write(folder, 'protocol = "2021"\n', "runtime.toml")
        served.wait_for("runtime.toml: names another protocol than v5")
        assert served.ask()[0] == 207
    assert "any/index.js on node-22-v5 (package.json asks for node 22.x), protocol v5 (runtime.toml)" in served.output
    for line in ("│ entry PUT", "│ printed /a%20b", "│ printed /head"):
        assert served.output.count(f"{line}\n") == 1, served.output


def test_call(cli, tmp_path: Path) -> None:
    """Any request, any bytes; both logs on standard error; the exit code; the place of an error."""
    folder = write(
        tmp_path / "called",
        "def main(context):\n"
        "    context.log('logged', context.req.method, context.req.url)\n"
        "    context.error('complained', context.req.headers.get('x-one'))\n"
        "    if context.req.path == '/throw':\n"
        "        raise ValueError('oh no')\n"
        "    return context.res.binary(context.req.body_binary[::-1], 201)\n",
        "main.py",
    )
    (tmp_path / "payload").write_bytes(b"\x00\xff")
    words = ("call", str(folder), "--runtime", PYTHON, "--protocol", "v5")
    request = ("--payload", f"@{tmp_path / 'payload'}", "--header", "x-one: 1", "--method", "PUT", "--path", "/a?b=c")
    code, output = cli.run(*words, *request, "--json")
    assert code == 0, output
    answer = json.loads(output[output.index("{\n") : output.rindex("}") + 1])
    assert (answer["status"], base64.b64decode(answer["body_base64"])) == (201, b"\xff\x00")
    assert answer["headers"]["content-type"].startswith("text/plain")
    assert re.fullmatch(r"logged PUT http://[\d.:]+/a\?b=c\n", answer["logs"])
    assert answer["errors"] == "complained 1\n"
    assert "✗ complained 1" in output
    assert "protocol v5 (named)" in output
    code, output = cli.run(*words, "--path", "/throw")
    assert code == 1
    assert re.search(r"│ logged POST http.*✗ ValueError: oh no\n.*main\.py:5.*answered 500", output, re.DOTALL), output


def test_a_function_of_the_other_protocol(tmp_path: Path) -> None:
    """It is not loaded, and both protocols are named: by what is declared; in Python by what can be called, too."""
    javascript = write(tmp_path / "node", "module.exports = ({ res }) => res.empty();\n")
    write(javascript, 'protocol = "v5"\n', "runtime.toml")
    python = write(tmp_path / "python", "def main(req, res):\n    return res.send('')\n", "main.py")
    for folder, runtime, protocol, said in (
        (javascript, NODE, "2021", r"is for protocol v5, but this server speaks 2021"),
        (python, PYTHON, "v5", r"main.py holds a function main\(req, res\), .*contract of 2021.*\(v5\)"),
    ):
        with client.opened(folder, runtime=runtime, protocol=protocol, repository=ROOT) as function:
            with pytest.raises(FunctionLaunchError, match=said):
                function.update()
            assert not function.is_running


def test_a_program_calls_it(tmp_path: Path) -> None:
    """The public client: variables, any request, what was logged."""
    text = "module.exports = ({ req, res, log }) => (log('hi'), res.text(req.bodyText + process.env.A, 202));\n"
    folder = write(tmp_path / "hello", text)
    settings = client.Settings({"A": "a\nb", "B": "#"})
    with client.opened(folder, runtime=NODE, protocol="v5", settings=settings, repository=ROOT) as function:
        function.update()
        answer = function.call(method="DELETE", path="/x", headers={"x-a": "1"}, payload="é")
        assert (answer.status, answer.body.decode(), answer.logs, answer.errors) == (202, "éa\nb", "hi\n", "")
        with pytest.raises(TypeError, match="variables are the container's"):
            function.call(env={})


@pytest.mark.slow
def test_packages_of_both_kinds(cli, tmp_path: Path) -> None:
    """A system package in a derived image, which has passed the core cases, and one of npm's by a lock file, kept."""
    text = (
        "const { execFileSync } = require('child_process');\n"
        "const isNumber = require('is-number');\n"
        "module.exports = ({ res }) => res.json([execFileSync('jq', ['-n', '1+1']).toString().trim(), isNumber(5)]);\n"
    )
    folder = write(tmp_path / "packages", text)
    write(folder, 'protocol = "v5"\npackages = ["jq"]\n', "runtime.toml")
    write(folder, json.dumps({"dependencies": {"is-number": "7.0.0"}}), "package.json")
    found = {"version": "7.0.0", "integrity": IS_NUMBER}
    lock = {"name": "packages", "lockfileVersion": 3, "requires": True}
    packages = {"": {"dependencies": {"is-number": "7.0.0"}}, "node_modules/is-number": found}
    write(folder, json.dumps({**lock, "packages": packages}), "package-lock.json")
    for _ in range(2):
        code, output = cli.run("call", str(folder), "--runtime", NODE)
        assert code == 0, output
        assert '["2",true]' in output
    found["integrity"] = "sha512-" + "A" * 86 + "=="
    write(folder, json.dumps({**lock, "packages": packages}), "package-lock.json")
    code, output = cli.run("call", str(folder), "--runtime", NODE)
    assert code == 1
    assert "EINTEGRITY" in output
