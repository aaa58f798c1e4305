"""Secrets are registered once, where they enter, and never leave: one filter on every sink.

The sinks are the process's two streams (:func:`guard_streams`, which tables, lines and tracebacks go through), files
written by :mod:`~runtimekit.support.atomic_files`, build logs, and the messages of errors. What is a secret is known by
its text alone, so whoever writes need not think of it.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
import urllib.parse
from typing import IO, Any

MARK = "[redacted]"
SHORTEST = 4
"""The shortest text to hide. A shorter one occurs in ordinary words."""

_secrets: set[str] = set()
_lock = threading.Lock()


def register(secret: str) -> None:
    """Hide a text from now on, also as it appears in JSON, URLs and base64."""
    encoded = base64.b64encode(secret.encode()).decode()
    forms = {secret, json.dumps(secret)[1:-1], urllib.parse.quote(secret, safe=""), encoded, encoded.rstrip("=")}
    with _lock:
        _secrets.update(form for form in forms if len(form) >= SHORTEST)


def redact(text: str) -> str:
    """The text without any registered secret; the longest first, because one may be part of another."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, MARK)
    return text


class GuardedStream:
    """A text stream that removes secrets and passes everything else to another stream."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write what may be seen, and say that all was written."""
        self.stream.write(redact(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever streams have
        return getattr(self.stream, name)


def guard_streams() -> None:
    """Put the filter before stdout and stderr; calling it again changes nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, GuardedStream):
            setattr(sys, name, GuardedStream(stream))
