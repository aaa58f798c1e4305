"""The supply chain against a real engine and a real registry on loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit.debian import packages
from runtimekit.images import labels
from runtimekit.supply_chain import attestations, describe, provenance, spdx
from runtimekit.support.home import home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
RUNTIME = "alpine-3.22"

PLATFORMS = """
[project]
title = "Small"
source = "https://example.org/small"
licenses = "MIT"

[platforms.amd64]
docker = "linux/amd64"
runner = "ours"

[platforms.arm64]
docker = "linux/arm64"
runner = "ours-arm"

[run-images."alpine-3.22"]
name = "Small"
"""


class Registry:
    """Debian's docker-registry, unpacked and started by us."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = f"127.0.0.1:{free.getsockname()[1]}"
        area = packages.HostArea(home() / "apt" / packages.host_release().codename)
        packages.unpack(area.fetch(["docker-registry"], folder / "debs"), folder / "root")
        settings = {
            "version": "0.1",
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(folder / "store")}},
            "http": {"addr": self.host},
        }
        (folder / "settings.yml").write_text(json.dumps(settings))
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        argv = [str(self.folder / "root/usr/bin/docker-registry"), "serve", str(self.folder / "settings.yml")]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self.host.rpartition(":")[2]))) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the registry did not start within 20 s")

    def stop(self) -> None:
        """End it; nothing happens when it has ended."""
        self.process.terminate()
        self.process.wait(10)

    def request(self, method: str, path: str, data: bytes = b"", media_type: str = "") -> dict[str, str]:
        """Send a request, and return the answer's headers."""
        url = path if path.startswith("http") else f"http://{self.host}/v2/{path}"
        headers = {"Content-Type": media_type or "application/octet-stream", "Accept": "*/*"}
        sent = urllib.request.Request(url, data=data or None, method=method, headers=headers)
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return dict(answer.headers)

    def push(self, name: str, blob: attestations.Blob) -> None:
        """Push a blob."""
        where = self.request("POST", f"{name}/blobs/uploads/")["Location"]
        self.request("PUT", f"{where}&digest={blob.digest}", blob.data)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry of its own for one test."""
    started = Registry(tmp_path)
    yield started
    started.stop()


@pytest.fixture
def image(engine, tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Pushes an image that holds a text to a reference."""
    pushed = []

    def push(reference: str, text: str) -> None:
        (tmp_path / "image").mkdir(exist_ok=True)
        (tmp_path / "image/Dockerfile").write_text("FROM scratch\nCOPY text /\n")
        (tmp_path / "image/text").write_text(text)
        words = ("buildx", "build", "--provenance=false", "--load", "--tag", reference, str(tmp_path / "image"))
        engine.docker(*words, doing="building a test image")
        pushed.append(reference)
        engine.docker("push", reference, doing="pushing a test image")

    yield push
    for reference in pushed:
        engine.docker("image", "rm", reference, doing="removing a test image", check=False)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository with one run image, which needs no gateway; git's only commit is of 2024."""
    root = tmp_path / "small"
    folder = root / "runtimes" / RUNTIME
    folder.mkdir(parents=True)
    (root / "platforms.toml").write_text(PLATFORMS)
    shutil.copy(ROOT / "tasks.py", root)
    (folder / "Dockerfile").write_text("FROM alpine:3.22\nCOPY --from=common --chmod=755 . /usr/local/src/\n")
    (folder / "README.md").write_text("# Small\n")
    (root / "gateway").mkdir()
    shutil.copy(ROOT / "gateway/Dockerfile", root / "gateway")
    for name in ("adapters/common", "bases"):
        shutil.copytree(ROOT / name, root / name)
    when = "2024-01-01T00:00:00Z"
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "all"]):
        environment = os.environ | {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        subprocess.run(["git", *words], cwd=root, check=True, env=environment)
    return root


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    """A task: exit code, results, and what was said."""
    argv = [sys.executable, "-m", "runtimekit", *words]
    answer = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=500, check=False)
    return answer.returncode, answer.stdout, answer.stderr


