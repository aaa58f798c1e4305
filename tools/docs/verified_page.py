"""The page "verified on", made from the files that runs leave: test records and the rows of builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_text import code, table

from runtimekit.conformance import test_records
from runtimekit.console.tables import human_size, human_time
from runtimekit.reports import files
from runtimekit.repository import revision

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from runtimekit.conformance.test_records import TestRecord
    from runtimekit.images.results import BuildRow

ABOUT = """# Verified on

What passed, on what, and when? This page is made from the files that runs leave in `build/proofs` (test records)
and `build/reports` (builds). It says nothing about what left no file. What a person tried, and what could not be
tried, stands in the last part of each how-to.

**Own** means that the machine's processor is the platform's; **emulated** means QEMU. A base is a **stand-in**
where a recipe of `bases/` made it from packages because no registry answered, else **official**.
"""
NO_RECORDS = """## Tests

There are no test records: this page was made where no suite had passed yet. `./dev test` leaves them,
`.venv/bin/nox -s docs` makes the page again.
"""


def page(root: Path, today: dt.date) -> str:
    """The page, as Markdown, dated ``today``."""
    commit = revision.of(root).commit
    parts = [ABOUT, f"Made on {today.isoformat()}, commit {code(commit[:12])}.\n"]
    records, builds = test_records.all_of(root), files.read_build_rows(root)
    parts += _tests(records) if records else [NO_RECORDS]
    parts += _bases(records)
    parts += _builds(builds) if builds else []
    return "\n".join(parts)


def manner(record: TestRecord) -> str:
    """How the platform's programs ran: own, emulated, or not known (a record of an earlier version)."""
    if not record.machine:
        return "not known"
    return "own" if record.platform == f"linux/{record.machine}" else f"emulated on {record.machine}"


def base(record: TestRecord) -> str:
    """Whether the bases of a record's images were official ones."""
    if not record.machine:
        return "not known"
    return "stand-in" if record.stand_ins else "official"


def _tests(records: list[TestRecord]) -> list[str]:
    days = sorted(record.at[:10] for record in records)
    counts = [f"{sum(manner(each) == 'own' for each in records)} on their own platform"]
    counts += [f"{sum(manner(each).startswith('emulated') for each in records)} emulated"]
    counts += [f"{sum(base(each) == 'official' for each in records)} on official bases"]
    passed = "1 suite has passed" if len(records) == 1 else f"{len(records)} suites have passed"
    about = f"{passed}, from {days[0]} to {days[-1]}: {', '.join(counts)}.\n"
    rows = [
        (
            code(record.runtime),
            record.platform,
            manner(record),
            base(record),
            record.scope,
            f"{record.passed}" + (f", {record.waived} known failures" if record.waived else ""),
            record.at.replace("T", " ").replace("Z", " UTC"),
        )
        for record in records
    ]
    return ["## Tests\n", about, table(("runtime", "platform", "ran", "base", "scope", "passed", "when"), rows)]


def _bases(records: list[TestRecord]) -> list[str]:
    made = sorted({(image, text) for record in records for image, text in record.stand_ins.items()})
    if not made:
        return []
    about = "What stood in for the official bases. `publish` refuses images on them.\n"
    return ["## Stand-ins\n", about, table(("image", "made of"), [(code(image), text) for image, text in made])]


def _builds(builds: list[BuildRow]) -> list[str]:
    rows = [
        (
            code(row.runtime),
            row.platform,
            row.result,
            human_time(row.seconds) if row.seconds else "",
            human_size(row.size_bytes) if row.size_bytes else "",
        )
        for row in builds
    ]
    return [
        "## Builds\n",
        "The last build of each image.\n",
        table(("image", "platform", "result", "time", "size"), rows),
    ]
