"""Functions that keep the contract of 2021 (docs/contract.md)."""

from __future__ import annotations

import http.client
import json
import re
from typing import IO, TYPE_CHECKING, Any

from runtimekit.functions import envelope
from runtimekit.functions.archive import StoredGzip
from runtimekit.functions.exchange import Answer, Request
from runtimekit.functions.protocols.base import SOURCE, FunctionProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.engine.container import Container
    from runtimekit.engine.containers import Profile
    from runtimekit.functions.envelope import Settings

KEY_HEADER = "x-internal-challenge"
BUILD = f"tar -xzf {SOURCE} -C /usr/code && cd /usr/local/src && exec ./build.sh"
REBUILD = r"""
set -e
cd /usr/code
if [ -z "$RUNTIME_PACKAGES_KEPT" ]; then
    find . -mindepth 1 -maxdepth 1 -exec rm -rf {} +
fi
[ $# = 0 ] || rm -f -- "$@"
tar -xzf - -C /usr/code
cd /usr/local/src
./build.sh >&2
exec tar -cf - -C /usr/code .
"""
_USUAL = re.compile(r"gateway: (listening on|functions can change|clients that go away)")
"""Lines of the gateway that are no failure."""


class Contract(FunctionProtocol):
    """Build with ``build.sh``, pack ``/usr/code``, launch with ``launch.sh``, call with a JSON envelope."""

    code = "/usr/code/"
    cache = "/usr/workspace"
    user = "2001:2000"
    archive = SOURCE
    key_variable = "INTERNAL_RUNTIME_KEY"
    entrypoint_variable = "ENTRYPOINT_NAME"
    build_script = BUILD
    rebuild_script = REBUILD

    def fetch(self, container: Container, archive: IO[bytes]) -> None:
        """Pack the folder in which ``build.sh`` has worked (contract L1)."""
        container.pack(self.code.rstrip("/"), archive)

    def receive(self, stream: IO[bytes], archive: IO[bytes]) -> None:
        """Write a tar stream as tar.gz. Nothing is compressed: it is unpacked once, on this machine."""
        packed = StoredGzip(archive)
        while block := stream.read(1 << 20):
            packed.write(block)
        packed.finish()

    def build_profile(self, profile: Profile) -> Profile:
        """As it is given."""
        return profile

    def launch_profile(self, profile: Profile) -> Profile:
        """As contract L6 says, which is the default."""
        return profile

    def environment(self, settings: Settings) -> Mapping[str, str]:
        """None: variables come with each request."""
        del settings
        return {}

    def is_ready(self, get: Callable[[str], Answer]) -> bool:
        """Whether ``/healthz`` says so (contract R10)."""
        return get("/healthz").status == http.client.OK

    def is_usual(self, line: str) -> bool:
        """Whether the gateway says that it listens, or something about the machine."""
        return bool(_USUAL.match(line))

    def check(self, request: Request) -> None:
        """See whether the body is text."""
        envelope.payload(request.body)

    def from_request(self, request: Request, settings: Settings, key: str) -> Request:
        """The request as the contract's fields: method and path become headers."""
        fields = envelope.fields(
            settings, method=request.method, target=request.target, headers=request.headers, body=request.body
        )
        return self.from_fields(fields, key)

    def from_fields(self, fields: Mapping[str, Any], key: str | None) -> Request:
        """The contract's request with these fields (contract §3)."""
        headers = () if key is None else ((KEY_HEADER, key),)
        return Request("POST", "/", headers, json.dumps(fields).encode())

    def with_logs(self, answer: Answer, folder: Path | None) -> Answer:
        """The answer as it is: what functions print goes to the container's log."""
        del folder
        return answer

    def own_answer(self, status: int, message: str) -> Answer:
        """As the runtime's errors (contract E1)."""
        body = json.dumps({"code": status, "message": message}, ensure_ascii=False).encode()
        return Answer(status, {"content-type": "application/json"}, body)

    def passed_on(self, answer: Answer) -> list[tuple[str, str]]:
        """The type: functions cannot set others."""
        kind = answer.headers.get("content-type", "text/plain")
        return [("content-type", kind), ("content-length", str(len(answer.body)))]

    def error_text(self, answer: Answer) -> str:
        """The message of a runtime's error (contract E1): exactly ``code`` and ``message``."""
        if answer.status < http.client.BAD_REQUEST:
            return ""
        try:
            found = answer.json()
        except ValueError:
            return ""
        if isinstance(found, dict) and found.keys() == {"code", "message"} and found["code"] == answer.status:
            return str(found["message"])
        return ""
