"""Tasks that measure."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.images import with_images
from runtimekit.cli.tasks.images import ONLY, PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.context import Context

    from runtimekit.repository.catalogue import Runtime

ECHO_RUNTIME = "go-1.27"
"""The runtime in whose images the echo worker is compiled and runs."""


def _that_can_be_had(runtimes: Sequence[Runtime], platform: str) -> Sequence[Runtime]:
    """All of these but for those whose bases cannot be had here, which are named aloud."""
    from runtimekit.cli import options
    from runtimekit.images.build import Builder

    context = current()
    builder = Builder(context.configuration, context.engine, options.base_source("auto"), log=context.log)
    obstacles = {runtime: builder.obstacle(runtime, platform) for runtime in runtimes}
    for runtime, because in obstacles.items():
        if because:
            _log_about(runtime, f"left out: {because}")
    return [runtime for runtime, because in obstacles.items() if not because]


def _log_about(runtime: Runtime, text: str) -> None:
    current().log(f"{runtime}: {text}")


@task(
    iterable=["only", "against", "header"],
    help={
        "only": ONLY,
        "protocol": PROTOCOL,
        "against": "another server's address, which gets the same request in turns; may be given again",
        "header": "a header for those servers, such as 'x-key: 1'; may be given again",
        "rounds": "how often each server is measured with each number of clients (default: 5)",
        "seconds": "how long each of these takes (default: 3)",
        "starts": "how many cold starts (default: 10)",
        "floors": "also measure the language's own HTTP server, and the gateway with an echo worker (default: yes)",
        "compare": "an earlier result; shows what changed beyond the spread",
        "output": "where the result goes, as JSON (default: build/bench/result.json)",
        "json": "for machines",
    },
)
def bench(
    _context: Context,
    only: list[str] | None = None,
    protocol: str = "",
    against: list[str] | None = None,
    header: list[str] | None = None,
    rounds: int = 5,
    seconds: int = 3,
    starts: int = 10,
    floors: bool = True,
    compare: str = "",
    output: str = "",
    json: bool = False,
) -> None:
    """Measure speed, start, memory and size of built images, with the documented test function, against floors."""
    from pathlib import Path

    from runtimekit.benchmarks import measure, results, run
    from runtimekit.cli import options
    from runtimekit.console import benchmarks
    from runtimekit.errors import OptionError
    from runtimekit.repository import select
    from runtimekit.repository.identifiers import Protocol

    context = current()
    for option, value in (("rounds", rounds), ("seconds", seconds), ("starts", starts)):
        if value < 1:
            raise OptionError(option, str(value), ["1", "2", "…"])
    before = results.read(Path(compare)) if compare else None
    among = [each for each in select.of_protocols(context.catalogue, protocol, only or ()) if each.language]
    selected = select.select(among, only or ())
    spoken = sorted({each.protocol for each in selected})
    context.log(
        f"protocol {' and '.join(spoken)} ({'named' if protocol else 'unless --protocol or a name says otherwise'})"
    )
    if floors and Protocol.V5 in spoken:
        context.log("without floors: they and the echo worker know the contract's request only")
        floors = False
    headers = dict(options.headers(header or ()))
    platform = (options.platforms(context.configuration.platforms, (), local=True) or [""])[0]
    echo = select.select(context.catalogue.runtimes, [ECHO_RUNTIME])[0] if floors else None
    chosen = selected if only else _that_can_be_had(selected, platform)
    builder = with_images([*chosen, *([echo] if echo else [])], platform)
    with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
        environment = run.environment(builder, platform)
    path = Path(output) if output else context.configuration.root / results.RESULT
    for document in run.run(
        environment,
        context.configuration.root,
        chosen,
        measure.Plan(rounds=rounds, seconds=seconds, starts=starts),
        echo=echo,
        urls=against or (),
        url_headers=headers,
        log=context.log,
    ):
        results.write(path, document)
    results.add_to_history(path, document)
    if json:
        print(path.read_text(encoding="utf-8"), end="")  # noqa: T201 - the result itself
        return
    for table in benchmarks.tables(document):
        context.results.print(table, end="\n\n")
    if before:
        context.results.print(benchmarks.changes_table(results.changes(before, document)))
    context.log(f"the result is in {path}")


@task(
    positional=["result"],
    help={
        "result": "a file that `bench` wrote",
        "output": "the page that is made from it (default: docs/performance.md)",
    },
)
def performance(_context: Context, result: str, output: str = "docs/performance.md") -> None:
    """Make the page about speed from a result of `bench`, with the machine that it came from."""
    from pathlib import Path

    from runtimekit.benchmarks import results
    from runtimekit.console import performance_page
    from runtimekit.support import atomic_files

    atomic_files.write_text(Path(output), performance_page.page(results.read(Path(result))))
    current().log(f"{output} is made from {result}")


@task(
    positional=["runtime"],
    help={
        "runtime": "a runtime, such as node-24",
        "protocol": "v5: requests of both protocols, mixed over a container of each (default: only the contract's)",
        "requests": "how many (default: a million)",
        "minutes": "after this time no more are begun (default: 30)",
    },
)
def soak(_context: Context, runtime: str, protocol: str = "", requests: int = 1_000_000, minutes: int = 30) -> None:
    """Send a million mixed requests to functions: nothing is lost or mixed, and their memory stays flat."""
    from contextlib import ExitStack

    from runtimekit.benchmarks import soak as soaking
    from runtimekit.benchmarks import soak_functions
    from runtimekit.cli import options
    from runtimekit.errors import SoakFailedError
    from runtimekit.repository import select

    context = current()
    root = context.configuration.root
    among = select.of_protocols(context.catalogue, select.protocol(protocol), [runtime])
    chosen = select.select([each for each in among if each.language], [runtime])
    platform = (options.platforms(context.configuration.platforms, (), local=True) or [""])[0]
    with_images(list(dict.fromkeys(image for each in chosen for image in soak_functions.with_first(each))), platform)
    for each in chosen:
        with ExitStack() as stack:
            launched = [
                stack.enter_context(soak_functions.launch(context.engine, one, root, platform))
                for one in soak_functions.with_first(each)
            ]
            log = functools.partial(_log_about, each)
            found = soaking.run(launched, requests=requests, seconds=minutes * 60, log=log)
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in found.answered.items())
        context.log(f"{each}: right: {kinds}; {found.disturbed} beside one that ended the process")
        if found.problems:
            raise SoakFailedError(str(each), found.problems)
