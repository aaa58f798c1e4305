"""This project's own rules about workflows (docs/ci.md), each a function; actionlint and zizmor know all others."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import workflow_commands

from runtimekit.cli.tasks import namespace
from runtimekit.errors import Problem
from runtimekit.github.step import ROWS
from runtimekit.github.workflows import model
from runtimekit.images import plan
from runtimekit.repository import catalogue, configuration
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

COMMIT_DIGITS = 40
PULL_REQUEST = frozenset({"pull_request", "merge_group"})
FORBIDDEN = frozenset({"pull_request_target", "workflow_run", "issue_comment"})
"""Events that would run what a stranger wrote with the repository's own rights."""
COMMENTS = "pull-requests"
"""The right to write comments."""
OWN_BRANCH = "github.event.pull_request.head.repo.full_name == github.repository"
BASE = "${{ github.event.pull_request.base.sha }}"
MATRIX_OUTPUTS = frozenset({"matrix", ROWS})
"""What `./dev matrix --github-output` gives."""
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_USES = re.compile(r"uses:\s*(?P<action>[^@\s]+)@(?P<reference>\S+)(?:\s+#\s*(?P<version>\S+))?")
Finding = tuple[int, str]
"""A line, and what is wrong there."""


class Use(NamedTuple):
    """A ``uses:`` line that names an action elsewhere."""

    line: int
    action: str
    reference: str
    version: str
    """From the comment behind it; empty if there is none."""


@dataclass(frozen=True)
class Facts:
    """What workflows are compared with."""

    known: workflow_commands.Known
    matrix_keys: frozenset[str]
    """What a row of `./dev matrix` has."""
    runners: frozenset[str]
    """The machines that platforms.toml names."""


def facts_of(root: Path) -> Facts:
    """Ask the tools themselves; nothing is listed twice."""
    loaded = configuration.load(root)
    rows = plan.matrix(dict.fromkeys(catalogue.load(loaded).all, ""))
    return Facts(
        known=workflow_commands.Known(namespace, sessions(root)),
        matrix_keys=frozenset(key for row in rows for key in row),
        runners=frozenset(platform.runner for platform in loaded.platforms),
    )


def sessions(root: Path) -> frozenset[str]:
    """The names of all nox sessions."""
    argv = [sys.executable, "-m", "nox", "--noxfile", str(root / "noxfile.py"), "--list", "--json", "-k", "not nothing"]
    answer = commands.run(argv, doing="asking nox for its sessions", cwd=root, deadline=60)
    return frozenset(row["session"] for row in json.loads(answer.stdout))


def check(root: Path, facts: Facts) -> list[Problem]:
    """Everything that is wrong with the workflows and composite actions of a repository; empty when all is right."""
    problems: list[Problem] = []
    for path in sorted((root / ".github/workflows").glob("*.y*ml")):
        shown = path.relative_to(root)
        workflow = model.load(path)
        findings = [found for rule in RULES for found in rule(workflow, facts)]
        findings += _pins(path)
        findings += [(job.line, text) for job in workflow.jobs.values() for text in _local_actions(root, job.steps)]
        problems += [Problem(shown, line, text) for line, text in sorted(set(findings))]
    for path in sorted((root / ".github/actions").glob("*/action.yml")):
        found = _pins(path)
        for step in model.load_action(path):
            found += [(step.line, text) for text in _commands(step, facts, set())]
        problems += [Problem(path.relative_to(root), line, text) for line, text in found]
    return problems


def _hardened(workflow: model.Workflow, _facts: Facts) -> Iterator[Finding]:
    """No rights but those that a job names; no events that strangers could use; one run at a time, and not for ever."""
    if workflow.permissions != {}:
        yield 1, "`permissions: {}` must stand at the top: each job names its own"
    if not workflow.concurrency:
        yield 1, "`concurrency` is missing: two runs would get into each other's way"
    for event in FORBIDDEN & set(workflow.triggers):
        yield 1, f"the event {event} runs strangers' changes with the repository's rights"
    for job in workflow.jobs.values():
        if job.permissions is None:
            yield job.line, f"{job.name} names no permissions"
        if not isinstance(job.timeout_minutes, int):
            yield job.line, f"{job.name} has no `timeout-minutes`"
        for step in job.steps:
            if step.uses.startswith("actions/checkout@") and step.inputs.get("persist-credentials") is not False:
                yield step.line, "checkout must not leave its token behind: `persist-credentials: false`"


