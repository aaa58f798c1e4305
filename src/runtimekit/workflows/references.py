"""Where the paths of expressions lead: outputs of needed jobs, of earlier steps, keys of the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit import github
from runtimekit.workflows import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.workflows.model import Job, Step, Workflow

MATRIX_OUTPUTS = frozenset({"matrix", github.ROWS})
"""What `invoke matrix --github-output` gives."""


@dataclass(frozen=True)
class Scope:
    """What can be read at one place of a workflow."""

    workflow: Workflow
    job: Job
    steps: Mapping[str, Step]
    """Those before it that have an id."""
    matrix_keys: frozenset[str]

    def problems(self, expression: str) -> Iterator[str]:
        """What is wrong with an expression that stands here."""
        try:
            found = expressions.paths(expression)
        except expressions.UnknownFormError as error:
            yield str(error)
            return
        yield from (said for path in found if (said := self._problem(path)))

    def _problem(self, path: str) -> str:
        head, *rest = path.split(".")
        match head:
            case "github" | "vars" | "secrets" if rest:
                return ""
            case "matrix" if self.job.matrix is not None and rest and rest[0] in self.matrix_keys:
                return ""
            case "needs":
                return self._need(path, rest)
            case "steps":
                return self._step(path, rest)
            case _:
                return f"{path} leads nowhere"

    def _need(self, path: str, rest: list[str]) -> str:
        match rest:
            case []:
                return ""
            case [name, *_] if name not in self.job.needs:
                return f"{path}: {self.job.name} does not need {name}"
            case [_, "result"]:
                return ""
            case [name, "outputs", output] if output in self.workflow.jobs[name].outputs:
                return ""
            case [name, "outputs", output]:
                return f"{path}: {name} has no output {output}"
            case _:
                return f"{path} leads nowhere"

    def _step(self, path: str, rest: list[str]) -> str:
        match rest:
            case [name, "outputs", _] if name in self.steps and self.steps[name].uses:
                return ""  # what an action gives is the action's business
            case [name, "outputs", _] if name in self.steps and "--github-output" not in self.steps[name].run:
                return f"{path}: the step gives no outputs; --github-output is missing"
            case [name, "outputs", output] if name in self.steps and output in MATRIX_OUTPUTS:
                return ""
            case [name, "outputs", _] if name in self.steps:
                return f"{path}: the step gives {' and '.join(sorted(MATRIX_OUTPUTS))}"
            case _:
                return f"{path} leads nowhere"
