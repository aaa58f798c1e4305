"""A workflow is played as GitHub plays it, as far as this machine can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError, RehearsalError
from runtimekit.workflows import model
from runtimekit.workflows.rehearsal import GUARD, Rehearsal

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """\
  plan:
    outputs:
      matrix: ${{ steps.matrix.outputs.matrix }}
    steps:
      - uses: actions/checkout@v0
      - id: matrix
        run: |
          echo "matrix<<END" >> "$GITHUB_OUTPUT"
          echo '{"include": [{"id": "a-1", "arch": "amd64"}, {"id": "a-1", "arch": "arm64"},' >> "$GITHUB_OUTPUT"
          echo '{"id": "b-1", "arch": "amd64"}]}' >> "$GITHUB_OUTPUT"
          echo "END" >> "$GITHUB_OUTPUT"
  image:
    name: image ${{ matrix.id }}
    needs: plan
    strategy:
      matrix: ${{ fromJSON(needs.plan.outputs.matrix) }}
    env:
      ID: ${{ matrix.id }}
    steps:
      - run: test "$ID" = a-1
"""


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are among what a rehearsal runs."""
    monkeypatch.delenv(GUARD, raising=False)


def played(tmp_path: Path, jobs: str, **more: str) -> list[tuple[str, str, str]]:
    """Job, step and result of all steps of a workflow with these jobs."""
    file = tmp_path / "played.yml"
    file.write_text(f"on: pull_request\nenv: {{FROM_TOP: top}}\njobs:\n{jobs}")
    rehearsal = Rehearsal(tmp_path, model.load(file), frozenset({"a-1"}), "amd64", **more)
    return [(each.job, each.step.partition("\n")[0], each.result) for each in rehearsal.run()]


def test_a_plans_rows_are_run_that_were_asked_for_and_that_this_machine_runs(tmp_path: Path) -> None:
    """Outputs travel from step to job to matrix to environment; actions are left to GitHub."""
    assert played(tmp_path, PLAN) == [
        ("plan", "actions/checkout@v0", "left to GitHub"),
        ("plan", 'echo "matrix<<END" >> "$GITHUB_OUTPUT"', "ok"),
        ("image a-1", 'test "$ID" = a-1', "ok"),
    ]


def test_a_matrix_without_any_of_the_rows_shows_nothing(tmp_path: Path) -> None:
    """And is no success."""
    with pytest.raises(RehearsalError, match="none of its 3 rows is one of a-1 on amd64"):
        played(tmp_path, PLAN.replace('"a-1"', '"c-1"'))


def test_what_follows_a_failure_is_skipped_unless_it_asks_for_it(tmp_path: Path) -> None:
    """Steps, and jobs that need the failed one; the required check runs and sees it."""
    jobs = """\
  one:
    steps:
      - run: exit 3
      - run: echo never
      - if: always()
        run: echo all the same
  two:
    needs: [one]
    steps: [{run: echo never}]
  apart:
    steps: [{run: test "$FROM_TOP" = top}]
  judge:
    if: always()
    needs: [one, two]
    steps:
      - run: test "$ONE $TWO" = "failure skipped"
        env: {ONE: "${{ needs.one.result }}", TWO: "${{ needs.two.result }}"}
"""
    assert played(tmp_path, jobs) == [
        ("one", "exit 3", "failed (3)"),
        ("one", "echo never", "skipped"),
        ("one", "echo all the same", "ok"),
        ("apart", 'test "$FROM_TOP" = top', "ok"),
        ("two", "the job", "skipped"),
        ("judge", 'test "$ONE $TWO" = "failure skipped"', "ok"),
    ]


def test_a_pull_requests_base_is_what_was_given(tmp_path: Path) -> None:
    """Without one it is as if somebody had started the workflow by hand."""
    jobs = """\
  one:
    steps:
      - run: test "$BASE" = "abc"
        env: {BASE: "${{ github.event.pull_request.base.sha }}"}
"""
    assert played(tmp_path, jobs, base="abc")[0][2] == "ok"
    assert played(tmp_path, jobs.replace('"abc"', '""'))[0][2] == "ok"


def test_summaries_are_those_of_the_last_rehearsal(tmp_path: Path) -> None:
    """A file for each job."""
    jobs = '  one:\n    steps: [{run: echo "# one" >> "$GITHUB_STEP_SUMMARY"}]\n'
    for _ in range(2):
        played(tmp_path, jobs)
    assert (tmp_path / "build/rehearsal/played/one.md").read_text() == "# one\n"


def test_the_second_command_is_not_reached_after_a_failure(tmp_path: Path) -> None:
    """As with GitHub's `bash -e`."""
    assert (
        played(tmp_path, "  one:\n    steps:\n      - run: |\n          false\n          true\n")[0][2] == "failed (1)"
    )


def test_a_jobs_deadline_ends_its_steps(tmp_path: Path) -> None:
    """A hanging step is a failure."""
    jobs = "  one:\n    timeout-minutes: 0.002\n    steps: [{run: sleep 60}]\n"
    assert played(tmp_path, jobs) == [("one", "sleep 60", "failed (124)")]


def test_an_unknown_expression_is_an_error_with_its_place(tmp_path: Path) -> None:
    """Never a guess."""
    with pytest.raises(ConfigurationError, match=r"played.yml:4: .*success"):
        played(tmp_path, "  one:\n    if: success()\n    steps: [{run: 'true'}]\n")


def test_jobs_that_wait_for_each_other_and_workflows_without_commands_are_errors(tmp_path: Path) -> None:
    """Nothing was shown, so nothing is green."""
    with pytest.raises(RehearsalError, match="wait for each other"):
        played(tmp_path, "  one: {needs: two, steps: []}\n  two: {needs: one, steps: []}\n")
    with pytest.raises(RehearsalError, match="no step was run"):
        played(tmp_path, "  one: {steps: [{uses: a/b@c}]}\n")


def test_a_rehearsal_never_enters_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its steps carry the mark that it refuses."""
    assert played(tmp_path, f'  one:\n    steps: [{{run: test "${GUARD}" = 1}}]\n')[0][2] == "ok"
    monkeypatch.setenv(GUARD, "1")
    with pytest.raises(RehearsalError, match="does not enter itself"):
        played(tmp_path, "  one:\n    steps: [{run: 'true'}]\n")
