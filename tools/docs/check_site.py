"""Checks a finished site: links lead to pages and headings that are there, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pathlib import Path

LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("object", "data"),
}
"""Elements and attributes whose address a browser loads by itself. Links are asked for their `rel`."""
LOADING_LINKS = {"stylesheet", "icon", "preload", "preconnect", "prefetch", "dns-prefetch", "modulepreload"}
_URL_IN_STYLE = re.compile(r"""(?:url\(|@import )\s*['"]?((?:https?:)?//[^'")\s]+)""")


class _Page(HTMLParser):
    """What a page names: its anchors, its links, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element's addresses."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        addresses = [values[name] for element, name in LOADING if element == tag and name in values]
        if tag == "link" and LOADING_LINKS & set(values.get("rel", "").split()):
            addresses.append(values.get("href", ""))
        self.loaded += addresses
        self.links += addresses
        if tag == "a" and "href" in values:
            self.links.append(values["href"])


def problems(site: Path) -> list[str]:
    """What is wrong with the site in a folder, a line each; empty if nothing is."""

    @cache
    def read(path: Path) -> _Page:
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        return page

    wrong = []
    for path in sorted(site.rglob("*.html")):
        page, name = read(path), path.relative_to(site)
        wrong += [f"{name} loads {address}" for address in page.loaded if _is_elsewhere(address)]
        for link in dict.fromkeys(page.links):
            if _is_elsewhere(link) or urlsplit(link).scheme:
                continue
            target, anchor = unquote(urlsplit(link).path), unquote(urlsplit(link).fragment)
            found = (path.parent / target if not target.startswith("/") else site / target[1:]) if target else path
            found = found / "index.html" if found.is_dir() else found
            if not found.is_file():
                wrong.append(f"{name} links to {link}: there is no such file")
            elif anchor and found.suffix == ".html" and anchor not in read(found).anchors:
                wrong.append(f"{name} links to {link}: there is no such heading")
    for path in sorted([*site.rglob("*.css"), *site.rglob("*.svg"), *site.rglob("*.html")]):
        loaded = _URL_IN_STYLE.findall(path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(site)} loads {address}" for address in loaded]
    return wrong


def _is_elsewhere(address: str) -> bool:
    return address.startswith(("http:", "https:", "//"))