@pytest.mark.usefixtures("engine")
def test_two_clones_make_the_same_image(small: Path, tmp_path: Path) -> None:
    """Whenever they were made, with whatever umask, and whatever tools have left in them."""
    other = tmp_path / "other"
    shutil.copytree(small, other)
    for path in (other / "adapters/common").rglob("*"):
        path.chmod(0o600 if path.is_file() else 0o700)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    for script in (other / "adapters/common").glob("*.sh"):
        executable = (small / "adapters/common" / script.name).stat().st_mode & 0o100
        script.chmod(0o600 | executable)
    (other / "adapters/common/__pycache__").mkdir()
    (other / "adapters/common/__pycache__/x.pyc").write_text("x")
    digests = set()
    for root in (small, other):
        status, results, said = run(root, "reproduce", "--json")
        assert status == 0, said
        (row,) = json.loads(results)
        assert row["differences"] == []
        digests |= set(row["digests"])
        assert not list((root / "build/reproduce").iterdir())
    assert len(digests) == 1


@pytest.mark.usefixtures("engine")
def test_what_is_not_reproducible_is_named(small: Path) -> None:
    """File, layer and what about it; times are not among it, as they are rewritten."""
    dockerfile = small / "runtimes" / RUNTIME / "Dockerfile"
    random = "RUN head -c 9 /dev/urandom >/etc/random && touch /etc/late && chmod 7$(($(date +%s) % 2))0 /etc/late"
    dockerfile.write_text(f"{dockerfile.read_text()}{random}\n")
    status, results, said = run(small, "reproduce", "--json")
    assert status == 1, said
    differences = json.loads(results)[0]["differences"]
    (content,) = [each for each in differences if each["name"] == "etc/random"]
    assert content["what"].startswith("content ")
    assert "RUN /bin/sh -c head -c 9 /dev/urandom" in content["where"]
    assert {each["name"] for each in differences} <= {"etc/random", "etc/late"}
    assert f"{RUNTIME} linux/" in said


def test_pins_and_audits_follow_the_registry(small: Path, registry: Registry, image) -> None:
    """Unpinned, pinned, behind, renewed; and a registry that is gone is not taken for one that agrees."""
    tag = f"{registry.host}/base:1"
    dockerfile = small / "runtimes" / RUNTIME / "Dockerfile"
    dockerfile.write_text(f"# The base\nFROM {tag}\n")
    (small / "lifetimes.toml").write_text(
        'checked = 2026-11-01\n[alpine]\nsource = "https://example.org"\n"3.22" = "maintained"\n'
    )
    image(tag, "first")
    only = ("--only", RUNTIME)
    assert run(small, "audit", *only)[0] == 0
    status, _, said = run(small, "pin", *only, "--check")
    assert (status, "has no digest" in said) == (1, True)

    assert run(small, "pin", *only)[:2] == (0, f"runtimes/{RUNTIME}/Dockerfile\n")
    first = dockerfile.read_text()
    assert first.startswith(f"# The base\nFROM {tag}@sha256:")
    assert run(small, "pin", *only, "--check")[0] == 0
    assert run(small, "pin", *only)[:2] == (0, "")

    image(tag, "second")
    status, table, said = run(small, "audit", *only)
    assert (status, "due" in table, f"to do: {tag}" in said) == (1, True, True)
    assert run(small, "pin", *only)[0] == 0
    assert dockerfile.read_text() != first

    registry.stop()
    before = dockerfile.read_text()
    status, table, said = run(small, "audit", *only)
    assert (status, "unknown" in table) == (75, True)
    assert run(small, "pin", *only)[0] == 75
    assert dockerfile.read_text() == before


def test_buildx_reads_our_attestations(engine, registry: Registry, image) -> None:
    """Pushed beside an image, they are what buildx shows as its bill of materials and its provenance."""
    reference = f"{registry.host}/attested:1"
    image(reference, "attested")
    (media_type, digest) = _manifest(registry, "attested/manifests/1")
    described = spdx.Described(
        name=reference, platform="linux/amd64", digest=digest, created="2026-01-01T00:00:00Z", source="https://s"
    )
    origin = provenance.Origin(
        runtime="x-1",
        platform="linux/amd64",
        dockerfile="Dockerfile",
        source="https://s",
        commit="c0ffee",
        fingerprint="f",
        inputs={"bases": {}},
        epoch=0,
        builder="https://s#local",
    )
    predicates = {
        spdx.PREDICATE_TYPE: spdx.document(described, (), "t"),
        provenance.PREDICATE_TYPE: provenance.predicate(origin),
    }
    statements = [attestations.statement(reference, digest, kind, what) for kind, what in predicates.items()]
    made = attestations.attestation(digest, statements)
    for blob in made.blobs:
        registry.push("attested", blob)
    registry.request("PUT", f"attested/manifests/{made.manifest.digest}", made.manifest.data, made.manifest.media_type)
    size = len(urllib.request.urlopen(_accepting(registry, "attested/manifests/1"), timeout=10).read())
    platform = {"os": "linux", "architecture": "amd64"}
    rows = [{"mediaType": media_type, "digest": digest, "size": size, "platform": platform}, made.descriptor]
    kind = "application/vnd.oci.image.index.v1+json"
    index = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": rows}).encode()
    registry.request("PUT", "attested/manifests/2", index, kind)

    def shown(what: str) -> str:
        words = ("buildx", "imagetools", "inspect", f"{registry.host}/attested:2", "--format", f"{{{{json .{what}}}}}")
        return engine.docker(*words, doing="reading attestations")

    assert json.loads(shown("SBOM"))["SPDX"]["spdxVersion"] == "SPDX-2.3"
    assert "attestation-manifest" in shown("Manifest")


