"""What a function is called with, for editors and type checkers. The runtime passes objects of its own."""

from __future__ import annotations

from typing import Any, Protocol

Headers = dict[str, str | list[str]]
"""A list stands for several headers of one name."""
Result = Any
"""What the methods of Response return, which is what a function returns."""


class Request(Protocol):
    method: str
    scheme: str
    host: str
    port: int
    path: str
    """As it was sent, not decoded."""
    query_string: str
    url: str
    query: dict[str, str]
    """Values are not decoded."""
    headers: dict[str, str]
    """Names are in lower case."""

    @property
    def body_binary(self) -> bytes: ...

    @property
    def body_text(self) -> str: ...

    @property
    def body_json(self) -> Any:
        """Raises ValueError if the body is no JSON."""

    @property
    def body_raw(self) -> str: ...

    @property
    def body(self) -> Any:
        """The parsed JSON if the Content-Type says so, else the text."""


class Response(Protocol):
    def text(
        self, body: str, statusCode: int = 200, headers: Headers | None = None
    ) -> Result: ...

    def binary(
        self, body: bytes, statusCode: int = 200, headers: Headers | None = None
    ) -> Result: ...

    def json(
        self, value: Any, statusCode: int = 200, headers: Headers | None = None
    ) -> Result: ...

    def send(
        self, body: Any, statusCode: int = 200, headers: Headers | None = None
    ) -> Result: ...

    def redirect(
        self, url: str, statusCode: int = 301, headers: Headers | None = None
    ) -> Result: ...

    def empty(self) -> Result: ...


class Context(Protocol):
    req: Request
    res: Response

    def log(self, *values: object) -> None:
        """Add an entry to the request's logs."""

    def error(self, *values: object) -> None:
        """Add an entry to the request's errors."""
