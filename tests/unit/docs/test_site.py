"""Links of the site, its pictures, and what it would load from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import board_picture
import check_site
import hooks
import pytest
from mkdocs.exceptions import PluginError

from runtimekit.engine.trace import Trace

ROOT = Path(__file__).parents[3]
PAGE = '<h1 id="top">T</h1><a href="other.html#part">o</a><a href="#top">t</a><a href="https://example.org/x">e</a>'


def rewritten(text: str, page: str = "run.md") -> str:
    """A page's Markdown, after the hook."""
    shown = cast("Any", SimpleNamespace(file=SimpleNamespace(src_uri=page)))
    return hooks.on_page_markdown(text, page=shown, config=cast("Any", None), files=cast("Any", None))


def test_links_out_of_the_documents_lead_to_the_sources() -> None:
    """Documents of the root that are pages stay in the site, and so do made pages; code is no link."""
    source = "https://github.com/runtimekit/runtimekit/blob/main"
    assert rewritten("[a](../starters/README.md#x)") == f"[a]({source}/starters/README.md#x)"
    assert rewritten("[a](../CHANGELOG.md) [b](tasks.md)") == "[a](changelog.md) [b](tasks.md)"
    assert rewritten("[a](docs/run.md#which)", "contributing.md") == "[a](run.md#which)"
    assert rewritten("```\n[a](../nothing.md)\n```") == "```\n[a](../nothing.md)\n```"
    with pytest.raises(PluginError, match=r"run\.md links to \.\./nothing\.md"):
        rewritten("[a](../nothing.md)")


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (PAGE, ""),
        (PAGE.replace("other.html#", "missing.html#"), "there is no such file"),
        (PAGE.replace("#part", "#apart"), "there is no such heading"),
        (PAGE.replace("#top", "#bottom"), "there is no such heading"),
        (PAGE + '<script src="https://example.org/a.js"></script>', "loads https://example.org/a.js"),
        (PAGE + '<script src="//example.org/a.js"></script>', "loads //example.org/a.js"),
        (PAGE + '<link rel="stylesheet" href="https://example.org/a.css">', "loads https://example.org/a.css"),
        (PAGE + '<link rel="canonical" href="https://example.org/">', ""),
        (PAGE + "<style>@font-face { src: url('https://example.org/f.woff2') }</style>", "loads https://example.org/f"),
        (PAGE + '<img src="missing.svg">', "there is no such file"),
    ],
)
def test_the_check_of_a_finished_site_notices(tmp_path: Path, page: str, problem: str) -> None:
    """Each kind of mistake; links to elsewhere are only links."""
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "other.html").write_text('<h2 id="part">P</h2>')
    found = check_site.problems(tmp_path)
    assert len(found) == bool(problem)
    assert all(problem in each for each in found)


def test_the_boards_picture_is_made_from_a_builds_trace() -> None:
    """Finished and running work at that moment, with the steps so far; work that begins later is not shown."""
    trace = Trace()
    trace.add("bases", "base a", "base a", 0, 40, result="made")
    trace.add("bases", "base b", "base b", 10, 90, result="made")
    trace.add("bases", "base b", "[1/2] RUN one", 10, 20, cached=True)
    trace.add("bases", "base b", "[2/2] RUN two", 20, 80, cached=False)
    trace.add("images", "late", "late", 90, 95, result="built")
    made = board_picture.picture({"traceEvents": trace.events()}, at=50)
    text = re.sub(r"<[^>]*>", "", made).replace("&#160;", " ")
    assert re.search(r"base a\s+made\s+40 s", text)
    assert re.search(r"base b\s+40 s\s+1/2\s+RUN two", text)
    assert "1 of 3 done, 50 s" in text
    assert "late" not in text


def test_pictures_load_nothing() -> None:
    """No font of somebody's network, and no script."""
    pictures = sorted((ROOT / "docs/pictures").glob("*.svg"))
    assert pictures
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        assert not re.search(r"@font-face|<script|<image|url\((?!#)", text), picture.name
