"""Sends HTTP requests to a registry, with authorization and time limits, and classifies their failures."""

from __future__ import annotations

import json
import ssl
import urllib.parse
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import urllib3
from urllib3 import exceptions as faults

from runtimekit.errors import RegistryAnswerError, RegistryLoginError
from runtimekit.registry.auth import Authorization, Challenge, NoTokenError
from runtimekit.registry.oci import LARGEST_MANIFEST
from runtimekit.registry.retry import Fault, PassingError, Retrier, retry_after
from runtimekit.support import http

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.registry.address import Address
    from runtimekit.registry.credentials import Login

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
"""The time limit for silence. In seconds. A whole transfer has the deadline of its step."""
CHUNK = 256 * 1024
REDIRECTS = 5
WORDS = 300
"""How many characters of a refusal an error quotes."""

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429
SERVER_ERRORS = 500
GOOD = range(200, 300)


class Body:
    """A part of a file that is sent: stops when the run is cancelled or the step late."""

    def __init__(self, stream: IO[bytes], size: int, retrier: Retrier, end: float) -> None:
        self.stream, self.left, self.retrier, self.end = stream, size, retrier, end

    def read(self, amount: int = -1) -> bytes:
        """The next bytes; none after the last."""
        self.retrier.check(self.end)
        wanted = min(self.left, CHUNK if amount < 0 else amount)
        data = self.stream.read(wanted)
        self.left -= len(data)
        return data


