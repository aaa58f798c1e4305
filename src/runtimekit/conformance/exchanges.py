"""What a case sent and received last: a failed case shows it. Long texts are kept in part."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_BYTES = 4096
"""How much of a request or of an answer is kept."""
SHOWN_CHARACTERS = 2000
"""How much of it a report shows."""
LONGEST_KEY = 64
"""Characters. What is cut off may have begun in the middle of a key."""
_INTERIM = b"HTTP/1.1 100"


@dataclass
class Transcript:
    """The bytes that went one way: the first of them, and how many there were."""

    kept: bytearray = field(default_factory=bytearray)
    size: int = 0

    def add(self, data: bytes) -> None:
        """Take in what went by."""
        self.size += len(data)
        self.kept += data[: KEPT_BYTES - len(self.kept)]

    def text(self, redacted: Callable[[str], str]) -> str:
        """The bytes as text, without keys; what is left out is counted."""
        text = redacted(self.kept.decode(errors="backslashreplace")).replace("\r\n", "\n")
        if self.size > len(self.kept):
            text = text[:-LONGEST_KEY]
        if self.size == len(self.kept) and len(text) <= SHOWN_CHARACTERS:
            return text
        return f"{text[:SHOWN_CHARACTERS]}… ({self.size:,} bytes)"


@dataclass
class Exchange:
    """One request and its answer, as far as either went."""

    request: Transcript = field(default_factory=Transcript)
    answer: Transcript = field(default_factory=Transcript)


class Conversation:
    """What goes over one connection. It is a :class:`~runtimekit.functions.watcher.Watcher`."""

    def __init__(self, note: Callable[[Exchange], None]) -> None:
        self._note = note
        self._exchange = Exchange()

    def sending(self) -> None:
        """A request, or a further part of one, begins. After an answer it is another request."""
        answer = self._exchange.answer
        if answer.size and not answer.kept.startswith(_INTERIM):
            self._exchange = Exchange()
        self._note(self._exchange)

    def sent(self, data: bytes) -> None:
        """These bytes were sent."""
        self._exchange.request.add(data)

    def received(self, data: bytes) -> None:
        """These bytes have come."""
        self._exchange.answer.add(data)
        self._note(self._exchange)


class Exchanges:
    """All conversations of one case. Any thread may begin one."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._last: Exchange | None = None

    def converse(self) -> Conversation:
        """Begin a conversation."""
        return Conversation(self._note)

    @property
    def of_this_thread(self) -> Exchange | None:
        """The last exchange of the thread that asks."""
        return getattr(self._own, "last", None)

    @property
    def last(self) -> Exchange | None:
        """The last exchange of the thread that asks; if it had none, of any thread."""
        return self.of_this_thread or self._last

    def _note(self, exchange: Exchange) -> None:
        self._own.last = self._last = exchange
