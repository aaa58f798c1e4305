"""A registry in memory: as much of the distribution protocol as ours speaks, with faults and with logins."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from typing import TYPE_CHECKING

from faults import Answer, FaultyServer

from runtimekit.registry.oci import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATH = re.compile(r"/v2/(?P<name>.+?)/(?P<kind>blobs|manifests|blobs/uploads)/(?P<what>[^/]*)")


class FakeRegistry(FaultyServer):
    """What it holds can be looked at."""

    def __init__(self, login: str = "", scheme: str = "") -> None:
        super().__init__(self.answer)
        self.login = login
        """``user:password`` that is let in; empty: everybody."""
        self.scheme = scheme
        self.tokens: list[str] = []
        self.blobs: dict[str, dict[str, bytes]] = {}
        self.manifests: dict[str, dict[str, bytes]] = {}
        self.types: dict[str, str] = {}
        self.tags: dict[str, dict[str, str]] = {}

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The registry's part, without any fault."""
        url = urllib.parse.urlsplit(path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/token":
            return self._token(headers, dict(urllib.parse.parse_qsl(body.decode())))
        if not self._lets_in(headers):
            realm = f'Bearer realm="http://{self.host}/token",service="fake"'
            challenge = realm if self.scheme == "bearer" else 'Basic realm="fake"'
            return Answer(401, {"WWW-Authenticate": challenge}, b'{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}')
        found = _PATH.fullmatch(url.path)
        return self._content(method, found, query, headers, body) if found else Answer(200 if path == "/v2/" else 404)

    def _content(
        self, method: str, found: re.Match[str], query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        name, what = found["name"], found["what"]
        match found["kind"], method:
            case "blobs/uploads", "POST":
                return self._begin(name, query)
            case "blobs/uploads", "PUT":
                return self._store(name, query["digest"], body)
            case "blobs", _:
                return _content(self.blobs.get(name, {}).get(what))
            case "manifests", "PUT":
                return self._put(name, what, headers["Content-Type"], body)
            case _:
                digest = self.tags.get(name, {}).get(what, what)
                content = self.manifests.get(name, {}).get(digest)
                return _content(content, {"Docker-Content-Digest": digest, "Content-Type": self.types.get(digest, "")})

    def _begin(self, name: str, query: Mapping[str, str]) -> Answer:
        content = self.blobs.get(query.get("from", ""), {}).get(query.get("mount", ""))
        if content is not None:
            self.blobs.setdefault(name, {})[query["mount"]] = content
            return Answer(201)
        return Answer(202, {"Location": f"/v2/{name}/blobs/uploads/1?_state=s"})

    def _store(self, name: str, digest: str, body: bytes) -> Answer:
        if digest_of(body) != digest:
            return Answer(
                400, {}, b'{"errors":[{"code":"DIGEST_INVALID","message":"not the digest of what was sent"}]}'
            )
        self.blobs.setdefault(name, {})[digest] = body
        return Answer(201)

    def _put(self, name: str, what: str, media_type: str, body: bytes) -> Answer:
        digest = digest_of(body)
        row = json.loads(body)
        known = self.manifests.setdefault(name, {})
        wanted = [each["digest"] for each in (row.get("manifests") or [row["config"], *row["layers"]])]
        if any(each not in known and each not in self.blobs.get(name, {}) for each in wanted):
            return Answer(404, {}, b'{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"a part is missing"}]}')
        known[digest], self.types[digest] = body, media_type
        if not what.startswith("sha256:"):
            self.tags.setdefault(name, {})[what] = digest
        return Answer(201, {"Docker-Content-Digest": digest})

    def _lets_in(self, headers: Mapping[str, str]) -> bool:
        given = headers.get("Authorization", "")
        if not self.login:
            return True
        if self.scheme == "bearer":
            return bool(self.tokens) and given == f"Bearer {self.tokens[-1]}"
        return given == self._basic

    def _token(self, headers: Mapping[str, str], form: Mapping[str, str]) -> Answer:
        """For the password, or for an identity token, which is the same text here."""
        if headers.get("Authorization") != self._basic and form.get("refresh_token") != self.login:
            return Answer(401, {}, b"who are you")
        self.tokens.append(f"token-number-{len(self.tokens)}")
        return Answer(200, {}, json.dumps({"token": self.tokens[-1]}).encode())

    @property
    def _basic(self) -> str:
        return "Basic " + base64.b64encode(self.login.encode()).decode()


def _content(content: bytes | None, headers: Mapping[str, str] | None = None) -> Answer:
    if content is None:
        return Answer(404, {}, b'{"errors":[{"code":"UNKNOWN","message":"not here"}]}')
    return Answer(200, {**(headers or {}), "Content-Length": str(len(content))}, content)
