"""`./dev bundle` of the open-runtimes protocol: with no secret a plain HTTP service, as platforms expect it."""

from __future__ import annotations

import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import bundled
import pytest
from bundled import Compose, Started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

pytestmark = pytest.mark.needs_docker

TAG = f"runtimekit-bundle-v5-test-{os.getpid()}:1"
"""No name that anybody uses, nor another run of these tests: the engine is shared."""
LABEL = TAG.partition(":")[0]
HEALTH = "/__opr/health"
REQUESTS, CLIENTS = 300, 16
FUNCTION = """\
const { greeting } = require("./lib/greeting");
const fs = require("fs");
module.exports = async ({ req, res, log, error }) => {
  const { wait = 0, write = "" } = req.query;
  log(`called with ${req.method} ${req.path}`);
  if (req.path === "/bad") error("this is bad");
  await new Promise((done) => setTimeout(done, Number(wait)));
  let written = "";
  try { if (write) { fs.writeFileSync(write, "x"); written = "yes"; } } catch (error) { written = error.code; }
  return res.json({ said: greeting, uid: process.getuid(), written, body: req.bodyText }, 201);
};
"""


def started(engine, *options: str, secret: str = "", port: int = 3000) -> AbstractContextManager[Started]:
    """Run the bundle; requests have the secret, if there is one."""
    headers = {"x-open-runtimes-secret": secret} if secret else {}
    return bundled.started(engine, TAG, *options, headers=headers, health=HEALTH, port=port)


def call(container: Started, path: str = "/", **headers: str) -> dict:
    """Call the function, which must answer."""
    status, _headers, body = container.ask("PUT", path, b"any bytes", **headers)
    assert status == 201, (status, body, container.logs())
    return json.loads(body)


@pytest.fixture(scope="module")
def made(cli, engine, tmp_path_factory) -> Iterator[tuple[Path, Path, dict]]:
    """The function's folder, the folder of what was written, and what the task said."""
    folder, output = tmp_path_factory.mktemp("function"), tmp_path_factory.mktemp("written")
    (folder / "lib").mkdir()
    (folder / "lib/greeting.js").write_text('exports.greeting = "hello";\n')
    (folder / "service.js").write_text(FUNCTION)
    words = ["bundle", str(folder), "--tag", TAG, "--runtime", "node-22", "--protocol", "v5", "--output", str(output)]
    more = ["--entrypoint", "service.js", "--sbom", "--json", "--manifest", "compose"]
    status, text = cli.run(*words, *more)
    assert status == 0, text
    yield folder, output, json.loads(text[text.index("\n{") :])
    engine.docker("image", "rm", "--force", TAG, doing="removing the test's image", check=False)


@pytest.mark.usefixtures("made")
def test_without_a_secret_it_is_a_plain_service(engine) -> None:
    """No variable at all: read-only, as anybody, under load; what it logs is in the container's log; SIGTERM waits."""
    confined = ["--read-only", "--user", "4242:4243", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    with started(engine, *confined, "--memory", "256m", "--pids-limit", "128") as container:
        seen = call(container, "/any/path?write=/usr/local/server/src/function/service.js")
        assert seen == {"said": "hello", "uid": 4242, "written": "EROFS", "body": "any bytes"}
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(lambda number: call(container, f"/{number}?wait=5"), range(REQUESTS)))
        assert {each["said"] for each in answers} == {"hello"}
        call(container, "/bad", x_open_runtimes_log_id="mine-1")

        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(call, container, "/late?wait=1500")
            wait_for(container, "called with PUT /late")
            ended = container.end()
            assert late.result()["said"] == "hello", "SIGTERM lost a request that was running (T3)"
        assert ended == ("0", "false")
        lines = container.logs().splitlines()
    assert "[mine-1] called with PUT /bad" in lines
    assert "[mine-1] this is bad" in lines
    called = [line for line in lines if re.fullmatch(r"\[[0-9a-f]{20}\] called with PUT /\d+", line)]
    assert len(called) == REQUESTS
    assert len({line.partition("]")[0] for line in called}) == REQUESTS
    assert len([line for line in lines if "every request is let in" in line]) == 1
    assert "cannot be written" not in "\n".join(lines)


