"""Outputs, summaries and results of other jobs in GitHub Actions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import NotInActionsError
from runtimekit.github import step

if TYPE_CHECKING:
    from pathlib import Path


def needs(**results: str) -> dict[str, str]:
    """The environment of a required check. `plan` has a matrix with rows."""
    jobs = {name: {"result": result, "outputs": {}} for name, result in results.items()}
    return {"NEEDS": json.dumps(jobs)}


def test_a_run_passes_when_every_job_succeeded() -> None:
    """The number of jobs is returned, too."""
    assert step.failed_jobs(needs(plan="success", image="success")) == ([], 2)


@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped", "anything else"])
def test_every_other_result_is_a_failure(result: str) -> None:
    """A job that was skipped because another one failed must not look green."""
    assert step.failed_jobs(needs(plan="success", image=result)) == ([f"image ({result})"], 2)


def test_jobs_may_be_skipped_when_the_matrix_has_no_rows() -> None:
    """A pull request that touches a README has no images."""
    jobs = {"plan": {"result": "success", "outputs": {"rows": "0"}}, "image": {"result": "skipped", "outputs": {}}}
    assert step.failed_jobs({"NEEDS": json.dumps(jobs)}) == ([], 2)
    jobs["plan"]["result"] = "failure"
    assert step.failed_jobs({"NEEDS": json.dumps(jobs)})[0] == ["plan (failure)", "image (skipped)"]
    jobs["plan"] = {"result": "success", "outputs": {"rows": "2"}}
    assert step.failed_jobs({"NEEDS": json.dumps(jobs)})[0] == ["image (skipped)"]


@pytest.mark.parametrize("text", ["", "{}", "no json", "[]", '{"a": "success"}', '{"a": {}}'])
def test_an_empty_needs_is_refused(text: str) -> None:
    """Otherwise a forgotten `needs` would be a green check."""
    with pytest.raises(NotInActionsError, match="NEEDS"):
        step.failed_jobs({"NEEDS": text})


def test_outputs_keep_values_with_line_ends(tmp_path: Path) -> None:
    """A value with line ends cannot set another output."""
    file = tmp_path / "output"
    step.set_outputs({"matrix": "a\nrows=9\nEOF\n", "rows": "2"}, {"GITHUB_OUTPUT": str(file)})
    lines = file.read_text().splitlines()
    end = lines[0].partition("<<")[2]
    assert lines == [f"matrix<<{end}", "a", "rows=9", "EOF", "", end, *lines[6:]]
    assert lines[6].startswith("rows<<")
    assert end != lines[6].partition("<<")[2]


def test_outputs_outside_of_a_workflow_are_refused() -> None:
    """A lost output would be an empty matrix."""
    with pytest.raises(NotInActionsError, match="GITHUB_OUTPUT"):
        step.set_outputs({"a": "b"}, {})


def test_summaries_add_up_and_are_left_out_elsewhere(tmp_path: Path) -> None:
    """Several tasks may run in one step."""
    file = tmp_path / "summary"
    environ = {"GITHUB_STEP_SUMMARY": str(file)}
    step.summarize("one\n", environ)
    step.summarize("", environ)
    step.summarize("two\n", environ)
    assert file.read_text() == "one\ntwo\n"
    step.summarize("three", {})


def test_a_summary_that_is_too_long_is_cut_between_blocks(tmp_path: Path) -> None:
    """GitHub would drop all of it."""
    file = tmp_path / "summary"
    block = "\n\n<details><summary>x</summary>\n\n<pre>" + "y" * 400_000 + "</pre>\n\n</details>\n\n"
    step.summarize("head" + block * 3, {"GITHUB_STEP_SUMMARY": str(file)})
    text = file.read_text()
    assert len(text) < 1024 * 1024
    assert text.startswith("head")
    assert text.count("<pre>") == text.count("</pre>") == 2
    assert text.endswith("The rest did not fit; the reports have all results.\n")
