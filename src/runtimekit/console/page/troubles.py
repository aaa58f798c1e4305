"""What is wrong with a runtime as a whole, beyond single cases: no image, no suite, or cases that were not reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.conformance.results import Outcome
from runtimekit.images.results import NEEDS_REGISTRY

if TYPE_CHECKING:
    from runtimekit.conformance.results import SuiteResult
    from runtimekit.images.results import BuildRow


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What is wrong."""

    title: str
    message: str
    detail: tuple[str, str]
    """A title and a text, to be shown verbatim."""
    is_failure: bool = True
    """False where only this machine lacks something."""


def of(built: BuildRow | None, suite: SuiteResult | None) -> Trouble | None:
    """What is wrong with a runtime on a platform, from the row of its image and from its suite; None if nothing is."""
    if built and built.error:
        first_line, _, rest = built.error.strip().partition("\n")
        return Trouble(title="the image was not built", message=first_line, detail=("Log's end", rest or first_line))
    if suite and suite.error:
        first_line = suite.error.strip().partition("\n")[0]
        return Trouble(title="the suite broke off", message=first_line, detail=("Why", suite.error))
    if (suite and suite.unavailable) or (built and built.result == NEEDS_REGISTRY):
        reason = suite.unavailable if suite else "its base needs a registry, and none answers"
        message, detail = "this machine cannot have the image", ("Why", reason)
        return Trouble(title="could not be had here", message=message, detail=detail, is_failure=False)
    if suite and not suite.cases:
        return Trouble(
            title="no case was run", message="a suite without cases proves nothing", detail=("Why", "unknown")
        )
    not_run = [case.id for case in suite.cases if case.outcome is Outcome.NOT_RUN] if suite else []
    if not_run:
        title = f"{len(not_run)} cases were not run" if len(not_run) > 1 else "1 case was not run"
        return Trouble(title=title, message="the suite ended before them", detail=("Cases", "\n".join(not_run)))
    return None
