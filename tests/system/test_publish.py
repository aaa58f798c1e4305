"""`publish` against a real registry that fails: public tags are unchanged or complete, whatever happens."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import monorepo
import pytest
from faults import Answer
from realregistry import Proxy, running

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]
SECONDS = 240
CANARY = "canary-Pa55word/with=signs"


class Publisher:
    """Runs the command line in the small repository, against one namespace of the proxy's registry."""

    def __init__(self, folder: Path, proxy: Proxy) -> None:
        self.folder = folder
        self.proxy = proxy
        self.namespace = "unused"
        self.reference: dict[str, dict[str, str]] = {}
        """What a publication without faults makes public: the platforms' images of each tag."""
        self.all_blobs = 0
        """How many blobs such a publication sends."""

    @property
    def repository(self) -> str:
        """Where the image goes."""
        return f"{self.namespace}/{monorepo.IMAGE.partition(':')[0]}"

    def argv(self, *words: str) -> list[str]:
        """The command. Bases come from packages: no registry of official images can be reached in these tests."""
        where = ["--registry", f"{self.proxy.host}/{self.namespace}"]
        bases = ["--bases", "bootstrap", "--allow-bootstrapped-bases"]
        return [sys.executable, "-m", "runtimekit", "publish", *where, *bases, *words]

    def run(self, *words: str, given: str = "") -> tuple[int, str]:
        """Publish: exit code, and both streams as one text."""
        done = subprocess.run(
            self.argv(*words),
            cwd=self.folder,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout

    def tags(self) -> dict[str, dict[str, str]]:
        """What is public, asked past the proxy; that it is whole is checked on the way."""
        return self.proxy.registry.tags(self.repository)

    def record(self) -> dict:
        """The newest record."""
        newest = max((self.folder / "build/publish").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        return json.loads(newest.read_text())

    def sent(self) -> dict[str, int]:
        """What the last run has pushed."""
        return self.record()["images"][monorepo.NAME]["pushed"]


@pytest.fixture(scope="module")
def site(tmp_path_factory, engine) -> Iterator[Publisher]:
    """A repository that has been built, tested and published once, and a registry to publish to."""
    folder = tmp_path_factory.mktemp("monorepo")
    monorepo.make(folder, ROOT)
    with running(tmp_path_factory.mktemp("registry")) as registry, Proxy(registry) as proxy:
        made = Publisher(folder, proxy)
        made.namespace = "reference"
        status, output = made.run()
        assert status == 0, output
        made.reference, made.all_blobs = made.tags(), made.sent()["blobs uploaded"]
        yield made
    engine.docker("image", "rm", "--force", monorepo.IMAGE, doing="removing the test's image", check=False)


@pytest.fixture
def publisher(site, request) -> Iterator[Publisher]:
    """The same, with an empty namespace and no fault."""
    site.namespace = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")
    site.proxy.heal()
    site.proxy.login = ""
    yield site
    monorepo.git(site.folder, "checkout", "--quiet", "--force", "main")
    monorepo.git(site.folder, "clean", "--quiet", "--force")
    site.proxy.heal()


def test_what_is_published_is_what_was_tested(site) -> None:
    """Two tags of one index, of the platforms that are declared; the record says by which tests."""
    site.namespace = "reference"
    immutable, version = sorted(site.reference, key=len, reverse=True)
    assert version == monorepo.VERSION
    assert re.fullmatch(rf"{re.escape(version)}-[0-9a-f]{{12}}", immutable)
    assert site.reference[immutable] == site.reference[version]
    image = next(
        json.loads(path.read_text())["images"][monorepo.NAME]
        for path in sorted((site.folder / "build/publish").glob("*.json"))
    )
    assert site.reference[version] == {name: facts["digest"] for name, facts in image["platforms"].items()}
    assert sorted(site.reference[version]) == ["linux/amd64", "linux/arm64"]
    assert all(facts["tests"]["passed"] == 11 for facts in image["platforms"].values())
    assert len({json.dumps(facts["tests"]["images"]) for facts in image["platforms"].values()}) == 1


def test_each_platforms_image_has_its_attestation(site) -> None:
    """Bill of materials and provenance, beside it in the index."""
    site.namespace = "reference"
    rows = site.proxy.registry.index(site.repository, monorepo.VERSION)
    about = [each["annotations"]["vnd.docker.reference.digest"] for each in rows if "annotations" in each]
    assert sorted(about) == sorted(site.reference[monorepo.VERSION].values())


def test_the_foreign_platforms_image_runs(site, engine) -> None:
    """Pulled by its tag, as anybody would."""
    site.namespace = "reference"
    name = f"127.0.0.1:{site.proxy.registry.port}/{site.repository}:{monorepo.VERSION}"
    try:
        out = engine.docker("run", "--rm", "--platform", "linux/arm64", name, "uname", "-m", doing="running it")
    finally:
        engine.docker("image", "rm", "--force", name, doing="removing it", check=False)
    assert out.strip() == "aarch64"


def test_publishing_again_uploads_nothing_and_changes_nothing(site) -> None:
    """No request that writes."""
    site.namespace = "reference"
    site.proxy.heal()
    status, output = site.run()
    assert status == 0, output
    assert "unchanged" in output
    assert set(site.proxy.methods) == {"GET", "HEAD"}
    assert site.tags() == site.reference


@pytest.mark.parametrize(
    "faults",
    [
        [
            ("answer", {"method": "PUT", "path": "/uploads/", "times": 2, "answer": Answer(503)}),
            ("answer", {"method": "HEAD", "answer": Answer(429, {"Retry-After": "1"})}),
            ("answer", {"method": "PUT", "path": "/manifests/", "answer": Answer(500)}),
        ],
        [
            ("reset in the middle", {"method": "PUT", "path": "/uploads/", "times": 2}),
            ("lose", {"method": "PUT", "path": "/uploads/", "after": 4, "times": 2}),
            ("lose", {"method": "PUT", "path": "/manifests/"}),
            ("truncate", {"method": "GET", "path": "/blobs/"}),
            ("slow", {"method": "POST", "seconds": 1}),
        ],
    ],
    ids=["statuses", "connections"],
)
def test_faults_that_pass_end_green(publisher, faults: list[tuple[str, dict]]) -> None:
    """The same images as without any; what was met stands in the record."""
    for how, what in faults:
        publisher.proxy.fail(how, **what)
    status, output = publisher.run()
    assert status == 0, output
    assert publisher.tags() == publisher.reference
    retries = publisher.record()["retries"]
    assert retries.get("server_error") == 3 if "rate_limited" in retries else retries["connection"] >= 4


@pytest.mark.parametrize(
    ("how", "what", "code", "words"),
    [
        ("answer", {"method": "PUT", "path": "/uploads/", "answer": Answer(502)}, 75, "server_error"),
        ("answer", {"method": "POST", "answer": Answer(429, {"Retry-After": "999"})}, 75, "rate_limited"),
        ("spoil", {"method": "PUT", "path": "/uploads/"}, 1, "DIGEST_INVALID"),
        ("corrupt", {"method": "GET", "path": "/blobs/", "after": 3}, 1, "No tag was moved"),
        ("answer", {"method": "GET", "path": "/blobs/", "after": 3, "answer": Answer(404)}, 1, "answered 404"),
    ],
    ids=["502", "429", "spoiled", "other-bytes", "lost-blob"],
)
def test_a_fault_that_stays_moves_no_tag(site, how: str, what: dict, code: int, words: str) -> None:
    """The exit code and the words say which.

    All are in one repository, those first that keep blobs out: the next test publishes there after them.
    """
    site.namespace = "faulty"
    site.proxy.heal()
    site.proxy.fail(how, times=999, **what)
    status, output = site.run()
    assert status == code, output
    assert words in output
    assert site.tags() == {}
    assert site.record()["result"] == "failed"


def test_after_faults_publishing_ends_as_if_nothing_had_been(site) -> None:
    """The same images."""
    site.namespace = "faulty"
    site.proxy.heal()
    status, output = site.run()
    assert status == 0, output
    assert site.tags() == site.reference


def test_a_registry_that_is_away_is_noticed_before_anything_is_done(publisher) -> None:
    """Within half a minute, with exit code 75."""
    publisher.proxy.fail("reset", times=999)
    began = time.monotonic()
    status, output = publisher.run()
    assert status == 75, output
    assert time.monotonic() - began < 30
    assert "(connection)" in output


@pytest.mark.parametrize(
    ("path", "after"), [("/uploads/", 3), (r"/manifests/99\.[0-9]+$", 0)], ids=["while-pushing", "between-tags"]
)
def test_a_run_that_is_killed_is_taken_up_by_the_next(publisher, path: str, after: int) -> None:
    """SIGKILL at two checkpoints: every tag is whole, and what was pushed is not pushed again."""
    publisher.proxy.fail("hang", method="PUT", path=path, after=after, times=999, seconds=60)
    process = subprocess.Popen(
        publisher.argv(), cwd=publisher.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    end = time.monotonic() + 60
    while publisher.proxy.counted("PUT", path) <= after:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "the checkpoint was not reached"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert all(publisher.reference[tag] == images for tag, images in publisher.tags().items())
    assert monorepo.VERSION not in publisher.tags()
    assert publisher.record()["result"] == "running"
    publisher.proxy.heal()
    status, output = publisher.run()
    assert status == 0, output
    assert publisher.tags() == publisher.reference
    assert publisher.sent().get("blobs uploaded", 0) <= publisher.all_blobs - 3
    assert not list((publisher.folder / "build/publish/saved").glob("*"))


def test_ctrl_c_ends_it_soon_with_130(publisher) -> None:
    """In the middle of a push: nothing is left on disk, no tag is moved."""
    publisher.proxy.fail("hang", method="PUT", path="/uploads/", times=999, seconds=3)
    process = subprocess.Popen(
        publisher.argv(),
        cwd=publisher.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads yet
    )
    end = time.monotonic() + 60
    while not publisher.proxy.counted("PUT", "/uploads/"):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "nothing was pushed"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    assert publisher.tags() == {}
    assert publisher.record()["result"] == "interrupted"
    assert not list((publisher.folder / "build/publish/saved").glob("*"))


def test_in_parts_the_same_index_comes_out(publisher) -> None:
    """A file for each platform; a missing one is an error, and so is another commit's."""
    files = {name: f"build/{name}.json" for name in ("amd64", "arm64")}
    for name, file in files.items():
        status, output = publisher.run("--platform", f"linux/{name}", "--digests", file)
        assert status == 0, output
    assert publisher.tags() == {}
    status, output = publisher.run("--merge", files["amd64"])
    assert status == 5, output
    assert "linux/arm64 is missing" in output
    merge = [word for file in files.values() for word in ("--merge", file)]
    (publisher.folder / "runtimes" / monorepo.NAME / "README.md").write_text("# Another text\n")
    monorepo.git(publisher.folder, "checkout", "--quiet", "-b", publisher.namespace)
    monorepo.commit(publisher.folder)
    status, output = publisher.run(*merge)
    assert status == 5, output
    assert "is of commit" in output
    monorepo.git(publisher.folder, "checkout", "--quiet", "main")
    assert publisher.tags() == {}
    status, output = publisher.run(*merge)
    assert status == 0, output
    assert publisher.tags() == publisher.reference


def test_a_failing_test_keeps_an_image_from_the_public(publisher) -> None:
    """Nothing of it is pushed; --skip-tests with a reason is the way out, and stands in the record."""
    monorepo.git(publisher.folder, "checkout", "--quiet", "-b", publisher.namespace)
    dockerfile = publisher.folder / "runtimes" / monorepo.NAME / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace("EXPOSE 3000", "EXPOSE 3001"))
    monorepo.commit(publisher.folder)
    status, output = publisher.run()
    assert status == 5, output
    assert "the suite of" in output
    assert publisher.proxy.counted("PUT") == 0
    status, output = publisher.run("--skip-tests", "--because", "a test wants it")
    assert status == 0, output
    assert "TESTS ARE SKIPPED" in output
    platforms = publisher.record()["images"][monorepo.NAME]["platforms"].values()
    assert [facts["tests"] for facts in platforms] == [{"skipped": "a test wants it"}] * 2


def test_a_tag_that_must_not_move_does_not(publisher) -> None:
    """The immutable tag stands for something else: refused, and the version's tag is not made."""
    publisher.run("--platform", "linux/amd64", "--digests", "build/one.json")
    part = json.loads((publisher.folder / "build/one.json").read_text())["images"][0]
    immutable = max(publisher.reference, key=len)
    index = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json"}
    body = json.dumps({**index, "manifests": [part["manifest"]]}).encode()
    publisher.proxy.heal()
    path = f"/v2/{publisher.repository}/manifests/{immutable}"
    assert publisher.proxy.registry.ask("PUT", path, {"Content-Type": index["mediaType"]}, body).status == 201
    before = publisher.tags()
    status, output = publisher.run()
    assert status == 5, output
    assert publisher.tags() == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--dry-run",), 5, "the tree has changes"),
        ((), 5, "the tree has changes"),
    ],
)
def test_a_dirty_tree_is_refused(publisher, words: tuple[str, ...], code: int, says: str) -> None:
    """A dry run shows its steps first."""
    (publisher.folder / "notes.txt").write_text("not committed")
    status, output = publisher.run(*words)
    assert status == code
    assert says in output
    assert "notes.txt" in output
    assert publisher.proxy.seen == []


