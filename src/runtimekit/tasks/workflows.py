"""Tasks for workflows: the required check's verdict, the report of a whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.tasks.adapter import task
from runtimekit.tasks.images import COMPARING
from runtimekit.tasks.setting import here

if TYPE_CHECKING:
    from invoke.context import Context


@task()
def verdict(_context: Context) -> None:
    """Fail unless every job in NEEDS, GitHub's toJSON(needs), succeeded or had nothing to do."""
    from runtimekit import github
    from runtimekit.errors import SomeFailedError

    wrong, total = github.verdict()
    if wrong:
        raise SomeFailedError("jobs", wrong, total)
    here().say(f"{total} jobs did what they should")


@task(help={"output": "the folder for index.html and images.json", "compare": COMPARING})
def report(_context: Context, output: str = "build/site", compare: str = "") -> None:
    """Make one page of build/reports, from this machine or collected from others, and the sizes to compare with."""
    from pathlib import Path

    from runtimekit import atomically, github, reports, revision, testing
    from runtimekit.console import summary
    from runtimekit.console.markdown import markdown
    from runtimekit.console.page import page

    setting = here()
    root = setting.configuration.root
    builds, suites = reports.noted_builds(root), testing.collect_reports(root)
    blocks = [*summary.of_builds(builds, reports.sizes(compare)), *summary.of_suites(suites)]
    commit = revision.of(root)
    about = f"Commit {commit.commit}, of {commit.created}."
    atomically.write_text(Path(output) / "index.html", page(setting.configuration.project.title, about, blocks))
    reports.write_builds(Path(output) / "images.json", builds)
    github.summarize(markdown(blocks))
    setting.say(f"{output}/index.html: {len(builds)} images, {len(suites)} test suites")
