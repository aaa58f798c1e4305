"""Fills the templates.

Whatever tools and functions printed stays text: Jinja escapes it, and the page's policy lets only the page's own script
and style through, by their hashes.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from runtimekit.conformance.results import Outcome
from runtimekit.console import printable
from runtimekit.console.page import charts, failures, matrix, numbers, speed
from runtimekit.console.tables import human_size
from runtimekit.images.results import FAILED

if TYPE_CHECKING:
    from runtimekit.console.page.contents import Contents


def page(contents: Contents) -> str:
    """Return the whole page. It loads no script, font, picture or other resource."""
    style, script = _resource("page.css"), _resource("page.js")
    made = matrix.matrix(contents)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            contents=contents,
            counts=_counts(contents) | {"untested": sum(row.result == matrix.NOT_TESTED for row in made.rows)},
            matrix=made,
            groups=failures.groups(contents),
            numbers=numbers.rows(contents),
            speed_charts=speed.all_charts(contents),
            speed_about=speed.about(contents.benchmarks) if contents.benchmarks else "",
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'",
            line_width=charts.WIDTH,
            line_height=charts.HEIGHT,
        )
    )


def _counts(contents: Contents) -> dict[str, int | str]:
    """The numbers at the top of the page."""
    cases = {outcome: sum(suite.count(outcome) for suite in contents.suites) for outcome in Outcome}
    bytes_in_all = sum(row.size_bytes or 0 for row in contents.builds)
    return {
        "suites": len(contents.suites),
        "suites_ok": sum(suite.ok for suite in contents.suites),
        "suites_unavailable": sum(bool(suite.unavailable) for suite in contents.suites),
        "suites_bad": sum(not suite.ok and not suite.unavailable for suite in contents.suites),
        "images": len(contents.builds),
        "images_bad": sum(row.result == FAILED for row in contents.builds),
        "size": human_size(bytes_in_all) if bytes_in_all else "",
        "passed": cases[Outcome.PASSED],
        "failed": cases[Outcome.FAILED],
        "waived": cases[Outcome.WAIVED],
        "not_run": cases[Outcome.NOT_RUN],
    }


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("runtimekit.console.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = "{:,}".format
    return environment


def _shown(value: object) -> object:
    """Text without control characters and secrets. What templates have made is left as it is."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _resource(name: str) -> Markup:
    """Our own style or script, as it is: it is no text of anybody else's."""
    loader = _environment().loader
    assert loader is not None  # noqa: S101 - for the type checker
    return Markup(loader.get_source(_environment(), name)[0])  # noqa: S704 - our own file


def _hash(text: str) -> str:
    """How a Content-Security-Policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
