"""Conformance suites: the contract's cases, run against launched functions (docs/contract.md, tests/conformance).

:func:`run` checks a runtime of this repository, :func:`run_on_run_image` an image that compiled functions run on,
:func:`conform` any image with any function. Case files import what they need from here.
"""

from runtimekit.conformance.cases import Case, Scope, Subject, case
from runtimekit.conformance.expectations import (
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
from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.foreign_images import conform
from runtimekit.conformance.raw_http import NoAnswerError, RawConnection
from runtimekit.conformance.suite_runner import run, run_on_run_image
from runtimekit.conformance.target import Target

__all__ = [
    "Case",
    "CaseFailedError",
    "NoAnswerError",
    "RawConnection",
    "Scope",
    "Subject",
    "Target",
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
