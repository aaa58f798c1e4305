"""What a function is called with, for editors and type checkers. The runtime passes objects of its own."""

from typing import Any, Protocol


class Request(Protocol):
    env: dict[str, str]
    headers: dict[str, str]
    payload: str


class Response(Protocol):
    def send(self, text: str, status: int = 200) -> "Response":
        """Answer with text."""
        ...

    def json(self, value: Any, status: int = 200) -> "Response":
        """Answer with a value as JSON."""
        ...
