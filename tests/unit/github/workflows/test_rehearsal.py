"""The `run:` lines of jobs run here as GitHub's runner would run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import RehearsalError
from runtimekit.github.workflows import model
from runtimekit.github.workflows.rehearsal import REHEARSAL_VARIABLE, rehearse

if TYPE_CHECKING:
    from pathlib import Path

JOBS = """\
  one:
    steps:
      - uses: actions/checkout@v0
      - run: exit 3
      - run: echo never
  two:
    needs: [one]
    env:
      ID: ${{ matrix.id }}
    steps:
      - run: test "$ID $FROM_TOP $NUMBER" = "a-1 top 7"
        env: {NUMBER: 7}
"""


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rehearsal runs these tests, too: hide that from them."""
    monkeypatch.delenv(REHEARSAL_VARIABLE, raising=False)


def rehearsed(tmp_path: Path, text: str, *jobs: str) -> list[tuple[str, str, str]]:
    """Job, step and result of all steps of a workflow with these jobs."""
    file = tmp_path / "played.yml"
    file.write_text(f"on: pull_request\nenv: {{FROM_TOP: top}}\njobs:\n{text}")
    results = rehearse(tmp_path, model.load(file), jobs)
    return [(each.job, each.step.partition("\n")[0], each.result) for each in results]


def test_the_lines_of_all_jobs_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows a failure in its job is skipped, and actions are left to GitHub. Other jobs are run."""
    monkeypatch.setenv("ID", "a-1")
    assert rehearsed(tmp_path, JOBS) == [
        ("one", "actions/checkout@v0", "left to GitHub"),
        ("one", "exit 3", "failed (3)"),
        ("one", "echo never", "skipped"),
        ("two", 'test "$ID $FROM_TOP $NUMBER" = "a-1 top 7"', "ok"),
    ]


def test_a_job_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of other jobs are not needed then."""
    monkeypatch.delenv("ID", raising=False)
    assert {job for job, _, _ in rehearsed(tmp_path, JOBS, "one")} == {"one"}


def test_variables_that_github_computes_must_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked before anything runs. An empty value is enough."""
    monkeypatch.delenv("ID", raising=False)
    with pytest.raises(RehearsalError, match="computes ID: set each in the environment"):
        rehearsed(tmp_path, JOBS)
    assert not (tmp_path / "build").exists()
    monkeypatch.setenv("ID", "")
    assert rehearsed(tmp_path, JOBS)[-1][2] == "failed (1)"


def test_outputs_and_summaries_are_those_of_the_last_rehearsal(tmp_path: Path) -> None:
    """A file for each job."""
    text = '  one:\n    steps: [{run: echo "# one" | tee -a "$GITHUB_STEP_SUMMARY" >> "$GITHUB_OUTPUT"}]\n'
    for _ in range(2):
        rehearsed(tmp_path, text)
    for name in ("one.md", "one.outputs"):
        assert (tmp_path / "build/rehearsal/played" / name).read_text() == "# one\n"


def test_the_second_command_is_not_reached_after_a_failure(tmp_path: Path) -> None:
    """As with GitHub's `bash -e`."""
    text = "  one:\n    steps:\n      - run: |\n          false\n          true\n"
    assert rehearsed(tmp_path, text)[0][2] == "failed (1)"


def test_a_jobs_deadline_ends_its_steps(tmp_path: Path) -> None:
    """A hanging step is a failure."""
    text = "  one:\n    timeout-minutes: 0.002\n    steps: [{run: sleep 60}]\n"
    assert rehearsed(tmp_path, text) == [("one", "sleep 60", "failed (124)")]


def test_a_workflow_without_lines_to_run_is_an_error(tmp_path: Path) -> None:
    """It would check nothing."""
    with pytest.raises(RehearsalError, match="no `run:` line in any job"):
        rehearsed(tmp_path, "  one: {steps: [{uses: a/b@c}]}\n")
    with pytest.raises(RehearsalError, match="no `run:` line in three"):
        rehearsed(tmp_path, JOBS, "three")


def test_a_rehearsal_never_enters_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of its steps has a variable that a rehearsal refuses."""
    assert rehearsed(tmp_path, f'  one:\n    steps: [{{run: test "${REHEARSAL_VARIABLE}" = 1}}]\n')[0][2] == "ok"
    monkeypatch.setenv(REHEARSAL_VARIABLE, "1")
    with pytest.raises(RehearsalError, match="cannot start another one"):
        rehearsed(tmp_path, "  one:\n    steps: [{run: 'true'}]\n")
