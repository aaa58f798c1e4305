"""The result of a program of others that was run against an image."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.conformance.results import CaseResult, SuiteResult
from runtimekit.errors import RuntimekitError
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def result_of(name: str, run: Callable[[Path], Iterable[CaseResult]]) -> SuiteResult:
    """Run it in a folder that is removed at the end.

    Args:
        name: What the result is called, such as ``node-22-v5``.
        run: Receives the folder, which all users can read; returns what passed and failed.

    Returns:
        The result. If ``run`` raised one of our errors it has no cases, and the error's text.
    """
    began = time.monotonic()
    cases: tuple[CaseResult, ...] = ()
    error = ""
    folder = Path(tempfile.mkdtemp(prefix="runtimekit-peer-"))
    try:
        folder.chmod(0o755)  # users of containers read what is mounted from it
        cases = tuple(run(folder))
    except RuntimekitError as failure:
        error = str(failure)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    platform, seconds = f"linux/{machine.native()}", time.monotonic() - began
    return SuiteResult(runtime=name, platform=platform, cases=cases, seconds=seconds, error=error)
