"""`./dev bundle`, as a user has it: one image, run by plain docker and by compose, its requests counted."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from runtimekit.debian import packages
from runtimekit.support.home import home, locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.needs_docker

TAG = f"runtimekit-bundle-test-{os.getpid()}:1"
"""No name that anybody uses, nor another run of these tests: the engine is shared."""
LABEL = TAG.partition(":")[0]
KEY = "a key of this test"
REQUESTS, CLIENTS = 300, 16
FUNCTION = """\
const { greeting } = require("./lib/greeting");
const fs = require("fs");
module.exports = async (req, res) => {
  const { wait = 0, write = "" } = JSON.parse(req.payload || "{}");
  await new Promise((done) => setTimeout(done, wait));
  let written = "";
  try { if (write) { fs.writeFileSync(write, "x"); written = "yes"; } } catch (error) { written = error.code; }
  res.json({ said: greeting, uid: process.getuid(), written });
};
"""


class Started:
    """A container that plain docker runs."""

    def __init__(self, engine, identifier: str) -> None:
        self.engine = engine
        self.id = identifier
        where = engine.docker("port", identifier, "3000", doing="asking for the port").split()[0]
        self.host, _, port = where.rpartition(":")
        self.port = int(port)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict, bytes]:
        """One request over a connection of its own: status, headers, body."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"x-internal-challenge": KEY} | names)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def call(self, **payload: Any) -> dict:
        """Call the function, which must answer."""
        status, _headers, body = self.ask("POST", "/", json.dumps({"payload": json.dumps(payload)}).encode())
        assert status == 200, body
        return json.loads(body)

    def wait_ready(self) -> None:
        """Until it says that it is healthy."""
        end = time.monotonic() + 30
        while True:
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            assert time.monotonic() < end, self.logs()
            time.sleep(0.02)  # no event tells; a deadline bounds it

    def logs(self) -> str:
        """Both streams."""
        argv = [*self.engine.command, "logs", self.id]
        return subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


@contextmanager
def started(engine, *options: str) -> Iterator[Started]:
    """Run the bundle as anybody would: nothing is mounted."""
    words = [
        "--detach",
        "--pull",
        "never",
        "--env",
        f"INTERNAL_RUNTIME_KEY={KEY}",
        "--publish",
        "127.0.0.1:0:3000",
        *options,
    ]
    identifier = engine.docker("run", *words, TAG, doing="running the bundle").strip()
    try:
        made = Started(engine, identifier)
        made.wait_ready()
        yield made
    finally:
        engine.docker("rm", "--force", identifier, doing="removing the bundle's container", check=False)


@pytest.fixture(scope="module")
def made(cli, engine, tmp_path_factory) -> Iterator[tuple[Path, Path, dict]]:
    """The function's folder, the folder of what was written, and what the task said."""
    folder, output = tmp_path_factory.mktemp("function"), tmp_path_factory.mktemp("written")
    (folder / "lib").mkdir()
    (folder / "lib/greeting.js").write_text('exports.greeting = "hello";\n')
    (folder / "index.js").write_text(FUNCTION)
    kinds = [word for kind in ("knative", "kubernetes", "compose") for word in ("--manifest", kind)]
    words = ["bundle", str(folder), "--tag", TAG, "--runtime", "node-22", "--output", str(output), "--sbom", "--json"]
    status, text = cli.run(*words, *kinds)
    assert status == 0, text
    yield folder, output, json.loads(text[text.index("\n{") :])
    engine.docker("image", "rm", "--force", TAG, doing="removing the test's image", check=False)


