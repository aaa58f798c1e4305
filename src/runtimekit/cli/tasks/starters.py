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
    },
)
def create(_context: Context, folder: str, language: str = "", runtime: str = "") -> None:
    """Begin a function: code, types, a test and the file for dependencies, in a new folder."""
    from runtimekit.cli.folders import from_user
    from runtimekit.functions import create as creating

    context = current()
    configuration = context.configuration
    catalogue = context.catalogue if runtime else context.catalogue_for(language)
    chosen = creating.choose_runtime(catalogue, language, runtime)
    target = from_user(folder)
    words = creating.command_words(catalogue, chosen, folder)
    made = creating.create(configuration.root, chosen, target, words=words, source=configuration.project.source)
    print(f"{folder}: a function for {chosen.name} {chosen.version} ({', '.join(made.files)})")  # noqa: T201 - the result itself
    print(f"next: ./dev serve {words}")  # noqa: T201 - the result itself
