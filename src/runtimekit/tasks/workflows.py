"""Tasks for workflows: the required check's verdict, the report of a whole run, a pull request, the rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.tasks.adapter import task
from runtimekit.tasks.images import COMPARING, ONLY
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


@task(
    iterable=["only", "workflow"],
    help={
        "only": ONLY.replace("default: all", "the rows of a matrix to run"),
        "workflow": "its file's name without .yml; may be given again (default: those that pull requests start)",
        "base": "the commit that the pull request starts from (default: as if it was started by hand)",
    },
)
def rehearse(
    _context: Context, only: list[str] | None = None, workflow: list[str] | None = None, base: str = ""
) -> None:
    """Run the `run:` steps of workflows on this machine, for some rows of their matrices."""
    import collections

    from runtimekit import selection
    from runtimekit.engine import emulation
    from runtimekit.errors import SomeFailedError
    from runtimekit.workflows import model, rehearsal

    setting = here()
    root = setting.configuration.root
    ids = frozenset(str(runtime) for runtime in selection.select(setting.catalogue.all, only or ()))
    results: list[rehearsal.StepResult] = []
    for path in sorted((root / ".github/workflows").glob("*.yml")):
        loaded = model.load(path)  # each is read, and played if asked for
        if path.stem in workflow if workflow else "pull_request" in loaded.triggers:
            played = rehearsal.Rehearsal(
                root,
                loaded,
                ids,
                emulation.native(),
                base=base,
                watch=lambda each: setting.say(f"{each.job}: {each.step}: {each.result}"),
            )
            results += played.run()
    count = collections.Counter(each.result.partition(" (")[0] for each in results)
    setting.say("steps: " + ", ".join(f"{number} {result}" for result, number in count.items()))
    failed = [f"{each.job}: {each.step}" for each in results if each.result.startswith(rehearsal.FAILED)]
    if failed or not results:
        raise SomeFailedError("steps", failed or [f"there is no workflow {', '.join(workflow or ())}"], len(results))


@task(help={"branch": "the branch, which is this task's alone", "title": "of the commit and the pull request"})
def propose(_context: Context, branch: str, title: str) -> None:
    """Put what has changed into a pull request, by git and gh; GH_TOKEN is the right to do so."""
    from runtimekit import proposing

    setting = here()
    address = proposing.propose(setting.configuration.root, branch, title)
    setting.say(address or "nothing has changed: there is nothing to propose")
