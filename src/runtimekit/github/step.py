"""What GitHub Actions gives to a step and takes from it: outputs, the step's summary, the results of other jobs.

Elsewhere the summary is not written, and what only makes sense there is refused.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.errors import NotInActionsError

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTPUT, SUMMARY, NEEDS = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "NEEDS"
MAX_SUMMARY_BYTES = 1_000_000
"""GitHub drops a step's summary that has more than 1 MiB."""
ROWS = "rows"
"""The output in which a plan says how many rows its matrix has; jobs may be left out where it is 0."""


def set_outputs(outputs: Mapping[str, str], environ: Mapping[str, str] | None = None) -> None:
    """Give values to later steps and jobs.

    Raises:
        NotInActionsError: GITHUB_OUTPUT names no file.
    """
    path = _required_variable(OUTPUT, environ)
    with Path(path).open("a", encoding="utf-8") as stream:
        for name, value in outputs.items():
            end = secrets.token_hex(16)  # a value cannot guess it, and so cannot set another output
            stream.write(f"{name}<<{end}\n{value}\n{end}\n")


def summarize(markdown: str, environ: Mapping[str, str] | None = None) -> None:
    """Add to the step's summary, if there is one; what is too long ends with a word on where the rest is."""
    environ = os.environ if environ is None else environ
    path = environ.get(SUMMARY)
    if not path or not markdown:
        return
    file = Path(path)
    written = file.stat().st_size if file.exists() else 0
    whole = markdown.encode("utf-8", errors="replace")
    room = MAX_SUMMARY_BYTES - written
    if len(whole) > room:
        # Cut between blocks: half a table or an open <pre> would swallow what follows.
        kept = whole[: max(room, 0)].decode("utf-8", errors="ignore").rpartition("\n\n<details>")[0]
        whole = f"{kept}\n\nMore did not fit in here; the reports have all of it.\n".encode()
    with file.open("ab") as stream:
        stream.write(whole)


def failed_jobs(environ: Mapping[str, str] | None = None) -> tuple[list[str], int]:
    """Which of the jobs that the required check needs did not do what they should, and how many jobs there are.

    A job may be skipped only where a plan that has succeeded says that there was nothing to do.

    Raises:
        NotInActionsError: NEEDS does not hold ``toJSON(needs)``.
    """
    text = _required_variable(NEEDS, environ)
    try:
        needs = json.loads(text).items()
        jobs = {str(name): (str(job["result"]), dict(job.get("outputs") or {})) for name, job in needs}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise NotInActionsError(NEEDS, "the results of the needed jobs, from toJSON(needs)") from None
    if not jobs:
        raise NotInActionsError(NEEDS, "the results of the needed jobs; a check that needs no job shows nothing")
    idle = any(result == "success" and outputs.get(ROWS) == "0" for result, outputs in jobs.values())
    right = {"success", "skipped"} if idle else {"success"}
    return [f"{name} ({result})" for name, (result, _) in jobs.items() if result not in right], len(jobs)


def _required_variable(variable: str, environ: Mapping[str, str] | None) -> str:
    value = (os.environ if environ is None else environ).get(variable)
    if not value:
        raise NotInActionsError(variable)
    return value
