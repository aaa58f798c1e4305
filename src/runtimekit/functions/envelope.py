"""Turn any HTTP request into the fields of the contract's request (contract §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    """The function's variables."""
    timeout: float | None = None
    """Seconds that a request may take; None leaves it to the protocol (15 s)."""


NO_SETTINGS = Settings({})
"""No variables, and the usual time-out."""


def payload(body: bytes) -> str:
    """The body as the contract's payload.

    Raises:
        NotTextError: It is not UTF-8.
    """
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise NotTextError(error.start) from None


def fields(
    settings: Settings, *, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
) -> dict[str, Any]:
    """The contract's fields for one request.

    The body becomes ``payload``, the request's headers become ``headers`` (names in lower case, several values of one
    name joined by commas, RFC 9110 §5.3). The contract has no place for method and path: the function finds them in
    the headers ``x-forwarded-method`` and ``x-forwarded-uri``, unless they are empty.

    Raises:
        NotTextError: The body is not UTF-8.
    """
    together: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        together[key] = f"{together[key]}, {value}" if key in together else value
    together |= {name: value for name, value in ((METHOD_HEADER, method), (URI_HEADER, target)) if value}
    found: dict[str, Any] = {"payload": payload(body), "headers": together, "env": dict(settings.env)}
    if settings.timeout is not None:
        found["timeout"] = settings.timeout
    return found
