"""`./dev bundle`, as a user has it: one image, run by plain docker and by compose, its requests counted."""

from __future__ import annotations

import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import bundled
import pytest
from bundled import Compose, Started
from prometheus_client.parser import text_string_to_metric_families
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

pytestmark = pytest.mark.needs_docker

TAG = f"runtimekit-bundle-test-{os.getpid()}:1"
"""No name that anybody uses, nor another run of these tests: the engine is shared."""
LABEL = TAG.partition(":")[0]
KEY = "a key of this test"
HEADERS = {"x-internal-challenge": KEY}
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


def started(engine, *options: str) -> AbstractContextManager[Started]:
    """Run the bundle with the key."""
    return bundled.started(engine, TAG, "--env", f"INTERNAL_RUNTIME_KEY={KEY}", *options, headers=HEADERS)


def call(container: Started, **payload: Any) -> dict:
    """Call the function, which must answer."""
    status, _headers, body = container.ask("POST", "/", json.dumps({"payload": json.dumps(payload)}).encode())
    assert status == 200, body
    return json.loads(body)


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
        assert call(container, write="/usr/code/index.js") == {"said": "hello", "uid": 4242, "written": "EROFS"}
        with ThreadPoolExecutor(CLIENTS) as pool:
            assert all(
                each["said"] == "hello" for each in pool.map(lambda _n: call(container, wait=5), range(REQUESTS))
            )
        _status, headers, _body = container.ask("POST", "/", b'{"payload": ', x_request_id="broken-1")
        assert headers["x-request-id"] == "broken-1"

        families = numbers(container)
        assert families["runtime_requests"] >= {("answered", "2xx", REQUESTS + 1), ("refused", "4xx", 1)}
        assert families["runtime_request_seconds_count"] == {(REQUESTS + 1,)}
        lines = [json.loads(line) for line in container.logs().splitlines()]
        assert len([line for line in lines if line["msg"] == "request"]) == REQUESTS + 2
        assert next(line for line in lines if line.get("request_id") == "broken-1")["result"] == "refused"

        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(call, container, wait=1000)
            while ("busy", 1) not in numbers(container)["runtime_workers"]:
                assert not late.done()
            ended = container.end()
            assert late.result()["said"] == "hello", "SIGTERM lost a request that was running (T3)"
        assert ended == ("0", "false")


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


def test_compose_runs_the_file(made, engine, tmp_path) -> None:
    """As written: healthy by the gateway's own probe, one call, gone afterwards; without a key it says so."""
    _folder, output, _row = made
    compose = Compose(engine, output / "compose.yaml", LABEL, tmp_path)
    compose.environment.pop("INTERNAL_RUNTIME_KEY", None)
    refused = compose.run("up", "--detach")
    assert refused.returncode != 0
    assert "INTERNAL_RUNTIME_KEY" in refused.stderr
    try:
        done = compose.run("up", "--detach", "--wait", "--pull", "never", INTERNAL_RUNTIME_KEY=KEY)
        assert done.returncode == 0, done.stderr
        identifier = compose.run("ps", "--quiet", INTERNAL_RUNTIME_KEY=KEY).stdout.strip()
        container = Started(engine, identifier, HEADERS, "/healthz")
        assert call(container, write="/tmp/x") == {"said": "hello", "uid": 2001, "written": "yes"}
        assert re.search(r"^gateway: listening on", container.logs(), re.MULTILINE)
    finally:
        assert compose.run("down", "--timeout", "5", INTERNAL_RUNTIME_KEY=KEY).returncode == 0
