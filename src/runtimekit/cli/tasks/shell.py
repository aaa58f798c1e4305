"""The task that prints shell completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.exit_codes import task

if TYPE_CHECKING:
    from invoke.context import Context


@task(positional=["shell"], help={"shell": "bash, zsh or fish"})
def completion(_context: Context, shell: str) -> None:
    """Print what completes tasks, options and runtimes in a shell: eval "$(./dev completion bash)"."""
    from runtimekit.cli import completion

    print(completion.script(shell), end="")  # noqa: T201 - the result itself
