"""Tasks for workflows: the required check, the report of a run, a pull request, the rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.images import COMPARING

if TYPE_CHECKING:
    from invoke.context import Context


@task()
def verdict(_context: Context) -> None:
    """Fail unless every job in NEEDS, GitHub's toJSON(needs), succeeded or had nothing to do."""
    from runtimekit.errors import SomeFailedError
    from runtimekit.github.step import failed_jobs

    failed, total = failed_jobs()
    if failed:
        raise SomeFailedError("jobs", failed, total)
    current().log(f"none of {total} jobs failed")


@task(
    help={
        "output": "the folder for index.html, images.json and history.jsonl; with --compare also changes.md",
        "compare": COMPARING,
        "history": "a history.jsonl with earlier sizes and times (default: that of the folder)",
    }
)
def report(_context: Context, output: str = "build/site", compare: str = "", history: str = "") -> None:
    """Make one page of build/reports, from this machine or collected from others, and the sizes to compare with."""
    from pathlib import Path

    from runtimekit.benchmarks import results
    from runtimekit.console import benchmarks, changes, summary
    from runtimekit.console.markdown import markdown
    from runtimekit.console.page import matrix
    from runtimekit.console.page.contents import Contents
    from runtimekit.console.page.render import page
    from runtimekit.github.step import summarize
    from runtimekit.reports import files
    from runtimekit.reports import history as histories
    from runtimekit.repository import revision
    from runtimekit.support import atomic_files

    context = current()
    root = context.configuration.root
    builds, suites, before = files.read_build_rows(root), files.collect(root), files.sizes(compare)
    commit, folder = revision.of(root), Path(output)
    earlier = histories.read(Path(history) if history else folder / histories.FILE)
    numbers = histories.series([*earlier, *histories.points_of(builds, suites, commit.commit)])
    measured = root / results.RESULT
    speed = results.read(measured) if measured.exists() else None
    contents = Contents(
        title=context.configuration.project.title,
        commit=commit.commit,
        created=commit.created,
        builds=builds,
        suites=suites,
        before=before,
        history=numbers,
        benchmarks=speed,
        earlier_benchmarks=results.read_history(measured),
    )
    atomic_files.write_text(folder / "index.html", page(contents))
    files.write_builds(folder / "images.json", builds)
    histories.write(folder / histories.FILE, numbers)
    told = markdown(changes.of_changes(builds, suites, before, histories.series(earlier)) if compare else ())
    if told:
        atomic_files.write_text(folder / "changes.md", told)
    overview = [matrix.table(matrix.matrix(contents))] if suites else []
    blocks = [*overview, *summary.of_builds(builds, before), *summary.of_suites(suites)]
    summarize(told + markdown([*blocks, *(benchmarks.charts(speed) if speed else ())]))
    context.log(f"{output}/index.html: {len(builds)} images, {len(suites)} test suites")


@task(
    iterable=["workflow", "job"],
    help={
        "workflow": "its file's name without .yml; may be given again (default: those that pull requests start)",
        "job": "its key in the file; may be given again (default: all)",
    },
)
def rehearse(_context: Context, workflow: list[str] | None = None, job: list[str] | None = None) -> None:
    """Run the `run:` lines of workflows' jobs here; variables that GitHub computes come from the environment."""
    import collections

    from runtimekit.errors import OptionError, SomeFailedError
    from runtimekit.github.workflows import model, rehearsal

    context = current()
    root = context.configuration.root
    loaded = {path.stem: model.load(path) for path in sorted((root / ".github/workflows").glob("*.yml"))}
    for name in workflow or ():
        if name not in loaded:
            raise OptionError("workflow", name, sorted(loaded))
    chosen = [loaded[name] for name in workflow or loaded if workflow or "pull_request" in loaded[name].triggers]
    known = {name for each in chosen for name in each.jobs}
    for name in job or ():
        if name not in known:
            raise OptionError("job", name, sorted(known))
    results: list[rehearsal.StepResult] = []
    for each in chosen:
        if not job or set(job) & set(each.jobs):
            results += rehearsal.rehearse(
                root, each, job or (), lambda step: context.log(f"{step.job}: {step.step}: {step.result}")
            )
    count = collections.Counter(step.result.partition(" (")[0] for step in results)
    context.log("steps: " + ", ".join(f"{number} {result}" for result, number in count.items()))
    if failed := [f"{step.job}: {step.step}" for step in results if step.failed]:
        raise SomeFailedError("steps", failed, len(results))


@task(help={"branch": "the branch, which is this task's alone", "title": "of the commit and the pull request"})
def propose(_context: Context, branch: str, title: str) -> None:
    """Put what has changed into a pull request, by git and gh; GH_TOKEN is the right to do so."""
    from runtimekit.github import pull_requests

    context = current()
    address = pull_requests.propose(context.configuration.root, branch, title)
    context.log(address or "nothing has changed: there is nothing to propose")


@task(positional=["file"], help={"file": "the comment, as Markdown", "number": "of the pull request"})
def comment(_context: Context, file: str, number: str) -> None:
    """Write a comment on a pull request, or update the one that is there, by gh; GH_TOKEN is the right to do so."""
    from runtimekit.cli.folders import from_user
    from runtimekit.github import comments

    context, path = current(), from_user(file)
    if not path.is_file():
        context.log(f"{file} is not there: there is nothing to say")
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    context.log(comments.comment(context.configuration.root, number, text))


@task(
    help={
        "tag": "of the version, such as v1.2.3; it is checked out",
        "output": "the folder for the wheel and the notes",
        "create": "sign what is in the folder, and make the release on GitHub, by gh; GH_TOKEN is the right to do so",
    }
)
def release(_context: Context, tag: str, output: str = "build/release", create: bool = False) -> None:
    """Make the wheel and the notes of a version, from the changelog; with --create the release on GitHub."""
    from runtimekit.cli.folders import from_user
    from runtimekit.github import releases
    from runtimekit.supply_chain import signing

    context = current()
    root, folder = context.configuration.root, from_user(output)
    if create:
        context.log(releases.create(root, tag, folder, signing.find(required=True)))
    else:
        context.log(f"{releases.make(root, tag, folder)} and {releases.NOTES}")
