"""Runs the ``run:`` steps of a workflow's jobs on this machine, in the order in which GitHub would.

Actions from elsewhere are left to GitHub, and so are machines: of a matrix only the rows that were asked for and that
this machine runs natively. Everything else is as GitHub does it: conditions, outputs, what follows a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit import commands, github
from runtimekit.errors import ConfigurationError, Problem, RehearsalError
from runtimekit.workflows import expressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from runtimekit.workflows.model import Job, Step, Workflow

GUARD = "RUNTIMEKIT_REHEARSAL"
"""Set in what a rehearsal runs, so that it never enters itself."""
OK, FAILED, SKIPPED, ELSEWHERE = "ok", "failed", "skipped", "left to GitHub"
SUCCESS, FAILURE = "success", "failure"
"""GitHub's words for how a job ended, besides ``skipped``."""
_STATUS = ("always()", "cancelled()")
"""A condition that names one of these is asked after a failure, too; any other has `success() &&` before it."""


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What became of one step, or of a job that was not begun."""

    workflow: str
    job: str
    step: str
    result: str
    seconds: float = 0


@dataclass
class Rehearsal:
    """One workflow, played here."""

    root: Path
    workflow: Workflow
    ids: frozenset[str]
    """The rows of a matrix to run."""
    arch: str
    """This machine's, as rows call it."""
    base: str = ""
    """The commit that a pull request would start from; empty as if somebody had started the workflow by hand."""
    watch: Callable[[StepResult], None] = lambda _result: None
    results: list[StepResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        if os.environ.get(GUARD):
            raise RehearsalError("a rehearsal does not enter itself")
        self.folder = self.root / "build" / "rehearsal" / self.workflow.path.stem
        shutil.rmtree(self.folder, ignore_errors=True)  # an earlier one's summaries
        self.folder.mkdir(parents=True)
        self.needs: dict[str, dict[str, Any]] = {}
        event = {"pull_request": {"base": {"sha": self.base}}} if self.base else {}
        name = "pull_request" if self.base else "workflow_dispatch"
        self.github = {
            "event": event,
            "event_name": name,
            "run_id": "1",
            "ref": "refs/heads/rehearsal",
            "actor": "nobody",
        }

    def run(self) -> list[StepResult]:
        """Play all jobs; one that fails does not stop those that do not need it.

        Raises:
            ConfigurationError: An expression of a form that is not known.
            RehearsalError: A matrix has none of the rows that were asked for, or no step was run at all.
        """
        for job in self._in_order():
            self.needs[job.name] = self._job(job)
        if all(result.result in {SKIPPED, ELSEWHERE} for result in self.results):
            raise RehearsalError(f"{self.workflow.path.name}: no step was run, which shows nothing")
        return self.results

    def _in_order(self) -> Iterator[Job]:
        """Each job after those that it needs."""
        waiting = dict(self.workflow.jobs)
        while waiting:
            ready = [job for job in waiting.values() if not set(job.needs) & set(waiting)]
            if not ready:
                raise RehearsalError(f"{self.workflow.path.name}: {', '.join(waiting)} wait for each other")
            for job in ready:
                del waiting[job.name]
                yield job

    def _job(self, job: Job) -> dict[str, Any]:
        """Play one job, all its rows; what ``needs`` then says of it."""
        needs = {name: self.needs[name] for name in job.needs}
        context = {"github": self.github, "vars": {}, "secrets": {}, "needs": needs}
        fine = all(need["result"] == SUCCESS for need in needs.values())
        if not self._holds(job.condition, context, fine=fine, line=job.line):
            self._note(job.title, "the job", SKIPPED)
            return {"result": SKIPPED, "outputs": {}}
        ended = [self._row(job, context | {"matrix": row}) for row in self._rows(job, context)]
        return {"result": SUCCESS if all(good for good, _ in ended) else FAILURE, "outputs": ended[-1][1]}

    def _rows(self, job: Job, context: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        if job.matrix is None:
            return [{}]
        rows = self._fill_in(job.matrix, context, job.line)["include"]
        chosen = [row for row in rows if row["id"] in self.ids and row["arch"] == self.arch]
        if not chosen:
            asked = ", ".join(sorted(self.ids))
            raise RehearsalError(f"{job.name}: none of its {len(rows)} rows is one of {asked} on {self.arch}")
        return chosen

    def _row(self, job: Job, context: dict[str, Any]) -> tuple[bool, dict[str, str]]:
        """Play a job's steps; whether all went well, and its outputs."""
        title = str(self._fill_in(job.title, context, job.line))
        end = time.monotonic() + 60 * (job.minutes or 360)
        context["steps"] = {}
        fine = True
        for step in job.steps:
            what = (step.run or step.uses).strip()
            if not self._holds(step.condition, context, fine=fine, line=step.line):
                self._note(title, what, SKIPPED)
            elif not step.run:
                self._note(title, what, ELSEWHERE)
            else:
                began = time.monotonic()
                status, outputs = self._step(job, step, context, end)
                context["steps"][step.id] = {"outputs": outputs}
                self._note(title, what, OK if status == 0 else f"{FAILED} ({status})", time.monotonic() - began)
                fine = fine and status == 0
        values = self._fill_in(job.outputs, context, job.line)
        return fine, {name: expressions.as_text(value) for name, value in values.items()}

    def _step(self, job: Job, step: Step, context: Mapping[str, Any], end: float) -> tuple[int, dict[str, str]]:
        """Run one step as GitHub's runner does; its exit status and outputs."""
        outputs = self.folder / "outputs"
        outputs.write_bytes(b"")
        given = {**self.workflow.env, **job.env, **step.env}
        environment = os.environ | {
            GUARD: "1",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.root),
            github.OUTPUT: str(outputs),
            github.SUMMARY: str(self.folder / f"{job.name}.md"),
        }
        environment |= {
            name: expressions.as_text(self._fill_in(value, context, step.line)) for name, value in given.items()
        }
        argv = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.run]
        with commands.process(argv, cwd=self.root, env=environment) as running:
            try:
                status = running.wait(max(end - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                status = 124
        return status, dict(_read_outputs(outputs.read_text(encoding="utf-8")))

    def _holds(self, condition: str, context: Mapping[str, Any], *, fine: bool, line: int) -> bool:
        if not fine and not any(word in condition for word in _STATUS):
            return False
        text = condition.removeprefix("${{").removesuffix("}}")
        return bool(self._fill_in(f"${{{{ {text} }}}}", context, line)) if condition else True

    def _fill_in(self, value: Any, context: Mapping[str, Any], line: int) -> Any:  # noqa: ANN401 - YAML
        try:
            if hasattr(value, "items"):
                return {name: expressions.fill_in(each, context) for name, each in value.items()}
            return expressions.fill_in(value, context)
        except expressions.UnknownFormError as error:
            raise ConfigurationError([Problem(self.workflow.path, line, str(error))]) from None

    def _note(self, job: str, step: str, result: str, seconds: float = 0) -> None:
        name = self.workflow.path.stem
        self.results.append(StepResult(workflow=name, job=job, step=step, result=result, seconds=seconds))
        self.watch(self.results[-1])


def _read_outputs(text: str) -> Iterator[tuple[str, str]]:
    """What a step wrote to GITHUB_OUTPUT, in both of its forms."""
    lines = iter(text.splitlines())
    for line in lines:
        name, delimiter, end = line.partition("<<")
        if delimiter and "=" not in name:
            value: list[str] = []
            for each in lines:
                if each == end:
                    break
                value.append(each)
            yield name, "\n".join(value)
        elif line:
            name, _, rest = line.partition("=")
            yield name, rest
