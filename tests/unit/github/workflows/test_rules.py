"""The workflows of this repository are right, and a broken copy is noticed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import workflow_rules

from runtimekit.images import plan
from runtimekit.repository import catalogue, configuration

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="session")
def facts() -> workflow_rules.Facts:
    """What the workflows are compared with."""
    return workflow_rules.facts_of(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of `.github` that may be broken."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    return tmp_path


def test_the_workflows_are_right(facts: workflow_rules.Facts) -> None:
    """Every rule, for every file."""
    assert [str(problem) for problem in workflow_rules.check(ROOT, facts)] == []


def test_the_matrix_of_everything_fits() -> None:
    """GitHub takes 256 rows; and all of it passes through one variable of the required check (128 KiB in Linux)."""
    loaded = catalogue.load(configuration.load(ROOT))
    rows = plan.matrix(dict.fromkeys(loaded.all, "named"))
    assert {row["id"] for row in rows} == {str(each) for each in loaded.all}
    assert len(rows) <= plan.MATRIX_ROWS
    assert len(json.dumps({"plan": {"outputs": {"matrix": json.dumps(rows)}}})) < 100_000


BREAKS = {
    "a task that does not exist": ("check", "./dev verdict", "./dev verdicts", "verdicts"),
    "an option that does not exist": ("images", "--cache-from", "--cached-from", "--cached-from"),
    "a session that does not exist": ("check", "nox -s unit", "nox -s units", "'units'"),
    "a lost need": ("images", "needs: [plan, image, system, report]", "needs: [plan, image, report]", "need system"),
    "an action that is not pinned": (
        "check",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        "actions/checkout@v7",
        "checkout@v7 is not pinned",
    ),
    "a pin without its version": ("check", " # v7.0.1", "", "version must stand behind the pin"),
    "a pin in the set-up action": ("../actions/setup/action", "77e84dbf09b47d1e", "77E84DBF", "is not pinned"),
    "a command of the set-up action": ("../actions/setup/action", "./dev list", "./dev lists", "lists"),
    "a set-up action that is not there": ("check", "actions/setup\n", "actions/set-up\n", "is not there"),
    "a missing deadline": ("images", "    timeout-minutes: 90\n", "", "timeout-minutes"),
    "rights for everything": ("check", "permissions: {}", "permissions: write-all", "at the top"),
    "a job without named rights": (
        "check",
        "    permissions:\n      contents: read # to check out\n",
        "",
        "names no permissions",
    ),
    "a pull request that may write": ("images", "contents: read #", "packages: write #", "may write packages"),
    "a pull request with a secret": ("images", "${{ vars.CACHE }}", "${{ secrets.CACHE }}", "no secrets"),
    "a pull request that fills the cache": ("images", "--cache-from", "--cache-to", "must not write the layer cache"),
    "a token that stays": ("check", "persist-credentials: false", "persist-credentials: true", "token behind"),
    "no concurrency": ("nightly", "concurrency:", "x-concurrency:", "`concurrency` is missing"),
    "an event for strangers": ("check", "  pull_request:\n", "  pull_request_target:\n", "strangers' changes"),
    "an output that the task does not give": (
        "images",
        "steps.matrix.outputs.rows",
        "steps.matrix.outputs.count",
        "rows",
    ),
    "an output that nothing gives": ("images", " --github-output", "", "--github-output is missing"),
    "a key that rows do not have": ("images", "matrix.platform", "matrix.platforms", "matrix.platforms leads nowhere"),
    "a check that may be skipped": ("check", "    if: always()\n", "", "must run `if: always()`"),
    "a check that looks at nothing": ("check", "${{ toJSON(needs) }}", "{}", "must give NEEDS"),
    "an empty matrix": ("images", "    if: needs.plan.outputs.rows != '0'\n", "", "GitHub fails an empty matrix"),
    "one failed row stops the others": ("images", "fail-fast: false", "fail-fast: true", "one failed row"),
    "a machine of nobody": ("check", "runs-on: ubuntu-24.04", "runs-on: ubuntu-latest", "ubuntu-latest"),
    "no history": ("images", "fetch-depth: 0", "fetch-depth: 1", "fetch-depth: 0"),
    "an expression in a command": ("images", '--only "$ID"', "--only ${{ matrix.id }}", "give it through `env:`"),
    "a variable that is not given": ("images", '--only "$ID"', '--only "$NAME"', "$NAME is given by no"),
    "a variable without quotes": ("images", '--only "$ID"', "--only $ID", "must stand in quotes"),
    "logic": ("check", "./dev verdict", "./dev verdict || true", "makes it a script"),
    "another program": ("check", "./dev verdict", "echo ./dev verdict", "calls neither"),
    "publishing that may be cut off": (
        "publish",
        "cancel-in-progress: false",
        "cancel-in-progress: true",
        "must not be cancelled midway",
    ),
    "publishing for pull requests": (
        "publish",
        "  push:\n    branches: [main]\n",
        "  pull_request:\n",
        "a pull request must not publish",
    ),
    "publishing from a cache": (
        "publish",
        "--bases registry",
        '--bases registry --cache-from "$REGISTRY"',
        "publishing must not read a cache",
    ),
    "a comment for strangers": (
        "images",
        " && github.event.pull_request.head.repo.full_name == github.repository",
        "",
        "only for branches",
    ),
    "a comment, or for strangers": (
        "images",
        "== 'success' && github.event",
        "== 'success' || github.event",
        "only for branches",
    ),
    "a comment by the pull request's code": (
        "images",
        "          ref: ${{ github.event.pull_request.base.sha }}\n",
        "",
        "runs the base's code only",
    ),
    "what a pull request made in the place of code": ("images", "path: build/told", "path: src", "is data"),
    "a comment that may write more": (
        "images",
        "pull-requests: write # to comment",
        "pull-requests: write\n      packages: write",
        "may write pull-requests, packages",
    ),
    "a secret on a command line": ("publish", ' <<< "$TOKEN"', ' "$SECRET"', "$SECRET is given by no"),
    "a redirection": ("publish", ' <<< "$TOKEN"', " < token", "makes it a script"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_copy_is_noticed(copy: Path, facts: workflow_rules.Facts, name: str) -> None:
    """Each rule has seen the mistake that it is for."""
    stem, right, wrong, said = BREAKS[name]
    file = (copy / ".github/workflows" / f"{stem}.yml").resolve()
    for other in copy.glob(".github/workflows/*.yml"):
        if other != file:
            other.unlink()  # checked above; reading them again forty times costs seconds
    text = file.read_text()
    assert right in text, "the break does not fit the workflow any more"
    file.write_text(text.replace(right, wrong))
    found = "\n".join(str(problem) for problem in workflow_rules.check(copy, facts))
    assert said in found
