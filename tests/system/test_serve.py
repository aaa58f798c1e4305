"""`./dev serve` and `./dev call`, as a user has them: a folder of one's own, the real images, a terminal's signals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from served import DEADLINE, Served, left_of, serving, write

from runtimekit import client

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
HELLO = "module.exports = async (req, res) => res.json({{ version: {} }});\n"


def test_edited_while_requests_go_on(cli, tmp_path: Path) -> None:
    """Every request is answered, by the old build or the new; a build that fails leaves the old one running."""
    folder = write(tmp_path / "hello", HELLO.format(0))
    statuses: list[int] = []
    stop = threading.Event()

    def ask_on(served: Served) -> None:
        while not stop.is_set():
            statuses.append(served.ask()[0])

    with serving(cli, folder, "--watch", "--runtime", "node-22") as served:
        assert served.ask() == (200, b'{"version":0}')
        asking = threading.Thread(target=ask_on, args=(served,))
        asking.start()
        try:
            for version in range(1, 6):
                write(folder, HELLO.format(version))
                end = time.monotonic() + DEADLINE
                while served.ask()[1] != b'{"version":%d}' % version:
                    assert time.monotonic() < end, served.output
            write(folder, "module.exports = (")
            served.wait_for("the build before it goes on")
            assert re.search(r"index\.js:\d", served.output)
            assert served.ask() == (200, b'{"version":5}')
            write(folder, 'require("nowhere");')
            served.wait_for("Cannot find module 'nowhere'")
            assert served.ask() == (200, b'{"version":5}')
        finally:
            stop.set()
            asking.join()
    assert set(statuses) == {200}
    assert len(statuses) > 20


def test_what_is_shown(cli, tmp_path: Path) -> None:
    """Requests, what the function prints, and its errors with the user's own file and line; text only."""
    text = 'module.exports = (req, res) => { console.log("printed", req.env.A); throw new Error("oh no"); };\n'
    folder = write(tmp_path / "wrong", text)
    (folder / "my.env").write_text("A='from the file'\n")
    with serving(cli, folder, "--runtime", "node-22", "--env-file", str(folder / "my.env")) as served:
        status, body = served.ask("PATCH", "/some/path?q=1", b"hi")
        assert (status, json.loads(body)["code"]) == (500, 500)
        served.wait_for(r"PATCH /some/path\?q=1 500 \d+ ms \d+ bytes")
        served.wait_for(r"printed from the file")
        served.wait_for(r"Error: oh no\n.*at module.exports \(index\.js:1:\d+\)")
        assert served.ask("POST", "/", b"\xff")[0] == 400
        served.wait_for("the contract's payload is text")


@pytest.mark.parametrize("moment", [r"▸ wait", r"▸ http", None], ids=["building", "serving", "at once"])
def test_ctrl_c_leaves_nothing(cli, tmp_path: Path, moment: str | None) -> None:
    """Whenever it comes, and twice."""
    folder = write(tmp_path / "wait", HELLO.format(1))
    served = Served(cli.start("serve", str(folder), "--watch", "--runtime", "node-22", "--port", "22000"))
    if moment:
        served.wait_for(moment)
    served.process.send_signal(signal.SIGINT)
    time.sleep(0.3)  # as long as a person takes to press it again
    assert served.end() in {130, -signal.SIGINT}, served.output
    assert left_of(served.process.pid) == []


def test_call_from_another_folder_through_a_link(tmp_path: Path, engine) -> None:
    """`dev` changes to the repository's folder first; what was typed is relative to where it was typed."""
    del engine  # it runs
    folder = write(
        tmp_path / "hello", "module.exports = (req, res) => res.json([req.payload, req.headers.a, req.env.B]);\n"
    )
    (tmp_path / "payload.txt").write_text("from a file")
    (tmp_path / "dev").symlink_to(ROOT / "dev")
    words = ["./dev", "call", folder.name, "--payload", "@payload.txt", "--header", "a: 1", "--env", "B=2"]
    answer = subprocess.run(
        [*words, "--runtime", "node-22"], cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE, check=False
    )
    assert (answer.returncode, answer.stdout) == (0, '["from a file","1","2"]'), answer.stderr
    piped = subprocess.run(
        [*words[:3], "--payload", "-", "--json", "--runtime", "node-22"],
        cwd=tmp_path, input="piped", capture_output=True, text=True, timeout=DEADLINE, check=False,
    )  # fmt: skip
    assert json.loads(json.loads(piped.stdout)["body"])[0] == "piped"


def test_call_says_what_went_wrong(cli, tmp_path: Path) -> None:
    """An error of the function, of its build, of the command: exit code and words."""
    folder = write(tmp_path / "wrong", 'module.exports = () => { throw new Error("oh no"); };\n')
    code, output = cli.run("call", str(folder), "--runtime", "node-22")
    assert code == 1
    assert re.search(r"Error: oh no\n.*index\.js:1:\d+.*\nerror: the function answered 500", output, re.DOTALL), output
    write(folder, "module.exports = (")
    code, output = cli.run("call", str(folder), "--runtime", "node-22")
    assert code == 1
    assert output.count("SyntaxError") == 1
    assert "its words are above" in output
    code, output = cli.run("call", str(folder), "--payload", "@gone.txt")
    assert (code, "gone.txt: No such file" in output) == (2, True), output


def test_a_program_uses_it(tmp_path: Path) -> None:
    """The public client: build, call, change, call again."""
    folder = write(tmp_path / "hello", HELLO.format(1))
    with client.opened(folder, runtime="node-22", repository=ROOT) as function:
        function.update()
        assert function.call(payload="x").json() == {"version": 1}
        write(folder, HELLO.format(2))
        function.update()
        assert function.call().json() == {"version": 2}
    assert left_of(os.getpid()) == []


def test_a_system_package(cli, tmp_path: Path) -> None:
    """Added without a Dockerfile, and a clear line if there is none of that name."""
    folder = write(
        tmp_path / "tool",
        'const { execFileSync } = require("child_process");\n'
        'module.exports = (req, res) => res.send(execFileSync("jq", ["-n", "1+1"]).toString());\n',
    )
    (folder / "runtime.toml").write_text('packages = ["jq"]\n')
    code, output = cli.run("call", str(folder), "--runtime", "node-22")
    assert code == 0, output
    assert output.endswith("2\n")
    (folder / "runtime.toml").write_text('packages = ["no-such-package"]\n')
    code, output = cli.run("call", str(folder), "--runtime", "node-22")
    assert code == 2, output
    assert re.search(r"runtime.toml: Debian .* has no package 'no-such-package'", output), output
