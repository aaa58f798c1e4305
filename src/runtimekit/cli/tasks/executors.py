"""The task for those who run functions: what they can offer."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.images import ONLY

if TYPE_CHECKING:
    from invoke.context import Context


@task(
    iterable=["only"],
    help={
        "only": ONLY,
        "protocol": "only images of this protocol: 2021 or v5 (default: all)",
        "json": "for executors: the list of docs/catalogue.md",
    },
)
def catalogue(_context: Context, only: list[str] | None = None, protocol: str = "", json: bool = False) -> None:
    """Show the runtimes that were built here and have passed, on which platforms; others are named on stderr."""
    from runtimekit.console import tables
    from runtimekit.reports import tested_list
    from runtimekit.repository import end_of_life, select

    context = current()
    root, every = context.configuration.root, select.of_protocols(context.catalogue, protocol or "all", only or ())
    chosen = select.select([each for each in every if each.language], only or ())
    found = tested_list.tested(root, context.engine, context.catalogue, chosen)
    if json:
        document = tested_list.document(found, end_of_life.load(root))
        print(json_format.dumps(document, indent=2, ensure_ascii=False))  # noqa: T201 - the result itself
    else:
        context.results.print(tables.tested_table(found, context.results.width))
    passed = {each.runtime for each in found}
    if missing := [str(each) for each in chosen if each not in passed]:
        why = "no suite has passed on their images as they are now (./dev test)"
        context.log(f"left out, because {why}: {', '.join(missing)}")
