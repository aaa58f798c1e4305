"""What documents show is what happens: their commands are run here."""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from shellblocks import to_run

from runtimekit.cli.arguments import invoke_arguments
from runtimekit.cli.tasks import namespace
from runtimekit.functions.archive import pack
from runtimekit.functions.function import Function, build, launch
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
PLATFORM = f"linux/{native()}"


@pytest.fixture(scope="module")
def hello(engine, runtimes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    """The documented function of Node.js, launched."""
    folder = tmp_path_factory.mktemp("hello")
    runtime = runtimes.get("node-22")
    pack(ROOT / "tests/resources/node", folder / "source.tar.gz")
    archive = folder / "node-22.tar.gz"
    build(engine, runtime, source=folder / "source.tar.gz", target=archive, platform=PLATFORM)
    with launch(engine, runtime, archive=archive, platform=PLATFORM, folder=folder) as function:
        yield function


@pytest.mark.parametrize("block", to_run("docs/contract.md"))
def test_the_contracts_examples_print_what_they_say(hello, block: str) -> None:
    """Each command's expected output stands behind `# →` below it."""
    expected = re.findall(r"^# → (.*)$", block, re.MULTILINE)
    assert expected, "an example without an expected output shows nothing"
    answer = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", re.sub(r"^(curl (?:.*\\\n)*.*)$", r"\1; echo", block, flags=re.MULTILINE)],
        env=os.environ | {"URL": f"http://{hello.host}:{hello.port}", "KEY": hello.key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert [line for line in answer.stdout.splitlines() if line] == expected, answer.stderr


def test_every_command_of_the_readme_and_for_every_day_exists_with_its_options(cli) -> None:
    """Tasks, nox sessions and flags are asked of the tools themselves."""
    text = (ROOT / "README.md").read_text() + (ROOT / "docs/everyday.md").read_text()
    lines = re.findall(r"^(?:\./dev|\.venv/bin/nox) [^#\n]*", "\n".join(to_run("README.md")), re.MULTILINE)
    lines += re.findall(r"`((?:\./dev|\.venv/bin/nox) [^`]+)`", text)
    assert len(lines) > 10
    _, listed = cli.run("--list", "--list-format", "json")
    tree = json.loads(listed)
    tasks = {task["name"] for task in tree["tasks"]}
    tasks |= {f"{group['name']}.{task['name']}" for group in tree["collections"] for task in group["tasks"]}
    sessions = json.loads(
        subprocess.run(
            [sys.executable, "-m", "nox", "--list", "--json", "-k", "not nothing"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    names = {session["session"] for session in sessions}
    for line in lines:
        words = shlex.split(line.replace("<language>-<version>", "node-22"))
        if words[0] == "./dev" and words[1].startswith("-"):
            _, usage = cli.run("--help")
            assert words[1] in usage, line
        elif words[0] == "./dev":
            task, *rest = invoke_arguments(words[1:], namespace)
            assert task in tasks, line
            _, usage = cli.run("--help", task)
            for flag in (word.partition("=")[0] for word in rest if word.startswith("--")):
                assert flag in usage, line
        else:
            assert words[words.index("-s") + 1] in names, line


def test_the_readmes_own_function(tmp_path: Path) -> None:
    """As it stands there, in a folder of one's own, on a free port; `serve` in the background."""
    block = next(each for each in to_run("README.md") if "./dev serve" in each)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = re.sub(r"#.*", "", block).replace("./dev", str(ROOT / "dev")).replace(":3000/", f":{port}/")
    script = re.sub(r"^(.* serve hello)", rf"\1 --port {port} & server=$!", script, flags=re.MULTILINE)
    script = script.replace("curl ", "curl --silent --show-error --retry 90 --retry-delay 1 --retry-all-errors ")
    script += '\nkill -INT "$server"; wait "$server" || test $? = 130\n'
    answer = subprocess.run(
        ["bash", "-eu", "-m", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count('"message":"Hello, you!"') == 2, answer.stdout + answer.stderr


def test_a_function_by_hand(cli) -> None:
    """With a free port and a name of its own, otherwise as it stands there."""
    (block,) = to_run("docs/run.md")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = f"readme-{secrets.token_hex(4)}"
    script = block.replace("127.0.0.1:3000", f"127.0.0.1:{port}").replace("--name hello", f"--name {name}")
    script = script.replace("docker stop hello", f"docker stop {name}")
    script = re.sub(r"^\.venv/bin/nox .*$", "true", script, flags=re.MULTILINE)  # ./dev test has run it
    script = script.replace("./dev", f"{sys.executable} -m runtimekit")
    archive = ROOT / "build/tests/python-3.10-amd64/python-3-10.tar.gz"
    if not archive.exists():
        code, output = cli.run("verify", "python-3.10", "--scope", "core")
        assert code == 0, output
    answer = subprocess.run(
        ["bash", "-eu", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert '"env1":"hi"' in answer.stdout


@pytest.fixture
def checkout(tmp_path: Path, engine) -> Iterator[Path]:
    """What a contributor has: a clone of this repository, with what is not committed yet."""
    root = tmp_path / "checkout"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--modified", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(lambda name: (ROOT / name).is_file(), listed.stdout.splitlines()):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    yield root
    made = ("node-runtime:26", "ecma-runtime:1")
    engine.docker("image", "rm", "--force", *made, doing="removing what the walk made", check=False)


def test_who_follows_the_walk_through_a_new_runtime_gets_there(checkout: Path) -> None:
    """Every command of docs/adding-a-runtime.md, as it stands there, in its order."""
    walk = to_run("docs/adding-a-runtime.md")
    assert any("./dev new" in block and "--like" in block for block in walk)
    environment = {name: value for name, value in os.environ.items() if name != "RUNTIMEKIT_VERIFY"}
    for block in walk:
        answer = subprocess.run(
            ["bash", "-eux", "-c", block],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout[-6000:] + answer.stderr[-4000:]
        if "nox" in block:
            assert "was successful" in answer.stderr + answer.stdout


def test_the_wire_is_as_openapi_describes_it(hello, tmp_path: Path) -> None:
    """Requests made from the description, right ones and wrong ones; every answer must fit it."""
    document = (ROOT / "docs/openapi.yaml").read_text()
    (tmp_path / "openapi.yaml").write_text(document)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        str(tmp_path / "openapi.yaml"),
        "--url",
        f"http://{hello.host}:{hello.port}",
        "--header",
        f"x-internal-challenge: {hello.key}",
        "--max-examples",
        "50",
        "--seed",
        "1",
        "--request-timeout",
        "60",  # the fuzzer's tiny timeouts end workers, and a machine whose disk is busy is slow to start new ones
        "--checks",
        # A 500 is an answer of this contract: the function failed, or overran its time.
        "status_code_conformance,content_type_conformance,response_schema_conformance",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)
    assert answer.returncode == 0, answer.stdout[-6000:] + answer.stderr[-2000:]