def wait_for(container: Started, text: str) -> None:
    """Until the container's log has a text."""
    end = time.monotonic() + 30
    while text not in container.logs():
        assert time.monotonic() < end, container.logs()
        time.sleep(0.02)  # no event tells; a deadline bounds it


@pytest.mark.usefixtures("made")
def test_a_secret_and_a_port_may_be_set(engine) -> None:
    """Then callers need it; as JSON the log's lines of a request have one id. The platform chooses the port."""
    variables = ("OPEN_RUNTIMES_SECRET=of this test", "RUNTIME_LOG=json", "PORT=8080")
    options = [word for variable in variables for word in ("--env", variable)]
    with started(engine, *options, secret="of this test", port=8080) as container:  # noqa: S106 - of a test
        assert call(container, x_request_id="order-17")["uid"] == 2001
        assert container.ask("GET", "/", **{"x-open-runtimes-secret": "wrong"})[0] == 401
        wait_for(container, '"status":401')
        lines = [json.loads(line) for line in container.logs().splitlines() if line.startswith("{")]
    mine = [line for line in lines if line.get("request_id") == "order-17"]
    assert {(line["msg"], line.get("text"), line.get("result")) for line in mine} == {
        ("log", "called with PUT /", None),
        ("request", None, "answered"),
    }


def test_its_layers_are_the_runtimes_and_one_more(made, engine) -> None:
    """Byte for byte: the tested image is below. It is not root's, unlike that one."""

    def config(image: str, form: str) -> Any:
        return json.loads(engine.docker("image", "inspect", "--format", form, image, doing="reading the image"))

    *below, top = config(TAG, "{{json .RootFS.Layers}}")
    assert below == config("node:v5-22", "{{json .RootFS.Layers}}")
    assert top == made[2]["layer"]
    assert config(TAG, "{{json .Config.User}}") == "2001:2000"
    assert config("node:v5-22", "{{json .Config.User}}") == "0:0"


def test_runtime_toml_says_the_protocol_too_and_the_digest_is_the_same(made, cli, engine, tmp_path) -> None:
    """From two folders, with two times, and nothing kept. The file itself is in the image: the digest is another."""
    tag = f"{LABEL}-again:1"
    folder, _output, row = made
    rows = []
    for name in ("one", "other"):
        copy = tmp_path / name
        (copy / "lib").mkdir(parents=True)
        for file in ("lib/greeting.js", "service.js"):
            (copy / file).write_bytes((folder / file).read_bytes())
        (copy / "runtime.toml").write_text('protocol = "v5"\n')
        words = ["--runtime", "node-22", "--entrypoint", "service.js", "--output", str(tmp_path / f"{name}-out")]
        status, text = cli.run("bundle", str(copy), "--tag", tag, *words, "--no-cache", "--json")
        assert status == 0, text
        assert "protocol v5 (runtime.toml)" in text
        rows.append(json.loads(text[text.index("\n{") :]))
    engine.docker("image", "rm", "--force", tag, doing="removing the test's image", check=False)
    assert rows[0]["digest"] == rows[1]["digest"] != row["digest"]
    assert {each["runtime"] for each in rows} == {"node-22-v5"}


def test_compose_runs_the_file(made, engine, tmp_path) -> None:
    """As written, with no variable: healthy by the gateway's own probe, one call, gone afterwards."""
    _folder, output, _row = made
    compose = Compose(engine, output / "compose.yaml", LABEL, tmp_path)
    compose.environment.pop("OPEN_RUNTIMES_SECRET", None)
    try:
        done = compose.run("up", "--detach", "--wait", "--pull", "never")
        assert done.returncode == 0, done.stderr
        container = Started(engine, compose.run("ps", "--quiet").stdout.strip(), {}, HEALTH)
        seen = call(container, "/?write=/tmp/x")
        assert (seen["uid"], seen["written"]) == (2001, "yes")
    finally:
        assert compose.run("down", "--timeout", "5").returncode == 0
