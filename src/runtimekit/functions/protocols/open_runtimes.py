"""Functions of the open-runtimes protocol (docs/protocol-v5.md), treated as its executors do."""

from __future__ import annotations

import http.client
import math
import re
import shutil
from contextlib import suppress
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

from runtimekit.functions.envelope import Settings
from runtimekit.functions.exchange import Answer, Request
from runtimekit.functions.protocols.base import DEFAULT_TIMEOUT, SOURCE, FunctionProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.engine.container import Container
    from runtimekit.engine.containers import Profile

CONTROL = "x-open-runtimes-"
"""How the names of headers begin that are for the server, in both directions (V12)."""
LOG_ID = f"{CONTROL}log-id"
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers that are about one connection (RFC 9110 §7.6.1), and are not passed on."""
NOT_PASSED_TO_FUNCTION = HOP_BY_HOP | {"content-length", "expect"}
SOURCES = "/mnt/code"
BUILT = f"{SOURCES}/code.tar.gz"
BUILD = f"tar -xzf {SOURCE} -C {SOURCES} && exec helpers/build.sh"
REBUILD = rf"""
set -e
cd {SOURCES}
if [ -z "$RUNTIME_PACKAGES_KEPT" ]; then
    find . -mindepth 1 -maxdepth 1 -exec rm -rf {{}} +
fi
for name; do
    rm -f -- "$name" "/usr/local/build/$name"
done
tar -xzf - -C {SOURCES}
cd /usr/local/server
OPEN_RUNTIMES_BUILD_COMPRESSION=none helpers/build.sh >&2
exec cat {BUILT}
"""
_LOG_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_USUAL = re.compile(
    r"gateway: (listening on|functions can change|clients that go away)|HTTP server successfully started!$"
)


class OpenRuntimes(FunctionProtocol):
    """Build with ``helpers/build.sh``, launch with ``helpers/start.sh``, call with any request."""

    code = "/usr/local/server/src/function/"
    cache = "/mnt/cache"
    user = "0:0"
    archive = BUILT
    key_variable = "OPEN_RUNTIMES_SECRET"
    entrypoint_variable = "OPEN_RUNTIMES_ENTRYPOINT"
    build_script = BUILD
    rebuild_script = REBUILD
    logs = "/mnt/logs"

    def fetch(self, container: Container, archive: IO[bytes]) -> None:
        """Copy the archive that ``helpers/build.sh`` has made."""
        container.copy_file(BUILT, archive)

    def receive(self, stream: IO[bytes], archive: IO[bytes]) -> None:
        """Copy the archive."""
        shutil.copyfileobj(stream, archive)

    def build_profile(self, profile: Profile) -> Profile:
        """Root, which the scripts expect."""
        return replace(profile, user="", root=True)

    def launch_profile(self, profile: Profile) -> Profile:
        """As executors start it: as root, which only the gateway stays, in a file system that can be written."""
        return replace(profile, user="", root=True, read_only=False, volumes=(), tmpfs=())

    def environment(self, settings: Settings) -> Mapping[str, str]:
        """All of them: the function sees the container's (V37)."""
        return settings.env

    def is_ready(self, get: Callable[[str], Answer]) -> bool:
        """Whether the timings say how long loading took (V4): the health path answers before that."""
        return b"startup=" in get("/__opr/timings").body

    def is_usual(self, line: str) -> bool:
        """Whether the server says that it listens, or something about the machine."""
        return bool(_USUAL.match(line))

    def check(self, request: Request) -> None:
        """Nothing to see: any bytes may be sent."""

    def from_request(self, request: Request, settings: Settings, key: str | None) -> Request:
        """The request as it is, with the headers that executors add."""
        kept = [
            (name, value)
            for name, value in request.headers
            if name.lower() not in NOT_PASSED_TO_FUNCTION and not name.lower().startswith(CONTROL)
        ]
        control = {"logging": "enabled", "timeout": str(math.ceil(settings.timeout or DEFAULT_TIMEOUT))}
        control |= {} if key is None else {"secret": key}
        headers = (*kept, *((CONTROL + name, value) for name, value in control.items()))
        return Request(request.method or "POST", request.target or "/", headers, request.body)

    def from_fields(self, fields: Mapping[str, Any], key: str | None) -> Request:
        """The request of ``payload`` (text or bytes), ``headers``, ``method``, ``path`` and ``timeout``."""
        rest = dict(fields)
        body, headers = rest.pop("payload", b""), rest.pop("headers", {})
        request = Request(
            rest.pop("method", ""),
            rest.pop("path", ""),
            tuple(headers.items()),
            body.encode() if isinstance(body, str) else body,
        )
        settings = Settings({}, rest.pop("timeout", None))
        if rest:
            unknown = ", ".join(rest)
            raise TypeError(f"a request of protocol v5 has no {unknown}; variables are the container's (settings)")
        return self.from_request(request, settings, key)

    def with_logs(self, answer: Answer, folder: Path | None) -> Answer:
        """Read both files of the request, and remove them (V13)."""
        found = answer.headers.get(LOG_ID, "")
        if folder is None or not _LOG_ID.fullmatch(found):
            return answer
        logs, errors = (_taken(folder / f"{found}_{kind}.log") for kind in ("logs", "errors"))
        return replace(answer, logs=logs, errors=errors)

    def own_answer(self, status: int, message: str) -> Answer:
        """As the server's own: text."""
        return Answer(status, {"content-type": "text/plain; charset=utf-8"}, f"{message}\n".encode())

    def passed_on(self, answer: Answer) -> list[tuple[str, str]]:
        """All but those for who called the runtime."""
        lines = answer.lines or (*answer.headers.items(), ("content-length", str(len(answer.body))))
        return [(name, value) for name, value in lines if name not in HOP_BY_HOP and not name.startswith(CONTROL)]

    def error_text(self, answer: Answer) -> str:
        """The text of an answer of the server's own, which has no log id (V11). All else that is wrong is logged."""
        is_own = answer.status >= http.client.BAD_REQUEST and LOG_ID not in answer.headers
        return answer.body.decode(errors="replace").strip() if is_own else ""


def _taken(file: Path) -> str:
    """A file's text; the file is removed. What is not there is empty."""
    with suppress(FileNotFoundError):
        text = file.read_text(encoding="utf-8", errors="replace")
        file.unlink()
        return text
    return ""
