"""The login for a registry: docker's own, or ``--username`` with ``--password-stdin``.

A password given on standard input lives in this process only, but for the time in which a program that knows docker's
configuration alone needs it (:func:`private_configuration`). Every secret that is read here is registered with
:mod:`~runtimekit.support.redaction` at once.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.errors import CommandError
from runtimekit.support import commands
from runtimekit.support.redaction import register

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HELPER_SECONDS = 30.0
_HELPER = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_TOKEN_USER = "<token>"  # noqa: S105 - docker's word, not a secret
"""The user name with which a helper says that its secret is an identity token."""


@dataclass(frozen=True)
class Login:
    """A user name with a password, or a token instead of both."""

    username: str = ""
    password: str = ""
    identity_token: str = ""
    """An OAuth2 refresh token, which some registries issue instead of accepting a password."""

    def __post_init__(self) -> None:
        for secret in (self.password, self.identity_token):
            register(secret)
        register(self.basic.removeprefix("Basic "))

    def __repr__(self) -> str:
        """The login without its secret."""
        return f"Login({self.username!r})"

    @property
    def basic(self) -> str:
        """The value of an ``Authorization`` header."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


def find(host: str, environ: Mapping[str, str] | None = None) -> Login | None:
    """The login that docker has for a registry: from a credential helper, or from its configuration file.

    Raises:
        CommandError: A helper is configured but fails; without it nobody would know why the registry refuses us.
    """
    environ = os.environ if environ is None else environ
    folder = Path(environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    configuration = _read(folder / "config.json")
    names = _names(host)
    helpers = configuration.get("credHelpers") or {}
    helper = next((helpers[name] for name in names if name in helpers), configuration.get("credsStore"))
    if helper and _HELPER.fullmatch(str(helper)):
        for name in names:
            if login := _ask(f"docker-credential-{helper}", name):
                return login
    entries = configuration.get("auths") or {}
    return next((login for name in names if (login := _entry(entries.get(name)))), None)


@contextmanager
def private_configuration(host: str, login: Login | None) -> Iterator[Path | None]:
    """A folder with docker's configuration that holds this login alone, for other programs; gone after the block.

    None where there is no login: then the user's own configuration will do.
    """
    if login is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="runtimekit-login-") as name:  # its mode is 0700
        entry = {"identitytoken": login.identity_token} if login.identity_token else {}
        row = {"auths": {host: entry | {"auth": login.basic.removeprefix("Basic ")}}}
        folder = Path(name)
        (folder / "config.json").write_text(json.dumps(row))
        yield folder


def _names(host: str) -> list[str]:
    """The names under which docker's configuration may store a registry."""
    names = ["https://index.docker.io/v1/"] if host == "docker.io" else []
    return [*names, host, f"https://{host}", f"https://{host}/", f"https://{host}/v1/", f"https://{host}/v2/"]


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _ask(program: str, server: str) -> Login | None:
    if shutil.which(program) is None:
        raise CommandError(f"asking for the login of {server}", program, 127, "docker's config.json names it")
    doing = f"asking {program} for a login"
    answer = commands.run([program, "get"], doing=doing, data=server.encode(), deadline=HELPER_SECONDS, check=False)
    if answer.returncode != 0:
        if "not found" in answer.stdout + answer.stderr:  # its way to say that it knows no such server
            return None
        raise CommandError(doing, f"{program} get", answer.returncode, answer.stderr.strip())
    try:
        row = json.loads(answer.stdout)
        username, secret = str(row["Username"]), str(row["Secret"])
    except (ValueError, KeyError, TypeError):
        raise CommandError(doing, f"{program} get", 0, "its answer is not what docker's helpers give") from None
    return Login(identity_token=secret) if username == _TOKEN_USER else Login(username, secret)


def _entry(row: Any) -> Login | None:  # noqa: ANN401 - whatever the file holds
    if not isinstance(row, dict):
        return None
    if token := row.get("identitytoken"):
        return Login(identity_token=str(token))
    try:
        username, colon, password = base64.b64decode(row.get("auth") or "").decode().partition(":")
    except ValueError:
        return None
    if colon:
        return Login(username, password)
    if row.get("username"):
        return Login(str(row["username"]), str(row.get("password", "")))
    return None
