"""Tasks that measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.images import ONLY

if TYPE_CHECKING:
    from invoke.context import Context

ECHO_RUNTIME = "go-1.27"
"""The runtime in whose images the echo worker is compiled and runs."""


@task(
    iterable=["only", "against", "header"],
    help={
        "only": ONLY,
        "against": "another server's address, which gets the same request in turns; may be given again",
        "header": "a header for those servers, such as 'x-key: 1'; may be given again",
        "rounds": "how often each server is measured with each number of clients (default: 5)",
        "seconds": "how long each of these takes (default: 3)",
        "starts": "how many cold starts (default: 10)",
        "floors": "also measure the language's own HTTP server, and the gateway with an echo worker (default: yes)",
        "compare": "an earlier result; shows what changed beyond the spread",
        "output": "where the result goes, as JSON",
        "json": "for machines",
    },
)
def bench(
    _context: Context,
    only: list[str] | None = None,
    against: list[str] | None = None,
    header: list[str] | None = None,
    rounds: int = 5,
    seconds: int = 3,
    starts: int = 10,
    floors: bool = True,
    compare: str = "",
    output: str = "build/reports/bench.json",
    json: bool = False,
) -> None:
    """Measure speed, start, memory and size of built images, with the documented test function, against floors."""
    from pathlib import Path

    from runtimekit.benchmarks import measure, results, run
    from runtimekit.cli import options
    from runtimekit.conformance import verify
    from runtimekit.console import benchmarks
    from runtimekit.errors import SomeFailedError
    from runtimekit.images.build import Builder
    from runtimekit.repository import select

    context = current()
    before = results.read(Path(compare)) if compare else None
    chosen = select.select(context.catalogue.runtimes, only or ())
    headers = options.headers(header or ())
    platform = (options.platforms(context.configuration.platforms, (), local=True) or [""])[0]
    builder = Builder(context.configuration, context.engine, options.base_source("auto"), log=context.log)
    echo = select.select(context.catalogue.runtimes, [ECHO_RUNTIME])[0] if floors else None
    needed = [*chosen, *([echo] if echo else [])]
    images = verify.build_images(  # what is measured must be what the sources say
        builder, verify.plan_images(builder, context.catalogue, needed, platform), context.output
    )
    if lacking := {**images.failures, **images.obstacles}:
        raise SomeFailedError("images", [f"{name}: {why}" for name, why in lacking.items()], len(needed))
    with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
        laboratory = run.laboratory(builder, platform)
    document = run.run(
        laboratory,
        context.configuration.root,
        chosen,
        measure.Plan(rounds=rounds, seconds=seconds, starts=starts),
        echo=echo,
        urls=against or (),
        url_headers=headers,
        log=context.log,
    )
    results.write(Path(output), document)
    if json:
        print(Path(output).read_text(encoding="utf-8"), end="")  # noqa: T201 - the result itself
        return
    for table in benchmarks.tables(document):
        context.results.print(table)
    if before:
        context.results.print(benchmarks.changes_table(results.changes(before, document)))
    context.log(f"the result is in {output}")


@task(
    positional=["result"],
    help={"result": "a file that `bench` wrote", "output": "the page that is made from it (default: docs/performance.md)"},
)
def performance(_context: Context, result: str, output: str = "docs/performance.md") -> None:
    """Make the page about speed from a result of `bench`, with the machine that it came from."""
    from pathlib import Path

    from runtimekit.benchmarks import results
    from runtimekit.console import performance_page
    from runtimekit.support import atomic_files

    atomic_files.write_text(Path(output), performance_page.page(results.read(Path(result))))
    current().log(f"{output} is made from {result}")
