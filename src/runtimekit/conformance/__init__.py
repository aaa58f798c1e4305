"""The contract, proven: every rule's cases, run against launched functions (docs/contract.md, tests/conformance).

:func:`run` checks a runtime of this repository, :func:`run_on_run_image` an image that compiled functions run on,
:func:`conform` any image with any function. What cases are written with is here, too.
"""

from runtimekit.conformance.checks import (
    decoded,
    expect,
    expect_contains,
    expect_error,
    expect_json,
    expect_status,
    expect_text,
    expect_that,
    expect_took,
    expect_within,
    shown,
)
from runtimekit.conformance.foreign import conform
from runtimekit.conformance.model import Bench, Case, CaseFailedError, Scope, case
from runtimekit.conformance.running import run, run_on_run_image
from runtimekit.conformance.suite import Suite
from runtimekit.conformance.wire import NoAnswerError, Wire

__all__ = [
    "Bench",
    "Case",
    "CaseFailedError",
    "NoAnswerError",
    "Scope",
    "Suite",
    "Wire",
    "case",
    "conform",
    "decoded",
    "expect",
    "expect_contains",
    "expect_error",
    "expect_json",
    "expect_status",
    "expect_text",
    "expect_that",
    "expect_took",
    "expect_within",
    "run",
    "run_on_run_image",
    "shown",
]
