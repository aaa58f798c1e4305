"""Tasks for workflows, run as a step runs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import forked
import pytest

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.images.results import BuildRow
from runtimekit.reports import files

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
    assert "against main" not in page
    assert "key.none" in summary.read_text()
    assert files.sizes(str(step / "build/site/images.json")) == {("python-3.10", "linux/amd64"): 97_000_000}
    assert call(step, "report", "--compare", "build/site/images.json")[0] == 0
    assert "<td>same</td>" in (step / "build/site/index.html").read_text()