def _pull_requests(workflow: model.Workflow, _facts: Facts) -> Iterator[Finding]:
    """A pull request can write nothing: neither images nor the caches that others read."""
    if not PULL_REQUEST & set(workflow.triggers):
        return
    for job in workflow.jobs.values():
        writes = [name for name, right in (job.permissions or {}).items() if right != "read"]
        if writes == [COMMENTS]:
            yield from _commenting(job)
        elif writes:
            yield job.line, f"{job.name} may write {', '.join(writes)}, and a pull request can start it"
        if any("secrets." in text for text in _in_braces([workflow.env, job.text])):
            yield job.line, "a pull request can start this: no secrets"
        for step in job.steps:
            if "--cache-to" in step.run:
                yield step.line, "a pull request can start this: it must not write the layer cache"


def _commenting(job: model.Job) -> Iterator[Finding]:
    """Who writes a comment runs nothing of the pull request, and nothing for strangers."""
    if OWN_BRANCH not in job.condition or "||" in job.condition:
        yield job.line, f"{job.name} may write comments: only for branches of this repository, `&& {OWN_BRANCH}`"
    for step in job.steps:
        if step.uses.startswith("actions/checkout@") and step.inputs.get("ref") != BASE:
            yield step.line, f"{job.name} may write comments: it runs the base's code only, `ref: {BASE}`"
        into = str(step.inputs.get("path", "."))
        if step.uses.startswith("actions/download-artifact@") and not into.startswith("build/"):
            yield (
                step.line,
                f"{job.name} may write comments: what a pull request has made is data, in a folder of build",
            )


def _publishing(workflow: model.Workflow, _facts: Facts) -> Iterator[Finding]:
    """What is published is never cut off midway and takes nothing from a cache."""
    steps = [step for job in workflow.jobs.values() for step in job.steps]
    if not any(" publish " in f" {step.run} " for step in steps):
        return
    if PULL_REQUEST & set(workflow.triggers):
        yield 1, "a pull request must not publish"
    if not hasattr(workflow.concurrency, "get") or workflow.concurrency.get("cancel-in-progress") is not False:
        yield 1, "publishing must not be cancelled midway: `cancel-in-progress: false`"
    for step in steps:
        if step.uses.startswith("actions/cache") or "--cache-from" in step.run:
            yield step.line, "publishing must not read a cache"


def _required_check(workflow: model.Workflow, _facts: Facts) -> Iterator[Finding]:
    """A pull request's workflow ends with one job that looks at all others."""
    if not PULL_REQUEST & set(workflow.triggers):
        return
    judges = [job for job in workflow.jobs.values() if any("./dev verdict" in step.run for step in job.steps)]
    if len(judges) != 1:
        yield 1, f"one job must give the verdict with `./dev verdict`, not {len(judges)}"
    for judge in judges:
        if judge.condition != "always()":
            yield judge.line, f"{judge.name} must run `if: always()`: a skipped check counts as passed"
        commenting = {name for name, job in workflow.jobs.items() if COMMENTS in (job.permissions or {})}
        for name in workflow.jobs.keys() - {judge.name} - set(judge.needs) - commenting:
            yield judge.line, f"{judge.name} must need {name}, too: its failure would go unseen"
        if not any(step.env.get("NEEDS") == "${{ toJSON(needs) }}" for step in judge.steps):
            yield judge.line, f"{judge.name} must give NEEDS: ${{{{ toJSON(needs) }}}} to its step"


def _machines(workflow: model.Workflow, facts: Facts) -> Iterator[Finding]:
    """Jobs run on machines that platforms.toml names; a matrix is left out when it is empty, and ends every row."""
    for job in workflow.jobs.values():
        if job.runs_on not in facts.runners | {"${{ matrix.runner }}"}:
            yield job.line, f"{job.name} runs on {job.runs_on!r}, which platforms.toml does not name"
        if job.matrix is not None and (job.text["strategy"] or {}).get("fail-fast") is not False:
            yield job.line, f"{job.name}: one failed row must not stop the others: `fail-fast: false`"
        planned = isinstance(job.matrix, str)
        if planned and "pull_request" in workflow.triggers and f"outputs.{ROWS} != '0'" not in job.condition:
            yield job.line, f"{job.name} needs an `if:` on the plan's `{ROWS}`: GitHub fails an empty matrix"