@dataclass
class Transport:
    """Sends requests to one registry. Safe for several threads."""

    address: Address
    login: Login | None
    retrier: Retrier
    read_seconds: float = READ_SECONDS
    _pool: urllib3.PoolManager = field(init=False)
    authorization: Authorization = field(init=False)

    def __post_init__(self) -> None:
        self._pool = http.pool(self.address.url, direct=self.address.is_loopback)
        self.authorization = Authorization(self.login, self._fetch_token, may_be_plain=self.address.is_loopback)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    @contextmanager
    def request(
        self,
        method: str,
        url: str,
        *,
        scope: str,
        doing: str,
        end: float,
        headers: Mapping[str, str] | None = None,
        body: bytes | Body | None = None,
        expected: tuple[int, ...] = (),
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """Send a request and give its answer, which is good or has a status of ``expected``; to be used in a ``with``.

        A challenge is answered once; a body that is a stream is for whoever knows already that it is let in.

        Raises:
            PassingError: It may succeed later.
            RegistryLoginError: 401 or 403, also with a new token.
            RegistryAnswerError: Any other refusal.
        """
        where = urllib.parse.urljoin(f"{self.address.url}/", url)
        ours = urllib.parse.urlsplit(where)[:2] == urllib.parse.urlsplit(self.address.url)[:2]
        sent = self.authorization.header(scope) if ours else None
        for is_last in (False, True):
            given = dict(headers or {}) | ({"Authorization": sent} if sent else {})
            with self._sent(method, where, given, body, end) as response:
                if response.status in GOOD or response.status in expected:
                    with self._reading(end):
                        yield response
                    return
                words = self._words(response)
                denied = response.status in {UNAUTHORIZED, FORBIDDEN}
                if not denied or is_last or not ours:
                    raise self._refusal(response, doing, words, sent)
                sent = self._new_header(response, scope, doing, words, sent)
                if isinstance(body, Body):  # half of it has gone; the next attempt begins anew, with the new token
                    raise PassingError(Fault.CONNECTION, "the registry asked for a new login in the middle")

    @contextmanager
    def _sent(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | Body | None, end: float
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """The answer. Its connection serves the next request only if all of it was read."""
        response = self._send(method, url, headers, body, end)
        try:
            yield response
        except BaseException:
            response.close()
            raise
        else:
            response.drain_conn()
        finally:
            response.release_conn()

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | Body | None, end: float
    ) -> urllib3.BaseHTTPResponse:
        self.retrier.check(end)
        left = max(0.1, end - self.retrier.clock())
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(self.read_seconds, left))
        with self._reading(end):
            return self._pool.request(
                method,
                url,
                headers=headers,
                body=body,  # type: ignore[arg-type]  # anything with read() will do; its stubs want a real file
                timeout=timeout,
                preload_content=False,
                decode_content=False,
                redirect=method in {"GET", "HEAD"},
                retries=urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=REDIRECTS),
            )

    @contextmanager
    def _reading(self, end: float) -> Iterator[None]:
        """Tell what goes wrong while something is sent or read."""
        self.retrier.check(end)
        try:
            yield
        except faults.MaxRetryError as error:
            raise self._passing(error.reason or error) from None
        except (faults.HTTPError, OSError) as error:
            raise self._passing(error) from None

    def _passing(self, error: Exception) -> Exception:
        """What urllib3 raises → a fault that may pass. A certificate that we do not trust will not."""
        if any(isinstance(each, ssl.SSLCertVerificationError) for each in error.args):
            return RegistryAnswerError("connecting", self.address.host, 0, f"its certificate is not trusted: {error}")
        late = isinstance(error, faults.TimeoutError | TimeoutError) and not isinstance(
            error, faults.NewConnectionError
        )
        return PassingError(Fault.TIMEOUT if late else Fault.CONNECTION, f"{type(error).__name__}: {error}")

    def _new_header(
        self, response: urllib3.BaseHTTPResponse, scope: str, doing: str, words: str, refused: str | None
    ) -> str:
        challenge = Challenge.read(response.headers.get("WWW-Authenticate", ""))
        if not challenge.scheme:
            raise self._refusal(response, doing, words, refused)
        try:
            return self.authorization.answer(challenge, scope, refused)
        except NoTokenError as error:
            raise RegistryLoginError(doing, response.status, self.address.host, str(error), words) from None

    def _refusal(
        self, response: urllib3.BaseHTTPResponse, doing: str, words: str, sent: str | None
    ) -> PassingError | RegistryLoginError | RegistryAnswerError:
        status = response.status
        if status == TOO_MANY:
            return PassingError(Fault.RATE_LIMITED, f"429 {words}", retry_after(response.headers.get("Retry-After")))
        if status >= SERVER_ERRORS:
            return PassingError(Fault.SERVER, f"{status} {words}")
        if status in {UNAUTHORIZED, FORBIDDEN}:
            return RegistryLoginError(doing, status, self.address.host, self._who(sent), words)
        return RegistryAnswerError(doing, self.address.host, status, words)

    def _who(self, sent: str | None) -> str:
        if self.login is None:
            return "and no login is known"
        return f"to {self.login.username or 'our token'}" + (", also with a new login" if sent else "")

    def _words(self, response: urllib3.BaseHTTPResponse) -> str:
        """What the registry says of a refusal: its errors' codes and messages, else the beginning of its text."""
        with self._reading(float("inf")):
            text = response.read(CHUNK).decode(errors="replace")
        try:
            rows = json.loads(text)["errors"]
            text = "; ".join(f"{row.get('code', '')}: {row.get('message', '')}" for row in rows)
        except (ValueError, KeyError, TypeError, AttributeError):
            text = " ".join(text.split())
        return text[:WORDS]

    def _fetch_token(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        """Ask the token service; it may be busy as the registry may."""
        with self._sent(method, url, headers, body, self.retrier.clock() + READ_SECONDS) as response:
            if response.status in GOOD:
                with self._reading(float("inf")):
                    return small(response)
            words = self._words(response)
            if response.status in {UNAUTHORIZED, FORBIDDEN}:
                raise NoTokenError(f"{self._who(None)}: its token service answers {response.status} {words}")
            raise self._refusal(response, f"asking {self.address.host} for a token", words, None)


def small(response: urllib3.BaseHTTPResponse) -> bytes:
    """A whole answer, cut after what a manifest may have. ``read(amount)`` would not notice that it ends too early."""
    content = b""
    for chunk in response.stream(CHUNK):
        content += chunk
        if len(content) > LARGEST_MANIFEST:
            break
    return content
