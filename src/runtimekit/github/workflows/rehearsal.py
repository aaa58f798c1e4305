"""Runs the ``run:`` lines of a workflow's jobs on this machine, each as GitHub's runner would.

Conditions, matrices and actions are not run. A variable whose value GitHub computes, such as ``ID: ${{ matrix.id }}``,
is taken from this process's environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.errors import RehearsalError
from runtimekit.github.step import OUTPUT, SUMMARY
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from runtimekit.github.workflows.model import Job, Step, Workflow

REHEARSAL_VARIABLE = "RUNTIMEKIT_REHEARSAL"
"""Set for all commands of a rehearsal, so that no rehearsal starts another."""
OK, FAILED, SKIPPED, LEFT_TO_GITHUB = "ok", "failed", "skipped", "left to GitHub"
TIMED_OUT = 124
"""The exit code of a step that its job's timeout ended, as in timeout(1)."""
DEFAULT_MINUTES = 360
"""GitHub's timeout for a job without ``timeout-minutes``."""


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """The result of one step."""

    workflow: str
    job: str
    step: str
    """The command, or the action that the step uses."""
    result: str
    seconds: float = 0

    @property
    def failed(self) -> bool:
        """Whether the command ended with another exit code than 0."""
        return self.result.startswith(FAILED)


def rehearse(
    root: Path, workflow: Workflow, jobs: Sequence[str] = (), on_result: Callable[[StepResult], None] = lambda _: None
) -> list[StepResult]:
    """Run the ``run:`` lines of jobs, one job after the other in the file's order. All jobs run, even after a failure.

    Args:
        root: The repository's folder, in which the lines run.
        workflow: The workflow of the jobs.
        jobs: The keys of jobs in the file; empty for all.
        on_result: Called after each step.

    Returns:
        The result of each step. Jobs write their summaries to ``build/rehearsal/<workflow>/<job>.md``.

    Raises:
        RehearsalError: A rehearsal runs this, there is no ``run:`` line, or the environment lacks a variable.
    """
    if os.environ.get(REHEARSAL_VARIABLE):
        raise RehearsalError("a rehearsal cannot start another one")
    chosen = [job for name, job in workflow.jobs.items() if not jobs or name in jobs]
    if not any(step.run for job in chosen for step in job.steps):
        raise RehearsalError(f"{workflow.path.name} has no `run:` line in {', '.join(jobs) or 'any job'}")
    if missing := sorted({each for job in chosen for each in _missing_variables(workflow, job)}):
        raise RehearsalError(f"GitHub computes {', '.join(missing)}: set each in the environment, empty if need be")
    folder = root / "build" / "rehearsal" / workflow.path.stem
    shutil.rmtree(folder, ignore_errors=True)  # summaries of an earlier rehearsal
    folder.mkdir(parents=True)
    results: list[StepResult] = []
    for job in chosen:
        for result in _job(root, folder, workflow, job):
            results.append(result)
            on_result(result)
    return results


def _job(root: Path, folder: Path, workflow: Workflow, job: Job) -> Iterator[StepResult]:
    """Run a job's steps until one fails or the job's timeout is over."""
    end = time.monotonic() + 60 * (job.timeout_minutes or DEFAULT_MINUTES)
    ok = True
    for step in job.steps:
        started_at, result = time.monotonic(), OK
        if not step.run:
            result = LEFT_TO_GITHUB
        elif not ok:
            result = SKIPPED
        elif status := _run(root, folder, workflow, job, step, end):
            ok, result = False, f"{FAILED} ({status})"
        yield StepResult(
            workflow=workflow.path.stem,
            job=job.name,
            step=(step.run or step.uses).strip(),
            result=result,
            seconds=time.monotonic() - started_at,
        )


def _run(root: Path, folder: Path, workflow: Workflow, job: Job, step: Step, end: float) -> int:
    """Run one step as GitHub's runner does, at most until ``end`` on ``time.monotonic()``. Return its exit code."""
    literal = {name: value for name, value in _variables(workflow, job, step).items() if not _is_computed(value)}
    environment = {
        **os.environ,
        REHEARSAL_VARIABLE: "1",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(root),
        OUTPUT: str(folder / f"{job.name}.outputs"),
        SUMMARY: str(folder / f"{job.name}.md"),
        **literal,
    }
    argv = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.run]
    with commands.process(argv, cwd=root, env=environment) as running:
        try:
            return running.wait(max(end - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            return TIMED_OUT


def _missing_variables(workflow: Workflow, job: Job) -> Iterator[str]:
    """The variables of a job that GitHub computes and this environment does not have."""
    for step in job.steps:
        for name, value in _variables(workflow, job, step).items() if step.run else ():
            if _is_computed(value) and name not in os.environ:
                yield name


def _variables(workflow: Workflow, job: Job, step: Step) -> dict[str, str]:
    variables = {**workflow.env, **job.env, **step.env}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()}


def _is_computed(value: str) -> bool:
    return "${{" in value
