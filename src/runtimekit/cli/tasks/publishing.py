"""The task that makes images public (docs/publishing.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.images import BUILDER, ONLY, PROTOCOL, SELECTING

if TYPE_CHECKING:
    from invoke.context import Context


@task(
    iterable=["only", "platform", "merge"],
    help={
        "registry": "where to: HOST/NAMESPACE, such as ghcr.io/acme",
        "only": ONLY,
        "protocol": PROTOCOL,
        "platform": "push only this platform, by digest; needs --digests; may be given again",
        "digests": "the file that says what was pushed, for --merge",
        "merge": "a file that --digests wrote elsewhere, or a folder of them; give all: indexes are made, tags move",
        "skip-tests": "publish what was not tested; needs --because",
        "because": "why tests are skipped; stands in the record",
        "dry-run": "show every step and stop",
        "allow-bootstrapped-bases": "publish images whose bases were put together from packages: for trying things out",
        "username": "the registry's user (default: docker's own login)",
        "password-stdin": "read the password from standard input",
        "bases": SELECTING["bases"],
        "jobs": "how many images to build at a time",
        "builder": BUILDER,
    },
)
def publish(
    _context: Context,
    registry: str = "",
    only: list[str] | None = None,
    protocol: str = "",
    platform: list[str] | None = None,
    digests: str = "",
    merge: list[str] | None = None,
    skip_tests: bool = False,
    because: str = "",
    dry_run: bool = False,
    allow_bootstrapped_bases: bool = False,
    username: str = "",
    password_stdin: bool = False,
    bases: str = "auto",
    jobs: int = 0,
    builder: str = "",
) -> None:
    """Publish exactly what was tested: build, test, push by digest, verify, and only then move the tags."""
    from pathlib import Path

    from runtimekit.cli import options, publish_options
    from runtimekit.console import publishing
    from runtimekit.errors import PublishRefusedError, SomeFailedError
    from runtimekit.images import build
    from runtimekit.publishing.batch import exit_code_of
    from runtimekit.publishing.dry_run import of_merge, of_publication
    from runtimekit.publishing.publish import Publication

    context = current()
    requested = publish_options.parse(
        context.configuration.platforms,
        registry=registry,
        only=only or (),
        platforms=platform or (),
        digests=digests,
        merge=merge or (),
        skip_tests=skip_tests,
        because=because,
        bootstrapped_allowed=allow_bootstrapped_bases,
        username=username,
        password_stdin=password_stdin,
        dry_run=dry_run,
    )
    run = Publication(context.configuration, context.catalogue, requested, context.output)
    if merge:
        merged = run.merged([Path(each) for each in merge])
        if dry_run:
            context.results.print(publishing.steps_table(of_merge(merged, context.catalogue)))
            return
        rows = run.merge(merged)
    else:
        runtimes = list(context.choose(only, protocol=protocol))
        source = options.base_source(bases)
        workers = options.jobs(jobs, build.DEFAULT_JOBS)
        nodes = context.nodes(builder)
        images, plan, reasons = run.prepare(context.engine, source, workers, runtimes, nodes)
        if dry_run:
            places = nodes.place(plan.build) if nodes else None
            gate = run.gate(images)
            planned = of_publication(runtimes, plan, images, gate, context.catalogue, requested, places)
            context.results.print(publishing.steps_table(planned))
        for warning in publish_options.warnings(requested):
            context.log(warning)
        if reasons:
            raise PublishRefusedError(reasons)
        if dry_run:
            return
        rows = run.publish(images, plan, runtimes)
    context.results.print(publishing.publications_table(rows))
    if failed := [row.runtime for row in rows if not row.succeeded]:
        raise SomeFailedError("images", failed, len(rows), exit_code_of(rows))
