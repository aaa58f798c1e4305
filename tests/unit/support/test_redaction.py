"""Secrets that were registered show nowhere."""

from __future__ import annotations

import base64
import io
import json
import sys
import urllib.parse
from typing import TYPE_CHECKING

import pytest

from runtimekit.console import make_console, printable
from runtimekit.support import atomic_files, redaction

if TYPE_CHECKING:
    from pathlib import Path

SECRET = 'pa"ss/wörd+1'  # noqa: S105 - a test's
FORMS = (
    SECRET,
    json.dumps(SECRET)[1:-1],
    urllib.parse.quote(SECRET, safe=""),
    base64.b64encode(SECRET.encode()).decode(),
)


@pytest.fixture(autouse=True)
def registered() -> None:
    """One secret."""
    redaction.register(SECRET)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_in_which_a_secret_travels_is_hidden(form: str) -> None:
    """As it is, in JSON, in an address, in base64."""
    assert redaction.redact(f"before {form} after") == "before [redacted] after"


def test_streams_files_and_tables_have_the_filter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever writes need not think of it."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    redaction.guard_streams()
    redaction.guard_streams()
    print("one", SECRET)  # noqa: T201 - this is what it is about
    make_console(stderr=True).print(f"two {SECRET}")
    assert stream.getvalue() == "one [redacted]\ntwo [redacted]\n"
    atomic_files.write_text(tmp_path / "file", SECRET)
    assert (tmp_path / "file").read_text() == "[redacted]"
    assert printable(SECRET) == "[redacted]"


def test_a_guarded_stream_is_otherwise_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """What asks whether it is a terminal gets the right answer, and all is said to be written."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    redaction.guard_streams()
    assert sys.stdout.isatty() is False
    assert sys.stdout.write(SECRET) == len(SECRET)


def test_a_short_text_is_no_secret() -> None:
    """An empty password would be found between any two letters."""
    for short in ("", "a", "abc"):
        redaction.register(short)
    assert redaction.redact("abc") == "abc"


def test_the_longest_secret_goes_first() -> None:
    """One that begins with another does not leave its end behind."""
    redaction.register("token")
    redaction.register("token-and-more")
    assert redaction.redact("token-and-more") == "[redacted]"
