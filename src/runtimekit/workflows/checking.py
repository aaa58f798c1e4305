"""What workflows must be, beyond what their schema and zizmor can tell: the rules of docs/ci.md, each a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit import github
from runtimekit.errors import ConfigurationError, Problem
from runtimekit.workflows import commands, expressions, model
from runtimekit.workflows.references import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

COMMIT_DIGITS = 40
PULL_REQUEST = frozenset({"pull_request", "merge_group"})
FORBIDDEN = frozenset({"pull_request_target", "workflow_run", "issue_comment"})
"""Events that would run what a stranger wrote with the repository's own rights."""
Finding = tuple[int, str]
"""A line, and what is wrong there."""


@dataclass(frozen=True)
class Facts:
    """What workflows are compared with."""

    known: commands.Known
    matrix_keys: frozenset[str]
    """What a row of `invoke matrix` has."""
    runners: frozenset[str]
    """The machines that platforms.toml names."""


def check(root: Path, facts: Facts) -> list[Problem]:
    """Everything that is wrong with the workflows and composite actions of a repository; empty when all is right."""
    problems: list[Problem] = []
    for path in sorted((root / ".github/workflows").glob("*.y*ml")):
        shown = path.relative_to(root)
        try:
            workflow = model.load(path)
        except ConfigurationError as error:
            problems += error.problems
            continue
        findings = [found for rule in RULES for found in rule(workflow, facts)]
        findings += _uses(workflow.uses)
        findings += [(job.line, text) for job in workflow.jobs.values() for text in _local_actions(root, job.steps)]
        problems += [Problem(shown, line, text) for line, text in sorted(set(findings))]
    for path in sorted((root / ".github/actions").glob("*/action.yml")):
        found = _uses(model.uses(path.read_text(encoding="utf-8")))
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
        if not isinstance(job.minutes, int):
            yield job.line, f"{job.name} has no `timeout-minutes`"
        for step in job.steps:
            if step.uses.startswith("actions/checkout@") and step.given.get("persist-credentials") is not False:
                yield step.line, "checkout must not leave its token behind: `persist-credentials: false`"


def _pull_requests(workflow: model.Workflow, _facts: Facts) -> Iterator[Finding]:
    """A pull request can write nothing: neither images nor the caches that others read."""
    if not PULL_REQUEST & set(workflow.triggers):
        return
    for job in workflow.jobs.values():
        writes = [name for name, right in (job.permissions or {}).items() if right != "read"]
        if writes:
            yield job.line, f"{job.name} may write {', '.join(writes)}, and a pull request can start it"
        if any("secrets." in text for text in expressions.expressions([workflow.env, job.text])):
            yield job.line, "a pull request can start this: no secrets"
        for step in job.steps:
            if "--cache-to" in step.run:
                yield step.line, "a pull request can start this: it must not write the layer cache"


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


def _needs(workflow: model.Workflow, _facts: Facts) -> Iterator[Finding]:
    """Every needed job is there, and none waits for itself."""
    jobs = workflow.jobs
    for job in jobs.values():
        for name in job.needs:
            if name not in jobs:
                yield job.line, f"{job.name} needs {name!r}, which is no job"
        if job.name in _all_needed(job.name, jobs):
            yield job.line, f"{job.name} waits for itself"


def _all_needed(name: str, jobs: Any) -> set[str]:  # noqa: ANN401 - a mapping of jobs
    """Every job before this one."""
    found: set[str] = set()
    waiting = list(jobs[name].needs)
    while waiting:
        each = waiting.pop()
        if each in jobs and each not in found:
            found.add(each)
            waiting += jobs[each].needs
    return found


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
        for name in workflow.jobs.keys() - {judge.name} - set(judge.needs):
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
        if planned and "pull_request" in workflow.triggers and f"outputs.{github.ROWS} != '0'" not in job.condition:
            yield job.line, f"{job.name} needs an `if:` on the plan's `{github.ROWS}`: GitHub fails an empty matrix"


def _expressions(workflow: model.Workflow, facts: Facts) -> Iterator[Finding]:
    """Every expression is of a form that we know, and leads somewhere."""
    for job in workflow.jobs.values():
        steps = {step.id: step for step in job.steps if step.id}
        places: list[tuple[int, object, str, dict[str, model.Step]]] = [
            (job.line, {key: value for key, value in job.text.items() if key != "steps"}, job.condition, steps)
        ]
        earlier: dict[str, model.Step] = {}
        for step in job.steps:
            places.append((step.line, [step.given, step.env], step.condition, dict(earlier)))
            earlier |= {step.id: step} if step.id else {}
        for line, texts, condition, readable in places:
            scope = Scope(workflow, job, readable, facts.matrix_keys)
            for text in (*expressions.expressions(texts), *([condition] if condition else [])):
                yield from ((line, said) for said in scope.problems(text))


def _runs(workflow: model.Workflow, facts: Facts) -> Iterator[Finding]:
    """Every command is a task or a session that exists, with options that it has."""
    for job in workflow.jobs.values():
        checkouts = [step for step in job.steps if step.uses.startswith("actions/checkout@")]
        for step in job.steps:
            given = {*workflow.env, *job.env, *step.env}
            yield from ((step.line, text) for text in _commands(step, facts, given))
            history = any(checkout.given.get("fetch-depth") == 0 for checkout in checkouts)
            if "--changed-since" in step.run and not history:
                yield step.line, "what has changed is a question about history: checkout needs `fetch-depth: 0`"


def _commands(step: model.Step, facts: Facts, variables: set[str]) -> Iterator[str]:
    for line in step.run.strip().splitlines():
        yield from commands.problems(line.strip(), facts.known, variables)


def _uses(found: Sequence[model.Use]) -> list[Finding]:
    """Actions from elsewhere are pinned by commit, with the version beside it."""
    findings: list[Finding] = []
    for use in found:
        digits = set(use.reference) <= set("0123456789abcdef") and len(use.reference) == COMMIT_DIGITS
        if not digits:
            findings.append(
                (use.line, f"{use.action}@{use.reference} is not pinned by a commit's {COMMIT_DIGITS} digits")
            )
        elif not use.version.startswith("v"):
            findings.append((use.line, f"{use.action}: its version must stand behind the pin, as in `# v1.2.3`"))
    return findings


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
    _needs,
    _required_check,
    _machines,
    _expressions,
    _runs,
)
