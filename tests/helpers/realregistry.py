"""A real registry on loopback (Debian's docker-registry, unpacked, never installed), and a failing proxy before it."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from faults import Answer, FaultyServer

from runtimekit.debian import packages
from runtimekit.support.home import home, locked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CONFIGURATION = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""
START_SECONDS = 20
ACCEPT = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)


def program() -> Path:
    """The registry's program, fetched with the host's own apt and unpacked into our home, once."""
    root = home() / "docker-registry"
    with locked("docker-registry"):
        if not (root / "ready").exists():
            area = packages.HostArea(home() / "apt" / packages.host_release().codename)
            packages.unpack(area.fetch(["docker-registry"], root / "debs"), root)
            (root / "ready").touch()
    return root / "usr/bin/docker-registry"


@contextmanager
def running(folder: Path) -> Iterator[RealRegistry]:
    """Start one with an empty store; it is gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "registry.yml"
    configuration.write_text(CONFIGURATION.format(folder=folder / "store", port=port))
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen([str(program()), "serve", str(configuration)], stdout=log, stderr=log)
    try:
        registry = RealRegistry(port)
        end = time.monotonic() + START_SECONDS
        while not registry.answers():
            assert process.poll() is None, (folder / "registry.log").read_text()
            assert time.monotonic() < end, "the registry does not answer"
            time.sleep(0.05)
        yield registry
    finally:
        process.terminate()
        process.wait(10)


class RealRegistry:
    """Looks into the registry, past the proxy and past our own client."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """One request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body=body or None, headers=dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            return self.ask("GET", "/v2/").status == 200
        except OSError:
            return False

    def manifest(self, repository: str, name: str) -> Answer:
        """A manifest or an index, by tag or digest."""
        return self.ask("GET", f"/v2/{repository}/manifests/{name}", {"Accept": ACCEPT})

    def index(self, repository: str, tag: str) -> list[dict]:
        """The rows of a tag's index."""
        return list(json.loads(self.manifest(repository, tag).body)["manifests"])

    def tags(self, repository: str) -> dict[str, dict[str, str]]:
        """Every tag, with the image of each platform that it stands for; all of it is checked to be there.

        Attestations name the repository, so that they, and with them the index, differ from one to another.
        """
        listed = self.ask("GET", f"/v2/{repository}/tags/list")
        names = (json.loads(listed.body).get("tags") or []) if listed.status == 200 else []
        found: dict[str, dict[str, str]] = {}
        for name in names:
            if name.endswith(".sig"):  # cosign's, where COSIGN_KEY is set
                continue
            for row in self.index(repository, name):
                inner = json.loads(self.manifest(repository, row["digest"]).body)
                for blob in (inner["config"], *inner["layers"]):
                    held = self.ask("HEAD", f"/v2/{repository}/blobs/{blob['digest']}")
                    assert held.status == 200, f"{repository}:{name} lacks {blob['digest']}"
                platform = "/".join((row["platform"]["os"], row["platform"]["architecture"]))
                if platform != "unknown/unknown":
                    found.setdefault(name, {})[platform] = row["digest"]
        return found


class Proxy(FaultyServer):
    """Passes everything on, and fails when told to."""

    def __init__(self, registry: RealRegistry) -> None:
        super().__init__(self.forward)
        self.registry = registry
        self.login = ""
        """``user:password`` that is let in; empty: everybody."""

    def forward(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Ask the registry, which learns the proxy's own name: the places it names lead through the proxy again."""
        wanted = "Basic " + base64.b64encode(self.login.encode()).decode()
        if self.login and headers.get("Authorization") != wanted:
            return Answer(401, {"WWW-Authenticate": 'Basic realm="test"'}, b"{}")
        passed = {name: value for name, value in headers.items() if name.lower() not in {"connection", "authorization"}}
        return self.registry.ask(method, path, passed, body)
