"""The whole page as text: nothing that was printed becomes markup, no secret gets in, and nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.console.page.contents import Contents
from runtimekit.console.page.render import page
from runtimekit.images.results import BuildRow
from runtimekit.support import redaction

HOSTILE = (
    "a | b <script>alert(1)</script> </pre></details></main> </title> {{ 7 * 7 }} {% raw %} &amp;\n"
    "'\" onclick=x \x1b[31m\x00 <!-- https://example.org/?a=1&b=2"
)
VOID = {"meta", "input", "circle", "polyline", "rect", "line"}
"""Elements without an end."""

PASSED = CaseResult(id="key.none", rule="R1", area="key", outcome=Outcome.PASSED, seconds=0)


class Reading(HTMLParser):
    """What a browser would see of a page. Every element has to end where it should."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It was the last one that began."""
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.words.append(data)


def failed(text: str) -> Contents:
    """A page on which everything that others can write is this text."""
    evidence = dict.fromkeys(("message", "expected", "got", "log", "request", "answer"), text)
    case = CaseResult(id=text, rule=text, area=text, outcome=Outcome.FAILED, seconds=0, **evidence)
    return Contents(
        title=text,
        commit=text,
        created=text,
        builds=[BuildRow(runtime="b", platform=text, result="failed", seconds=0, error=f"{text}\n{text}")],
        suites=[
            SuiteResult(runtime=text, platform=text, cases=(case,), seconds=1),
            SuiteResult(runtime="c", platform=text, cases=(), seconds=1, error=text),
            SuiteResult(runtime="d", platform=text, cases=(), seconds=1, unavailable=text),
        ],
        before={},
    )


def test_hostile_text_stays_text() -> None:
    """No element of it, wherever it stands; templates do not run it; control characters are gone."""
    text = page(failed(HOSTILE))
    reading = Reading(text)
    assert reading.tags.count("script") == 1  # the page's own
    assert not {"img", "link", "iframe", "object", "base", "form"} & set(reading.tags)
    assert all(address.startswith("#") for address in reading.addresses)
    assert "".join(reading.words).count("<script>alert(1)</script>") > 15
    assert "{{ 7 * 7 }} {% raw %} &amp;" in "".join(reading.words)
    assert "\x1b" not in text
    assert "\x00" not in text


def test_no_secret_gets_in() -> None:
    """Whoever printed it."""
    redaction.register("a-secret-of-this-run")
    assert "a-secret-of-this-run" not in page(failed("it is a-secret-of-this-run"))


def test_only_its_own_script_and_style_may_run() -> None:
    """The policy names them by their hashes; every id is there once, and every link leads to one."""
    text = page(failed("x"))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    allowed = policy[1].replace("&#39;", "'")
    assert allowed.startswith("default-src 'none'; ")
    for tag in ("script", "style"):
        (inline,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in allowed
    assert " style=" not in text
    assert "unsafe" not in text
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', text)) <= set(ids)


def test_what_was_not_tested_is_not_called_good() -> None:
    """Nothing failed, but nothing was shown to work either."""
    rows = [BuildRow(runtime=f"a-{number}", platform="p", result="built", seconds=1) for number in range(2)]
    text = " ".join(page(Contents(title="x", commit="y", created="z", builds=rows)).split())
    assert '<p class="verdict unknown"> Nothing failed. 2 of 2 images were not tested. </p>' in text
    suite = replace(failed("x").suites[0], runtime="a-0", platform="p", cases=(PASSED,))
    text = " ".join(page(Contents(title="x", commit="y", created="z", builds=rows, suites=[suite])).split())
    assert "✓</span> Nothing failed. 1 of 2 images was not tested. </p>" in text


def test_an_empty_page_says_so() -> None:
    """Not an empty table."""
    text = page(Contents(title="x", commit="y", created="z"))
    assert "There are no results." in text
    assert "<table" not in text
    assert "verdict" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