def _outputs(workflow: model.Workflow, facts: Facts) -> Iterator[Finding]:
    """Keys of rows, and outputs of commands, are those that the tasks give: actionlint cannot know them."""
    for job in workflow.jobs.values():
        steps = {step.id: step for step in job.steps if step.id}
        for line, text in _expressions(job):
            for key in re.findall(r"(?<![\w.])matrix\.([\w-]+)", text):
                if key not in facts.matrix_keys:
                    yield line, f"matrix.{key} leads nowhere: no row of `./dev matrix` has it"
            for name, output in re.findall(r"\bsteps\.([\w-]+)\.outputs\.([\w-]+)", text):
                step = steps.get(name)
                if step is None or not step.run:
                    continue  # that it exists, actionlint knows; what an action gives is the action's business
                if "--github-output" not in step.run:
                    yield line, f"the step {name} gives no outputs; --github-output is missing"
                elif output not in MATRIX_OUTPUTS:
                    yield line, f"the step {name} gives {' and '.join(sorted(MATRIX_OUTPUTS))}, not {output}"


def _expressions(job: model.Job) -> Iterator[Finding]:
    """Every expression of a job: those in ``${{ … }}``, and conditions."""
    places: list[tuple[int, object, str]] = [(step.line, [step.inputs, step.env], step.condition) for step in job.steps]
    own = {key: value for key, value in job.text.items() if key != "steps"}
    for line, texts, condition in [(job.line, own, job.condition), *places]:
        yield from ((line, text) for text in _in_braces(texts))
        yield line, condition


def _in_braces(text: object) -> Iterator[str]:
    """Every ``${{ … }}`` in a text, or in what holds texts."""
    if isinstance(text, str):
        yield from _EXPRESSION.findall(text)
    elif isinstance(text, dict):
        yield from (found for value in text.values() for found in _in_braces(value))
    elif isinstance(text, list):
        yield from (found for value in text for found in _in_braces(value))


def _runs(workflow: model.Workflow, facts: Facts) -> Iterator[Finding]:
    """Every command is a task or a session that exists, with options that it has."""
    for job in workflow.jobs.values():
        checkouts = [step for step in job.steps if step.uses.startswith("actions/checkout@")]
        for step in job.steps:
            given = {*workflow.env, *job.env, *step.env}
            yield from ((step.line, text) for text in _commands(step, facts, given))
            history = any(checkout.inputs.get("fetch-depth") == 0 for checkout in checkouts)
            if "--changed-since" in step.run and not history:
                yield step.line, "what has changed is a question about history: checkout needs `fetch-depth: 0`"


def _commands(step: model.Step, facts: Facts, variables: set[str]) -> Iterator[str]:
    for line in step.run.strip().splitlines():
        yield from workflow_commands.problems(line.strip(), facts.known, variables)


def _pins(path: Path) -> list[Finding]:
    """Actions from elsewhere are pinned by commit, with the version beside it."""
    findings: list[Finding] = []
    for use in _uses(path.read_text(encoding="utf-8")):
        digits = set(use.reference) <= set("0123456789abcdef") and len(use.reference) == COMMIT_DIGITS
        if not digits:
            findings.append(
                (use.line, f"{use.action}@{use.reference} is not pinned by a commit's {COMMIT_DIGITS} digits")
            )
        elif not use.version.startswith("v"):
            findings.append((use.line, f"{use.action}: its version must stand behind the pin, as in `# v1.2.3`"))
    return findings


def _uses(source: str) -> list[Use]:
    """Every action from elsewhere, with the version in the comment behind it, which YAML does not keep."""
    found = ((number, _USES.search(line)) for number, line in enumerate(source.splitlines(), 1))
    return [Use(number, hit["action"], hit["reference"], hit["version"] or "") for number, hit in found if hit]


def _local_actions(root: Path, steps: Sequence[model.Step]) -> Iterator[str]:
    checked_out = False
    for step in steps:
        checked_out |= step.uses.startswith("actions/checkout@")
        if step.uses.startswith("./"):
            if not (root / step.uses / "action.yml").is_file():
                yield f"{step.uses} is not there"
            if not checked_out:
                yield f"{step.uses} is used before anything is checked out"
        elif step.uses and "@" not in step.uses:
            yield f"{step.uses} is not pinned"


RULES: tuple[Callable[[model.Workflow, Facts], Iterator[Finding]], ...] = (
    _hardened,
    _pull_requests,
    _publishing,
    _required_check,
    _machines,
    _outputs,
    _runs,
)