def test_bases_from_packages_are_refused_without_the_loud_flag(publisher) -> None:
    """With the way out."""
    argv = [word for word in publisher.argv() if word != "--allow-bootstrapped-bases"]
    done = subprocess.run(argv, cwd=publisher.folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 5
    assert "--allow-bootstrapped-bases" in done.stderr
    assert publisher.proxy.seen == []


def test_a_password_is_found_nowhere(publisher) -> None:
    """Not on the screen, not in a record or log, although the registry repeats it in its errors."""
    publisher.proxy.login = f"canary:{CANARY}"
    words = ("--username", "canary", "--password-stdin")
    said = f"wrong: canary:{CANARY} and Basic Y2FuYXJ5OmNhbmFyeS1QYTU1d29yZC93aXRoPXNpZ25z".encode()
    publisher.proxy.fail("answer", method="PUT", times=99, answer=Answer(400, {}, said))
    status, failed = publisher.run(*words, given=f"{CANARY}\n")
    assert status == 1, failed
    assert "[redacted]" in failed
    publisher.proxy.heal()
    status, output = publisher.run(*words, given=f"{CANARY}\n")
    assert status == 0, output
    publisher.proxy.login = "canary:another"
    status, refused = publisher.run(*words, given=f"{CANARY}\n")
    assert status == 5, refused
    forms = (CANARY, "Y2FuYXJ5OmNhbmFyeS1QYTU1d29yZC93aXRoPXNpZ25z", "canary-Pa55word")
    written = [path for path in (publisher.folder / "build").rglob("*") if path.is_file()]
    assert written
    for form in forms:
        assert form not in failed + output + refused
        assert [path for path in written if form.encode() in path.read_bytes()] == []