def _accepting(registry: Registry, path: str) -> urllib.request.Request:
    kinds = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
    return urllib.request.Request(f"http://{registry.host}/v2/{path}", headers={"Accept": kinds})


def _manifest(registry: Registry, path: str) -> tuple[str, str]:
    with urllib.request.urlopen(_accepting(registry, path), timeout=10) as answer:
        return answer.headers["Content-Type"], answer.headers["Docker-Content-Digest"]


def test_a_bill_of_materials_lists_what_the_image_itself_lists(engine, cli, tmp_path: Path) -> None:
    """The same packages and versions as dpkg says inside, and the same bytes each time."""
    status, said = cli.run("build", "--local", "--only", "python-3.10")
    assert status == 0, said
    texts = []
    for folder in ("one", "two"):
        status, said = cli.run("sbom", "--only", "python-3.10", "--output", str(tmp_path / folder))
        assert status == 0, said
        (file,) = (tmp_path / folder).iterdir()
        texts.append(file.read_text())
    assert texts[0] == texts[1]
    rows = json.loads(texts[0])["packages"]
    listed = {(row["name"], row["versionInfo"]) for row in rows if row["SPDXID"].startswith("SPDXRef-deb-")}
    words = ("run", "--rm", "--entrypoint", "dpkg-query", "python-runtime:3.10", "-W", "-f", "${Package} ${Version}\n")
    inside = engine.docker(*words, doing="asking dpkg inside")
    assert listed == {tuple(line.split(" ", 1)) for line in inside.splitlines()}
    names = {row["name"] for row in rows}
    assert {"pip", "python", "stdlib", "runtimekit-gateway", "runtimekit-adapter-python"} <= names
    assert not engine.docker("ps", "--all", "--quiet", "--filter", "name=runtimekit-contents", doing="looking").strip()


def test_an_attestation_is_about_the_image_as_it_was_built(engine, runtimes, cli) -> None:
    """Its provenance has the fingerprint that the image bears, and the commit that made it."""
    status, said = cli.run("build", "--local", "--only", RUNTIME)
    assert status == 0, said
    runtime = runtimes.get(RUNTIME)
    image = engine.images([runtime.build_image])[runtime.build_image]
    for platform, fingerprint in labels.recorded_fingerprints(image).items():
        made = describe.attest(engine, runtime, platform, name="acme/alpine", digest=image.id)
        assert made == describe.attest(engine, runtime, platform, name="acme/alpine", digest=image.id)
        said_by = {json.loads(blob.data).get("predicateType"): json.loads(blob.data) for blob in made.blobs}
        definition = said_by[provenance.PREDICATE_TYPE]["predicate"]["buildDefinition"]
        assert definition["internalParameters"]["fingerprint"] == fingerprint
        commit = image.labels["org.opencontainers.image.revision"]
        assert definition["resolvedDependencies"][0]["digest"] == {"gitCommit": commit}
        assert said_by[spdx.PREDICATE_TYPE]["subject"][0]["digest"] == {"sha256": image.id.removeprefix("sha256:")}


@pytest.mark.usefixtures("engine")
def test_an_image_that_is_not_there_is_named_with_the_way_to_have_it(small: Path) -> None:
    """Not a traceback, and nothing is pulled."""
    platforms = small / "platforms.toml"
    platforms.write_text(platforms.read_text().replace("3.22", "3.999"))
    (small / "runtimes" / RUNTIME).rename(small / "runtimes/alpine-3.999")
    status, _, said = run(small, "sbom")
    assert status == 1
    assert "./dev build alpine-3.999 --platform linux/" in said