@pytest.mark.usefixtures("made")
def test_it_runs_read_only_as_anybody_under_load_and_ends_in_order(engine) -> None:
    """Nothing is mounted, not even /tmp; the numbers that Prometheus reads are those of the requests."""
    confined = ["--read-only", "--user", "4242:4243", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    limits = ["--memory", "256m", "--pids-limit", "128"]
    operated = ["--env", "RUNTIME_METRICS=1", "--env", "RUNTIME_LOG=json"]
    with started(engine, *confined, *limits, *operated) as container:
        assert container.call(write="/usr/code/index.js") == {"said": "hello", "uid": 4242, "written": "EROFS"}
        with ThreadPoolExecutor(CLIENTS) as pool:
            assert all(each["said"] == "hello" for each in pool.map(lambda _n: container.call(wait=5), range(REQUESTS)))
        _status, headers, _body = container.ask("POST", "/", b'{"payload": ', x_request_id="broken-1")
        assert headers["x-request-id"] == "broken-1"

        families = numbers(container)
        assert families["runtime_requests"] >= {("answered", "2xx", REQUESTS + 1), ("refused", "4xx", 1)}
        assert families["runtime_request_seconds_count"] == {(REQUESTS + 1,)}
        lines = [json.loads(line) for line in container.logs().splitlines()]
        assert len([line for line in lines if line["msg"] == "request"]) == REQUESTS + 2
        assert next(line for line in lines if line.get("request_id") == "broken-1")["result"] == "refused"

        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(container.call, wait=1000)
            while ("busy", 1) not in numbers(container)["runtime_workers"]:
                assert not late.done()
            engine.docker("stop", container.id, doing="stopping the bundle")
            assert late.result()["said"] == "hello", "SIGTERM lost a request that was running (T3)"
        form = "{{.State.ExitCode}} {{.State.OOMKilled}}"
        assert engine.docker("inspect", "--format", form, container.id, doing="asking how it ended").split() == [
            "0",
            "false",
        ]


def numbers(container: Started) -> dict[str, set[tuple]]:
    """A scrape, as Prometheus' own library reads it: name → the values of its labels, and the number."""
    status, headers, body = container.ask("GET", "/__runtime/metrics")
    assert status == 200
    assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[str, set[tuple]] = {}
    for family in text_string_to_metric_families(body.decode()):
        assert family.documentation, family.name
        assert family.type in {"counter", "gauge", "histogram"}, family.name
        for sample in family.samples:
            name = family.name if family.type == "counter" else sample.name
            found.setdefault(name, set()).add((*sample.labels.values(), sample.value))
        if family.type == "histogram":
            buckets = [each.value for each in family.samples if each.name.endswith("_bucket")]
            assert buckets == sorted(buckets), "a histogram's buckets count what is below them, too"
    return found


def test_its_layers_are_the_runtimes_and_one_more(made, engine) -> None:
    """Byte for byte: the tested image is below."""

    def layers(image: str) -> list[str]:
        form = "{{json .RootFS.Layers}}"
        return list(json.loads(engine.docker("image", "inspect", "--format", form, image, doing="reading layers")))

    *below, top = layers(TAG)
    assert below == layers("node-runtime:22")
    assert top == made[2]["layer"]
    labels = engine.images([TAG])[TAG].labels
    assert labels["org.opencontainers.image.base.name"] == "node-runtime:22"
    assert labels["org.opencontainers.image.base.digest"] == made[2]["runtime_digest"]


def test_making_it_again_gives_the_same_digest(made, cli, tmp_path) -> None:
    """From another folder, with other times, and nothing kept."""
    folder, _output, row = made
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    words = ["--tag", TAG, "--runtime", "node-22", "--output", str(tmp_path / "out"), "--no-cache", "--json"]
    status, text = cli.run("bundle", str(copy), *words)
    assert status == 0, text
    assert json.loads(text[text.index("\n{") :])["digest"] == row["digest"]


def test_what_is_written_beside_it(made) -> None:
    """SPDX that its own validator accepts, with the function's base; provenance; a record."""
    _folder, output, row = made
    assert json.loads((output / "bundle.json").read_text())["digest"] == row["digest"]
    provenance = json.loads((output / "provenance.json").read_text())
    assert provenance["buildDefinition"]["internalParameters"]["layer"] == row["layer"]
    document = json.loads((output / f"{LABEL}.spdx.json").read_text())
    assert not validate_full_spdx_document(JsonLikeDictParser().parse(document))
    base = next(each for each in document["packages"] if each["SPDXID"] == "SPDXRef-Base")
    assert (base["name"], base["versionInfo"]) == ("node-runtime", "22")


def compose_program() -> list[str]:
    """Compose: docker's plugin if there is one, else Debian 13's, unpacked into our home, once."""
    theirs = ["docker", "compose"]
    if (
        shutil.which("docker")
        and subprocess.run([*theirs, "version"], check=False, capture_output=True).returncode == 0
    ):
        return theirs
    root = home() / "docker-compose"
    with locked("docker-compose"):
        if not (root / "ready").exists():
            packages.unpack(
                packages.Area(home() / "apt/trixie", "trixie").fetch(["docker-compose"], root / "debs"), root
            )
            (root / "ready").touch()
    return [str(root / "usr/libexec/docker/cli-plugins/docker-compose")]


def test_compose_runs_the_file(made, engine, tmp_path) -> None:
    """As written: healthy by the gateway's own probe, one call, gone afterwards; without a key it says so."""
    _folder, output, _row = made
    argv = [*compose_program(), "--file", str(output / "compose.yaml"), "--project-name", LABEL]
    reached = {"DOCKER_HOST": engine.location.host} if engine.location.host else {}
    environment = os.environ | reached | {"DOCKER_CONFIG": str(tmp_path), "PUBLISHED_PORT": "0"}
    environment.pop("INTERNAL_RUNTIME_KEY", None)

    def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*argv, *words], env=environment | more, capture_output=True, text=True, timeout=120, check=False
        )

    refused = run("up", "--detach")
    assert refused.returncode != 0
    assert "INTERNAL_RUNTIME_KEY" in refused.stderr
    try:
        done = run("up", "--detach", "--wait", "--pull", "never", INTERNAL_RUNTIME_KEY=KEY)
        assert done.returncode == 0, done.stderr
        identifier = run("ps", "--quiet", INTERNAL_RUNTIME_KEY=KEY).stdout.strip()
        container = Started(engine, identifier)
        assert container.call(write="/tmp/x") == {"said": "hello", "uid": 2001, "written": "yes"}
        assert re.search(r"^gateway: listening on", container.logs(), re.MULTILINE)
    finally:
        assert run("down", "--timeout", "5", INTERNAL_RUNTIME_KEY=KEY).returncode == 0
