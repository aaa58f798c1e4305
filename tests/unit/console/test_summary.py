"""A run as GitHub's markdown and as a page: the same facts, and nothing that was printed becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.console import summary
from runtimekit.console.markdown import markdown
from runtimekit.console.page import page
from runtimekit.images.results import BuildRow

HOSTILE = (
    "a | b `code` **bold** [x](javascript:1) <script>alert(1)</script> </pre></details> @someone :tada: \\| $x$\n"
    "| --- |\n\n# head\x1b[31m\x00 <!-- https://example.org/?a=1&b=2"
)


def built(**changes: object) -> BuildRow:
    """A row."""
    image = {"runtime": "node-22", "platform": "linux/amd64", "size_bytes": 123_000_000}
    facts = image | {"result": "built", "seconds": 41}
    return BuildRow(**(facts | changes))  # type: ignore[arg-type]


def suite(**changes: object) -> SuiteResult:
    """A suite with one case that passed and one that failed."""
    case = {"rule": "R5", "area": "body", "seconds": 0.1}
    cases = (
        CaseResult(id="body.ok", outcome=Outcome.PASSED, **case),  # type: ignore[arg-type]
        CaseResult(id="body.no", outcome=Outcome.FAILED, message="wrong", expected="400", got="500", log="x", **case),  # type: ignore[arg-type]
    )
    facts = {"runtime": "node-22", "platform": "linux/amd64", "cases": cases, "seconds": 2}
    return SuiteResult(**(facts | changes))  # type: ignore[arg-type]


class Reading(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's form
        """Note it."""
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.words.append(data)


def test_the_tables_say_what_became_of_images_and_tests() -> None:
    """One line each; a failure stands out and its evidence is folded below."""
    text = markdown([*summary.of_builds([built()]), *summary.of_suites([suite()])])
    assert "| node-22 | linux/amd64 | built | 41 s | 123 MB |" in text
    assert "| node-22 | linux/amd64 | ✗ failed | 1 | 1 |  |  | 2.0 s |" in text
    assert "<summary>node-22 linux/amd64: body.no (rule R5)</summary>" in text
    assert "<pre>wrong\nexpected: 400\ngot: 500\nlog:\nx</pre>" in text
    assert markdown([]) == ""


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (120_000_000, "+3 MB (+2.5%)"),
        (123_000_001, "-1 B (-0.0%)"),
        (123_000_000, "same"),
        (None, "new"),
    ],
)
def test_growth_is_shown_against_main(before: int | None, shown: str) -> None:
    """An image that main does not have is new."""
    sizes = {("node-22", "linux/amd64"): before} if before else {}
    (sheet,) = summary.of_builds([built()], sizes)
    assert isinstance(sheet, summary.SummaryTable)
    assert sheet.rows[0][-1] == shown


def test_what_failed_to_build_shows_its_last_lines() -> None:
    """And no size, and no growth."""
    row = built(result="failed", size_bytes=None, error="building failed\nERROR: exit code 1")
    sheet, folded = summary.of_builds([row], {})
    assert isinstance(sheet, summary.SummaryTable)
    assert sheet.rows[0][2:] == ("✗ failed", "41 s", "", "")
    assert folded == summary.Details("node-22 linux/amd64: the build failed", "building failed\nERROR: exit code 1")


def test_a_suite_that_could_not_run_says_why() -> None:
    """Never a row without a reason."""
    blocks = summary.of_suites([suite(cases=(), error="its image was not built")])
    assert blocks[1] == summary.Details("node-22 linux/amd64: no case was run", "its image was not built")
    blocks = summary.of_suites([suite(cases=(), unavailable="no source")])
    assert isinstance(blocks[0], summary.SummaryTable)
    assert blocks[0].rows[0][2] == "needs a registry"


def test_hostile_text_stays_text_in_markdown() -> None:
    """A table keeps its cells, evidence stays in its place, and no tag, link or comment begins."""
    blocks = [
        summary.SummaryTable(HOSTILE, (HOSTILE, "b"), ((HOSTILE, "c"),), note=HOSTILE),
        summary.Details(HOSTILE, HOSTILE),
        summary.SummaryTable("after", ("x",), (("y",),)),
    ]
    rendered = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(markdown(blocks))
    reading = Reading(rendered)
    assert set(reading.tags) <= {"h3", "table", "thead", "tbody", "tr", "th", "td", "p", "details", "summary", "pre"}
    assert (reading.tags.count("table"), reading.tags.count("td"), reading.tags.count("pre")) == (2, 3, 1)
    assert "\x1b" not in rendered
    words = "".join(reading.words)
    assert words.count("a | b `code` **bold** [x](javascript:1) <script>alert(1)</script> </pre></details>") == 6
    assert r"\@someone" in markdown(blocks)


def test_hostile_text_stays_text_in_the_page() -> None:
    """No script and nothing from elsewhere, whatever functions print."""
    blocks = [summary.SummaryTable(HOSTILE, (HOSTILE,), ((HOSTILE,),)), summary.Details(HOSTILE, HOSTILE)]
    text = page(HOSTILE, HOSTILE, blocks)
    reading = Reading(text)
    assert "script" not in reading.tags
    assert not {"a", "b", "img", "link"} & set(reading.tags)
    assert reading.tags.count("details") == reading.tags.count("pre") == 1
    assert "".join(reading.words).count("<script>alert(1)</script>") == 8
    assert "\x1b" not in text


def test_an_empty_page_says_so() -> None:
    """Not an empty table."""
    assert "There are no results." in page("x", "y", [])
