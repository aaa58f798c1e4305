"""Chooses how progress is shown: a live display on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runtimekit.console.board import LiveReporter
from runtimekit.console.plain import PlainReporter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from runtimekit.engine.reporter import Reporter


def choose_reporter(console: Console, environ: Mapping[str, str] | None = None) -> Reporter:
    """Return a :class:`LiveReporter` for a terminal, a :class:`PlainReporter` for anything else."""
    if console.is_interactive:
        return LiveReporter(console)
    environ = os.environ if environ is None else environ
    return PlainReporter(console, in_github_actions=environ.get("GITHUB_ACTIONS") == "true")
