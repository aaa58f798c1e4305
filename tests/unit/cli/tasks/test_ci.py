"""Tasks for workflows, run as a step runs them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import forked
import pytest

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.images.results import BuildRow
from runtimekit.reports import files, history

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def step(repository: Path) -> Path:
    """A repository in which tasks can be called."""
    (repository / "tasks.py").write_text("from runtimekit.tasks import namespace\n")
    return repository


def call(step: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    """Run a task; return its exit code, stdout and stderr."""
    return forked.run(words, step, environment)


def test_the_matrix_goes_to_stdout_and_to_later_jobs(step: Path) -> None:
    """With the number of rows, and the reason of each."""
    output = step.parent / "output"
    words = ("matrix", "python-3.9", "alpine-3.22", "--changed-since", "", "--github-output")
    status, printed, _ = call(step, *words, GITHUB_OUTPUT=str(output))
    rows = json.loads(printed)["include"]
    assert status == 0
    assert [(row["id"], row["kind"], row["arch"]) for row in rows] == [
        ("alpine-3.22", "run-image", "amd64"),
        ("alpine-3.22", "run-image", "arm64"),
        ("python-3.9", "interpreted", "amd64"),
    ]
    lines = output.read_text().splitlines()
    assert lines[1] == printed.strip()
    assert lines[4] == "3"


def test_verdict_sets_the_exit_code(step: Path) -> None:
    """And names the failed jobs."""
    wrong = {"unit": {"result": "failure"}, "style": {"result": "success"}}
    status, _, said = call(step, "verdict", NEEDS=json.dumps(wrong))
    assert (status, said.strip()) == (1, "error: 1 of 2 jobs failed: unit (failure)")
    assert call(step, "verdict", NEEDS=json.dumps({"style": {"result": "success"}}))[0] == 0
    assert call(step, "verdict", NEEDS="")[0] == 2


def test_the_report_is_a_page_and_sizes_for_the_next_run(step: Path) -> None:
    """Made from build/reports, whichever machine wrote it."""
    row = BuildRow(runtime="python-3.10", platform="linux/amd64", result="built", seconds=3, size_bytes=97_000_000)
    files.write_build_rows(step, [row], print)
    case = CaseResult(id="key.none", rule="R1", area="key", outcome=Outcome.FAILED, seconds=0, message="<b>odd</b>")
    suite = SuiteResult(runtime="python-3.10", platform="linux/amd64", cases=(case,), seconds=1)
    files.write_json(step / "build/reports/python-3.10-amd64.json", [suite])
    (step / "build/reports/trace.json").write_text('{"traceEvents": []}')  # which is no suite
    summary = step.parent / "summary"
    words = ("report", "--output", "build/site", "--compare", "build/before.json")
    assert call(step, *words, GITHUB_STEP_SUMMARY=str(summary))[0] == 0
    page = (step / "build/site/index.html").read_text()
    assert "97 MB" in page
    assert "&lt;b&gt;odd&lt;/b&gt;" in page
    assert "Against main" not in page
    assert "key.none" in summary.read_text()
    assert files.sizes(str(step / "build/site/images.json")) == {("python-3.10", "linux/amd64"): 97_000_000}
    assert call(step, "report", "--compare", "build/site/images.json")[0] == 0
    assert "<td>same</td>" in (step / "build/site/index.html").read_text()


def test_the_report_carries_earlier_numbers_on(step: Path) -> None:
    """From its own folder or from another file, each once; a file of another kind stays as it is."""
    row = BuildRow(runtime="python-3.10", platform="linux/amd64", result="built", seconds=3, size_bytes=97_000_000)
    files.write_build_rows(step, [row], print)
    path = step / "build/site" / history.FILE
    for _ in range(2):  # the same night
        assert call(step, "report")[0] == 0
        assert len(path.read_text().splitlines()) == 2
    files.write_builds(files.folder(step) / "images/python-3.10-amd64.json", [replace(row, at="2031-01-01T00:00:00Z")])
    words = ("report", "--output", "build/page", "--history", "build/site/history.jsonl")
    assert call(step, *words)[0] == 0
    assert len((step / "build/page" / history.FILE).read_text().splitlines()) == 4
    assert "2 runs since" in (step / "build/page/index.html").read_text()
    (step / "other").write_text("other")
    status, _, said = call(step, "report", "--history", "other")
    assert (status, (step / "other").read_text()) == (2, "other")
    assert "history" in said


def test_a_report_of_nothing_says_so(step: Path) -> None:
    """And what would leave results."""
    assert call(step, "report")[0] == 0
    assert "There are no results." in (step / "build/site/index.html").read_text()
