"""Tasks that measure."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.images import ONLY

if TYPE_CHECKING:
    from invoke.context import Context


@task(iterable=["only"], help={"only": ONLY, "json": "for machines"})
def bench(_context: Context, only: list[str] | None = None, json: bool = False) -> None:
    """Measure cold start, latency, throughput, memory and size of built images, with the documented test function."""
    from runtimekit.cli import options
    from runtimekit.console import tables
    from runtimekit.functions import benchmark, function
    from runtimekit.functions.archive import pack
    from runtimekit.repository import select

    context = current()
    root = context.configuration.root
    chosen = select.select(context.catalogue.runtimes, only or ())
    platform = (options.platforms(context.configuration.platforms, (), local=True) or [""])[0]
    measured = []
    for runtime in chosen:
        context.log(f"measuring {runtime}")
        folder = root / "build" / "bench" / str(runtime.id)
        folder.mkdir(parents=True, exist_ok=True)
        source, archive = folder / "source.tar.gz", folder / f"{runtime.id.dashed}.tar.gz"
        pack(root / "tests/resources" / runtime.id.language, source)
        function.build(context.engine, runtime, source=source, target=archive, platform=platform)
        measured.append(benchmark.measure(context.engine, runtime, archive=archive, platform=platform, folder=folder))
    if json:
        print(json_format.dumps([each.row() for each in measured], indent=2))  # noqa: T201 - the result itself
    else:
        context.results.print(tables.measurements_table(measured))
