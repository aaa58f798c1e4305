"""What a step exchanges with GitHub Actions: its outputs, its summary, and the results of other jobs.

Outside of GitHub Actions no summary is written; the other functions raise an error.
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
"""GitHub drops a step's summary of more than 1 MiB."""
ROWS = "rows"
"""The output for the number of rows of a matrix. If it is 0, the jobs of the matrix are skipped."""


def set_outputs(outputs: Mapping[str, str], environ: Mapping[str, str] | None = None) -> None:
    """Set outputs of this step, for later steps and jobs.

    Raises:
        NotInActionsError: GITHUB_OUTPUT is not set.
    """
    path = _required_variable(OUTPUT, environ)
    with Path(path).open("a", encoding="utf-8") as stream:
        for name, value in outputs.items():
            delimiter = secrets.token_hex(16)  # no value can guess it and set another output
            stream.write(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")


def summarize(markdown: str, environ: Mapping[str, str] | None = None) -> None:
    """Append to the step's summary, if there is one. A text that is too long is cut, and ends with a note."""
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
        whole = f"{kept}\n\nThe rest did not fit; the reports have all results.\n".encode()
    with file.open("ab") as stream:
        stream.write(whole)


def failed_jobs(environ: Mapping[str, str] | None = None) -> tuple[list[str], int]:
    """Return the jobs in ``NEEDS`` that failed, each with its result, and the number of all jobs there.

    A skipped job counts as failed, unless a successful job has set the output ``rows`` to 0: there was nothing to do.

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
        raise NotInActionsError(NEEDS, "the results of the needed jobs; a check without needed jobs checks nothing")
    nothing_to_do = any(result == "success" and outputs.get(ROWS) == "0" for result, outputs in jobs.values())
    passing = {"success", "skipped"} if nothing_to_do else {"success"}
    return [f"{name} ({result})" for name, (result, _) in jobs.items() if result not in passing], len(jobs)


def _required_variable(variable: str, environ: Mapping[str, str] | None) -> str:
    value = (os.environ if environ is None else environ).get(variable)
    if not value:
        raise NotInActionsError(variable)
    return value
