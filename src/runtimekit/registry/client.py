"""Reads and writes blobs, manifests and tags of one registry. Checks before each write, so nothing is sent twice."""

from __future__ import annotations

import hashlib
import urllib.parse
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from runtimekit.errors import DigestMismatchError, RegistryAnswerError
from runtimekit.registry.oci import INDEXES, MANIFESTS, digest_of
from runtimekit.registry.retry import Retrier
from runtimekit.registry.transport import CHUNK, NOT_FOUND, Body, Transport, small

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import IO

    from runtimekit.registry.address import Address
    from runtimekit.registry.credentials import Login
    from runtimekit.registry.oci import Descriptor

STEP_SECONDS = 120.0
"""The time limit of a request with a small body. In seconds."""
SLOWEST = 128 * 1024
"""The slowest accepted transfer rate of a blob. In bytes per second."""
GREETING_SECONDS = 25.0
ACCEPT = {"Accept": ", ".join(sorted(INDEXES | MANIFESTS)), "Cache-Control": "no-cache"}


class Sent(StrEnum):
    """How a blob got into a repository."""

    PRESENT = "present"
    MOUNTED = "mounted"
    """Mounted from another repository of the same registry, without a transfer."""
    UPLOADED = "uploaded"


@dataclass
class Registry:
    """A registry as one user sees it. Make a second one to look at it with fresh connections and a fresh login."""

    address: Address
    login: Login | None = None
    retrier: Retrier = field(default_factory=lambda: Retrier("registry"))
    _homes: dict[str, str] = field(default_factory=dict)
    """Blobs that this run has seen in a repository, from where they can be mounted into others."""

    def __post_init__(self) -> None:
        self.transport = Transport(self.address, self.login, self.retrier)

    def fresh(self) -> Registry:
        """A new client for the same registry, without connections, tokens or cached answers."""
        return Registry(self.address, self.login, self.retrier)

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def check_access(self) -> None:
        """Check that the registry answers, speaks the distribution protocol, and accepts the login.

        Raises:
            RegistryUnavailableError: It does not answer.
            RegistryLoginError: It does not let us in.
            RegistryAnswerError: It is no registry.
        """

        def attempt(end: float) -> None:
            with self.transport.request("GET", "/v2/", scope="", doing=doing, end=end):
                return

        doing = f"asking {self.address.host} whether it is a registry"
        self.retrier.run(doing, attempt, GREETING_SECONDS)

    # Blobs

    def push_blob(
        self, repository: str, blob: Descriptor, opened: Callable[[], AbstractContextManager[IO[bytes]]]
    ) -> Sent:
        """Make sure that a blob is in a repository; ``opened`` gives its bytes, from the first on each time."""
        doing = f"pushing the blob {blob.digest} to {repository}"

        def attempt(end: float) -> Sent:
            if self._has_blob(repository, blob.digest, doing, end):
                return Sent.PRESENT
            place = self._begin_upload(repository, blob.digest, doing, end)
            if place is None:
                return Sent.MOUNTED
            url = place + ("&" if "?" in place else "?") + urllib.parse.urlencode({"digest": blob.digest})
            headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)}
            with opened() as stream:
                body = Body(stream, blob.size, self.retrier, end)
                sending = self.transport.request(
                    "PUT", url, scope=_scope(repository), doing=doing, end=end, headers=headers, body=body
                )
                with sending:
                    return Sent.UPLOADED

        sent = self.retrier.run(doing, attempt, STEP_SECONDS + blob.size / SLOWEST)
        self._homes.setdefault(blob.digest, repository)
        return sent

    def _has_blob(self, repository: str, digest: str, doing: str, end: float) -> bool:
        url = f"/v2/{repository}/blobs/{digest}"
        asking = self.transport.request(
            "HEAD", url, scope=_scope(repository), doing=doing, end=end, expected=(NOT_FOUND,)
        )
        with asking as response:
            return response.status != NOT_FOUND

    def _begin_upload(self, repository: str, digest: str, doing: str, end: float) -> str | None:
        """The URL for the upload; None if the registry mounted the blob from another repository."""
        home = self._homes.get(digest)
        query = f"?{urllib.parse.urlencode({'mount': digest, 'from': home})}" if home and home != repository else ""
        url = f"/v2/{repository}/blobs/uploads/{query}"
        scope = _scope(repository) + (f" {_scope(home, 'pull')}" if query and home else "")
        with self.transport.request("POST", url, scope=scope, doing=doing, end=end, body=b"") as response:
            created, place = 201, response.headers.get("Location")
            if response.status == created:
                return None
            if not place:
                raise RegistryAnswerError(doing, self.address.host, response.status, "it names no place to upload to")
            return place

    def check_blob(self, repository: str, blob: Descriptor, *, whole: bool = True) -> None:
        """Read a blob back and compare its digest and size; not ``whole``, only ask whether the repository has it.

        Raises:
            DigestMismatchError: The registry gives other bytes.
            RegistryAnswerError: It is not there.
        """
        doing = f"reading the blob {blob.digest} of {repository} back"
        method = "GET" if whole else "HEAD"

        def attempt(end: float) -> tuple[str, int]:
            url, digest, size = f"/v2/{repository}/blobs/{blob.digest}", hashlib.sha256(), 0
            asking = self.transport.request(method, url, scope=_scope(repository, "pull"), doing=doing, end=end)
            with asking as response:
                if not whole:
                    return blob.digest, int(response.headers.get("Content-Length", blob.size))
                for chunk in response.stream(CHUNK):
                    self.retrier.check(end)
                    digest.update(chunk)
                    size += len(chunk)
            return f"sha256:{digest.hexdigest()}", size

        found = self.retrier.run(doing, attempt, STEP_SECONDS + blob.size / SLOWEST)
        if found != (blob.digest, blob.size):
            raise DigestMismatchError(doing, f"{blob.digest} ({blob.size} bytes)", f"{found[0]} ({found[1]} bytes)")

    def read_blob(self, repository: str, blob: Descriptor) -> bytes:
        """The bytes of a small blob, such as a configuration; checked."""
        return self._read(repository, f"blobs/{blob.digest}", blob.digest)

    # Manifests and tags

    def read_manifest(self, repository: str, digest: str) -> bytes:
        """A manifest's or index's bytes; checked.

        Raises:
            DigestMismatchError: The registry gives other bytes.
            RegistryAnswerError: It is not there.
        """
        return self._read(repository, f"manifests/{digest}", digest)

    def _read(self, repository: str, what: str, digest: str) -> bytes:
        doing = f"reading {what} of {repository} back"

        def attempt(end: float) -> bytes:
            url = f"/v2/{repository}/{what}"
            asking = self.transport.request(
                "GET", url, scope=_scope(repository, "pull"), doing=doing, end=end, headers=ACCEPT
            )
            with asking as response:
                return small(response)

        content = self.retrier.run(doing, attempt, STEP_SECONDS)
        if (found := digest_of(content)) != digest:
            raise DigestMismatchError(doing, digest, found)
        return content

    def resolve(self, repository: str, tag: str) -> str | None:
        """The digest of a tag or of a manifest; None if there is none."""
        doing = f"asking what {repository}:{tag} is"

        def attempt(end: float) -> str | None:
            url = f"/v2/{repository}/manifests/{tag}"
            asking = self.transport.request(
                "GET",
                url,
                scope=_scope(repository, "pull"),
                doing=doing,
                end=end,
                headers=ACCEPT,
                expected=(NOT_FOUND,),
            )
            with asking as response:
                # Its bytes, not its Docker-Content-Digest: that header is optional, and only says what it says.
                return None if response.status == NOT_FOUND else digest_of(small(response))

        return self.retrier.run(doing, attempt, STEP_SECONDS)

    def push_manifest(self, repository: str, content: bytes, media_type: str, tag: str = "") -> Sent:
        """Put a manifest or index under its digest, or under a tag; nothing is done where it is there already.

        Raises:
            DigestMismatchError: The registry has stored something else.
        """
        digest = digest_of(content)
        name = tag or digest
        doing = f"setting {repository}:{tag}" if tag else f"pushing the manifest {digest} to {repository}"

        def attempt(end: float) -> str:
            url, headers = f"/v2/{repository}/manifests/{name}", {"Content-Type": media_type}
            putting = self.transport.request(
                "PUT", url, scope=_scope(repository), doing=doing, end=end, headers=headers, body=content
            )
            with putting as response:
                return str(response.headers.get("Docker-Content-Digest", digest))

        if self.resolve(repository, name) == digest:
            return Sent.PRESENT
        # Put again after a lost answer, it changes nothing: the same bytes have the same digest.
        if (stored := self.retrier.run(doing, attempt, STEP_SECONDS)) != digest:
            raise DigestMismatchError(doing, digest, stored)
        return Sent.UPLOADED


def _scope(repository: str, actions: str = "pull,push") -> str:
    return f"repository:{repository}:{actions}"
