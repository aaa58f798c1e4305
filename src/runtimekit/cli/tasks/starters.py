"""The task that begins a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task

if TYPE_CHECKING:
    from invoke.context import Context


@task(
    positional=["folder"],
    help={
        "folder": "where the function is written: a new or empty folder",
        "language": "such as python",
        "runtime": "a version, such as python-3.13 (default: the language's newest)",
        "protocol": "2021 or v5 (default: v5 where the language has it)",
    },
)
def create(_context: Context, folder: str, language: str = "", runtime: str = "", protocol: str = "") -> None:
    """Begin a function: code, types, a test and the file for dependencies, in a new folder."""
    from runtimekit.cli.folders import from_user
    from runtimekit.functions import create as creating

    context = current()
    configuration = context.configuration
    catalogue = context.catalogue if runtime else context.catalogue_for(language)
    chosen = creating.choose_runtime(catalogue, language, runtime, protocol)
    target = from_user(folder)
    words = creating.command_words(catalogue, chosen, folder)
    made = creating.create(configuration.root, chosen, target, words=words, source=configuration.project.source)
    what = f"a function for {chosen.name} {chosen.version}, protocol {chosen.protocol}"
    print(f"{folder}: {what} ({', '.join(made.files)})")  # noqa: T201 - the result itself
    print(f"next: ./dev serve {words}")  # noqa: T201 - the result itself
