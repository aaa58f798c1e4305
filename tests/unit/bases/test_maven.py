"""Files come from Maven's central repository or the user's mirror, and must match the pinned hash."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from runtimekit.bases import maven
from runtimekit.errors import CommandError
from runtimekit.support import retry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JAR = b"a jar"
PINNED = hashlib.sha256(JAR).hexdigest()
SETTINGS = """<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0"><mirrors><mirror>
<id>company</id><mirrorOf>{stands_for}</mirrorOf><url> http://mirror.test/maven/ </url></mirror></mirrors></settings>"""


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A repository on the loopback address. The list holds the status codes of its next failures."""
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = statuses.pop(0) if statuses else 200
            good = self.path == "/org/example/tool/1.0/tool-1.0-linux-x86_64.jar"
            self.send_response(status if good else 404)
            self.send_header("Content-Length", str(len(JAR)))
            self.end_headers()
            self.wfile.write(JAR)

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(maven, "_repository", lambda: f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(retry, "PAUSES_SECONDS", (0.01, 0.01, 0.01))
    yield statuses
    server.shutdown()
    server.server_close()


def test_a_file_is_fetched_once_a_passing_fault_is_over(repository: list[int], tmp_path: Path) -> None:
    """503 twice, then the file."""
    repository += [503, 503]
    maven.fetch("org.example:tool", "1.0", "linux-x86_64", PINNED, tmp_path / "tool.jar")
    assert (tmp_path / "tool.jar").read_bytes() == JAR


@pytest.mark.usefixtures("repository")
def test_other_bytes_than_were_pinned_are_refused(tmp_path: Path) -> None:
    """The file is removed."""
    with pytest.raises(CommandError, match="pinned is 00"):
        maven.fetch("org.example:tool", "1.0", "linux-x86_64", "00", tmp_path / "tool.jar")
    assert not (tmp_path / "tool.jar").exists()


def test_a_refusal_names_the_artifact(repository: list[int], tmp_path: Path) -> None:
    """The error names the URL and the status."""
    repository += [404] * 4
    with pytest.raises(CommandError, match=r"(?s)org\.example:tool:1\.0.*404"):
        maven.fetch("org.example:tool", "1.0", "linux-x86_64", PINNED, tmp_path / "tool.jar")


@pytest.mark.parametrize(
    ("stands_for", "used"),
    [
        ("central", "http://mirror.test/maven"),
        ("*", "http://mirror.test/maven"),
        ("external:*", "http://mirror.test/maven"),
        ("*, !central", None),
        ("other", None),
    ],
)
def test_the_users_mirror_of_the_central_repository_is_used(tmp_path: Path, stands_for: str, used: str | None) -> None:
    """As Maven itself reads settings.xml."""
    (tmp_path / "settings.xml").write_text(SETTINGS.format(stands_for=stands_for))
    assert maven._mirror(tmp_path / "settings.xml") == used


def test_no_settings_or_broken_ones_mean_no_mirror(tmp_path: Path) -> None:
    """Broken user settings are ignored."""
    (tmp_path / "settings.xml").write_text("<settings>")
    assert maven._mirror(tmp_path / "settings.xml") is None
    assert maven._mirror(tmp_path / "none.xml") is None


def test_the_central_repository_is_what_mavens_super_pom_says() -> None:
    """It is not written down a second time here."""
    pom = b"""<project xmlns="http://maven.apache.org/POM/4.0.0"><repositories><repository>
    <id>central</id><url>http://central.test/maven2</url></repository></repositories></project>"""
    assert maven._url_of_central(pom) == "http://central.test/maven2"
    with pytest.raises(CommandError, match="names no repository"):
        maven._url_of_central(b"<project/>")
