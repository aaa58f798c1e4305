"""Turn any HTTP request into the fields of the contract's request (contract §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_BODY = 20 * 1024 * 1024
"""The most bytes that a request's body may have (contract R9)."""

METHOD_HEADER = "x-forwarded-method"
URI_HEADER = "x-forwarded-uri"


class NotTextError(ValueError):
    """A body that is not UTF-8. The contract's payload is text (R6)."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"the body is not UTF-8 (byte {position}): the contract's payload is text. Send text, or encode it, "
            "as base64 does"
        )


@dataclass(frozen=True)
class Settings:
    """What every request to a local function gets."""

    env: Mapping[str, str]
    """The request's ``env``: the function's variables."""
    timeout: float | None = None
    """Seconds; None leaves it to the runtime (15 s)."""


def fields(
    settings: Settings, *, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
) -> dict[str, Any]:
    """The contract's fields for one request.

    The body becomes ``payload``, the request's headers become ``headers`` (names in lower case, several values of one
    name joined by commas, RFC 9110 §5.3). The contract has no place for method and path: the function finds them in
    the headers ``x-forwarded-method`` and ``x-forwarded-uri``.

    Raises:
        NotTextError: The body is not UTF-8.
    """
    try:
        payload = body.decode()
    except UnicodeDecodeError as error:
        raise NotTextError(error.start) from None
    together: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        together[key] = f"{together[key]}, {value}" if key in together else value
    together |= {METHOD_HEADER: method, URI_HEADER: target}
    found: dict[str, Any] = {"payload": payload, "headers": together, "env": dict(settings.env)}
    if settings.timeout is not None:
        found["timeout"] = settings.timeout
    return found
