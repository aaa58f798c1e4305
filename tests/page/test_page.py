"""What a reader of the report can do: see it at any width and in any colours, by keyboard alone, and by ear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nights
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import SCREENSHOTS

if TYPE_CHECKING:
    from browsing import Opener
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.needs_docker

NOTHING = "\N{EN DASH}"
WIDTHS = (400, 1400)
COLOURS = ("light", "dark")
OVERFLOWING = """() => [...document.querySelectorAll("body *")]
    .filter((each) => !each.closest(".scroll, .heard, .skip") && each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120))"""
"""What sticks out of the window, other than what can be scrolled by itself."""
FOCUSED = """() => {
    const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect();
    return {
        tag: each.tagName.toLowerCase(), name: each.ariaLabel || each.textContent.trim().slice(0, 60), id: each.id,
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    };
}"""


def shown(rows: Locator) -> list[str]:
    """The first cell of each row that can be seen."""
    return [row.locator("th").first.inner_text() for row in rows.all() if row.is_visible()]


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["failed", "passed", "empty"])
def test_nothing_sticks_out(opened: Opener, name: str, width: int, colours: str) -> None:
    """At any width, with everything unfolded; a screenshot is kept."""
    page = opened(name, width=width, colours=colours)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERFLOWING) == []
    page.evaluate("document.querySelectorAll('details').forEach((each, at) => { each.open = at === 3; })")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{colours}.png", full_page=True)


@pytest.mark.parametrize(
    ("name", "width", "colours", "part"),
    [
        ("failed", 1400, "light", None),
        ("failed", 400, "dark", None),
        ("passed", 400, "light", "header"),
        ("passed", 1400, "dark", "header"),
        ("empty", 400, "light", None),
    ],
)
def test_axe_finds_no_violation(opened: Opener, name: str, width: int, colours: str, part: str | None) -> None:
    """Contrast, names, landmarks, headings, tables; on a page without failures only what differs."""
    page = opened(name, width=width, colours=colours)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = Axe().run(page, context=part)
    assert found.violations_count == 0, found.generate_report()


def test_axe_would_find_what_is_wrong(opened: Opener) -> None:
    """Pale text, a picture without words, a field without a name: else the test above proves nothing."""
    page = opened("empty")
    page.evaluate("""document.querySelector('main').insertAdjacentHTML(
        'beforeend', '<p class="pale">pale</p><svg role="img"></svg><input>');
        document.querySelector('.pale').style.color = '#ccc'""")
    found = {violation["id"] for violation in Axe().run(page).response["violations"]}
    assert {"color-contrast", "svg-img-alt", "label"} <= found


def test_what_failed_comes_first_with_request_answer_and_log(opened: Opener) -> None:
    """In the list of failures, and in the matrix: rows and columns. Nothing that was printed got out of its place."""
    page = opened("failed")
    groups = page.locator("#failures .group")
    titles = [" ".join(each.split()) for each in groups.locator("h3").all_inner_texts()]
    assert titles == [
        "perl-5.40 linux/arm64",
        "rust-1.97 linux/amd64",
        "rust-1.97 linux/arm64",
        "go-1.24 linux/amd64 key 2 of 31 failed",
        "go-1.24 linux/amd64 time 2 of 14 failed",
        "node-22-v5 linux/arm64 body 2 of 112 failed",
        "dart-3.13 linux/arm64",
    ]
    page.get_by_role("button", name="Unfold all").press("Enter")
    case = groups.nth(3).locator("details").first
    assert case.locator("h4").all_inner_texts() == ["Expected", "Got", "Request", "Answer", "Log"]
    texts = case.locator("pre").all_inner_texts()
    assert texts[2].startswith("POST / HTTP/1.1\nHost: runtime\nX-Internal-Challenge: <key>\n")
    assert "</pre></script><script>document.title = 'taken'</script>" in texts[3]
    assert case.locator("pre script, pre img").count() == 0
    assert page.title() == "✗ Function runtimes: report"
    heads = page.locator("#matrix thead th").all_inner_texts()
    assert heads[:6] == ["Runtime", "Platform", "Result", "body", "key", "time"]
    results = [row.locator("td").nth(1).inner_text() for row in page.locator("#matrix tbody tr").all()]
    assert results == [*["failed"] * 2, "not built", *["failed"] * 2, "needs a registry", *["passed"] * 14]


def test_the_first_tab_skips_to_the_results(opened: Opener) -> None:
    """Enter then goes on behind the navigation."""
    page = opened("failed")
    page.keyboard.press("Tab")
    skip: dict[str, Any] = page.evaluate(FOCUSED)
    assert (skip["name"], skip["inside"]) == ("Skip to the results", True)
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED)["id"] == "main"
    page.keyboard.press("Tab")
    assert page.locator("main").locator(":focus").count() == 1


def test_every_stop_of_the_keyboard_is_named_and_seen(opened: Opener) -> None:
    """Through the whole page, once, and no further."""
    page = opened("failed")
    stops = page.locator(
        "a[href], button:visible, input:visible, select:visible, summary:visible, .scroll[tabindex='0']"
    ).count()
    seen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        stop: dict[str, Any] = page.evaluate(FOCUSED)
        assert stop["name"] or stop["tag"] in {"input", "select"}, stop
        assert stop["outline"] >= 2, stop
        assert stop["inside"], stop
        seen.append((stop["tag"], stop["name"], stop["id"]))
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["tag"] == "body"
    assert len(seen) == stops > 50


def test_columns_sort_by_keyboard(opened: Opener) -> None:
    """Names by their numbers, sizes as sizes; the head says which way, and so does the status line."""
    page = opened("passed")
    table = page.locator("#numbers table")
    rows = table.locator("tbody tr")
    table.get_by_role("button", name="Size").focus()
    page.keyboard.press("Enter")
    head = table.locator("thead th", has_text=re.compile("^Size$"))
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.get_by_role("status").inner_text() == "sorted by Size, ascending"
    assert [*dict.fromkeys(shown(rows))] == list(nights.RUNTIMES)
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    assert [*dict.fromkeys(shown(rows))] == list(reversed(nights.RUNTIMES))
    table.get_by_role("button", name="Runtime").press("Enter")
    assert head.get_attribute("aria-sort") is None
    names = [*dict.fromkeys(shown(rows))]
    assert names.index("python-3.9") + 1 == names.index("python-3.10")
    assert names.index("node-22") + 1 == names.index("node-22-v5")


def test_rows_without_a_number_come_last_either_way(opened: Opener) -> None:
    """An image that was not built has no size, and a run image no cases about keys."""
    page = opened("failed")
    keys = page.locator("#matrix tbody tr td:nth-child(5)")
    for first in ("2 failed, of 31", "31"):
        page.locator("#matrix").get_by_role("button", name="key").press("Enter")
        assert first in keys.first.inner_text()
        assert "no cases" in keys.last.inner_text()
    rows = page.locator("#numbers tbody tr")
    for _ in range(2):
        page.get_by_role("button", name="Size").press("Enter")
        assert rows.last.locator("th, td").all_inner_texts()[:4] == ["perl-5.40", "linux/arm64", "failed", NOTHING]


def test_the_filter_leaves_the_rows_with_all_words(opened: Opener) -> None:
    """In all tables and among the failures; the status line counts. Emptied, it shows all again."""
    page = opened("failed")
    everything = page.locator("[data-row]:visible").count()
    page.get_by_label("Filter").fill("node-22-v5 ARM64")
    assert set(shown(page.locator("tbody tr"))) == {"node-22-v5"}
    assert page.locator("#failures .group:visible").count() == 1
    assert page.get_by_role("status").inner_text() == f"3 of {everything} rows and failures"
    page.get_by_label("Filter").fill("")
    page.get_by_label("only what failed").check()
    assert page.locator("#matrix tbody tr:visible").count() == 5
    assert page.locator("#failures .group:visible").count() == 6
    page.get_by_label("only what failed").uncheck()
    assert page.locator("[data-row]:visible").count() == everything
    assert page.get_by_role("status").inner_text() == ""


def test_a_failing_cell_leads_to_its_evidence(opened: Opener) -> None:
    """Unfolded, and where the keyboard goes on."""
    page = opened("failed", width=400)
    details = page.locator("#go-1\\.24-linux-amd64-key details").first
    assert details.get_attribute("open") is None
    page.locator("#matrix td.failed a").first.press("Enter")
    page.wait_for_function("document.activeElement.matches('.group')")
    assert details.get_attribute("open") is not None
    assert page.evaluate("location.hash") == "#go-1.24-linux-amd64-key"
    assert page.evaluate(FOCUSED)["inside"]


def ground(page: Page) -> str:
    """The colour behind everything."""
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_colours_follow_the_system_until_somebody_chooses(opened: Opener) -> None:
    """By the switch, which is remembered when the page is read again."""
    page = opened("passed", colours="dark")
    dark = ground(page)
    page.emulate_media(color_scheme="light")
    light = ground(page)
    assert dark != light
    switch = page.get_by_label("Colours")
    switch.select_option("dark")
    assert ground(page) == dark
    page.reload()
    assert (ground(page), switch.input_value()) == (dark, "dark")
    switch.select_option("as the system")
    assert ground(page) == light


def test_without_scripts_it_says_the_same(opened: Opener) -> None:
    """What cannot work is not shown."""
    page = opened("failed", script=False)
    assert page.locator("[role=search]:visible, .theme:visible, button:visible").count() == 0
    assert page.locator("#matrix tbody tr:visible").count() == len(nights.RUNTIMES) * len(nights.PLATFORMS)
    assert page.locator("#failures .group:visible").count() > 3


def test_those_who_hear_it_get_landmarks_captions_and_charts_in_words(opened: Opener) -> None:
    """As Chromium tells screen readers."""
    page = opened("failed")
    for role in ("banner", "navigation", "search", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role  # type: ignore[arg-type] - one of Playwright's words
    for name in ("What failed", "Matrix", "Sizes and times", "Speed"):
        assert page.get_by_role("region", name=name, exact=True).count() == 1
        assert page.get_by_role("heading", name=name, level=2, exact=True).count() == 1
    assert page.locator("table").count() == page.locator("table > caption").count()
    assert page.get_by_role("cell", name="2 failed, of 112").count() == 1
    picture = page.locator("#numbers tbody tr").first.get_by_role("img").first
    assert picture.locator("title").text_content() == "25 runs since 2026-11-02: 12 MB, the same throughout."
