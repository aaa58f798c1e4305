"""Answers a registry's authentication challenge with an ``Authorization`` header (Basic, or a Bearer token)."""

from __future__ import annotations

import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtimekit.support.redaction import register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runtimekit.registry.credentials import Login

_PARAMETER = re.compile(r'([a-zA-Z]+)="((?:[^"\\]|\\.)*)"')


class NoTokenError(Exception):
    """The challenge cannot be answered. Never leaves this package."""


@dataclass(frozen=True)
class Challenge:
    """What ``WWW-Authenticate`` asks for."""

    scheme: str
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, header: str) -> Challenge:
        """Parse the header's value."""
        scheme, _, rest = header.strip().partition(" ")
        return cls(scheme.lower(), {name.lower(): value for name, value in _PARAMETER.findall(rest)})


@dataclass
class Authorization:
    """The headers for one registry. Tokens are kept by scope, and asked for anew when the registry says so."""

    login: Login | None
    fetch: Callable[[str, str, Mapping[str, str], bytes | None], bytes]
    may_be_plain: bool = False
    """Whether a token may be asked for over plain HTTP: only on this machine."""
    _headers: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def header(self, scope: str) -> str | None:
        """The header for the next request; None if the registry has not asked for one."""
        return self._headers.get(scope)

    def answer(self, challenge: Challenge, scope: str, refused: str | None) -> str:
        """A new header for a scope, where the registry did not like ``refused``.

        Several workers meet the same challenge at once; only the first asks for a token.

        Raises:
            NoTokenError: There is no login to answer with, or no way that we know.
        """
        with self._lock:
            current = self._headers.get(scope)
            if current is not None and current != refused:
                return current
            match challenge.scheme:
                case "basic":
                    if self.login is None:
                        raise NoTokenError("and no login is known")
                    header = self.login.basic
                case "bearer":
                    header = f"Bearer {self._token(challenge, scope)}"
                case scheme:
                    raise NoTokenError(f"and wants the unknown scheme {scheme!r}")
            self._headers[scope] = header
            return header

    def _token(self, challenge: Challenge, scope: str) -> str:
        realm = challenge.parameters.get("realm", "")
        if not realm.startswith("https://") and not (self.may_be_plain and realm.startswith("http://")):
            raise NoTokenError(f"and names {realm!r} for tokens, which is not safe")
        service = [("service", name)] if (name := challenge.parameters.get("service")) else []
        if self.login and self.login.identity_token:
            grant = [("grant_type", "refresh_token"), ("client_id", "runtimekit"), ("scope", scope)]
            body = urllib.parse.urlencode([*service, *grant, ("refresh_token", self.login.identity_token)]).encode()
            answer = self.fetch("POST", realm, {"Content-Type": "application/x-www-form-urlencoded"}, body)
        else:
            headers = {"Authorization": self.login.basic} if self.login else {}
            query = urllib.parse.urlencode([*service, *(("scope", each) for each in scope.split())])
            answer = self.fetch("GET", f"{realm}{'&' if '?' in realm else '?'}{query}", headers, None)
        try:
            row = json.loads(answer)
            token = str(row.get("token") or row["access_token"])
        except (ValueError, KeyError, AttributeError):
            raise NoTokenError("and its token service gives no token") from None
        register(token)
        return token
