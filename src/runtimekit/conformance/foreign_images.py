"""Checks any image that follows the contract, with any function: only cases that need no fixture of this repository."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from runtimekit.conformance import collect
from runtimekit.conformance.case_runner import CaseRun, Runner, not_run
from runtimekit.conformance.cases import Scope, Subject
from runtimekit.conformance.launched import LaunchedFunction
from runtimekit.conformance.probes import Probe
from runtimekit.conformance.protocols import SUITES
from runtimekit.conformance.results import SuiteResult
from runtimekit.conformance.suite_runner import choose
from runtimekit.engine import containers
from runtimekit.errors import RuntimekitError
from runtimekit.functions.archive import pack
from runtimekit.repository.catalogue import Runtime
from runtimekit.repository.configuration import DEFAULT_MEMORY
from runtimekit.repository.identifiers import Kind, Protocol, RuntimeId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runtimekit.engine.client import Engine

_ONE_FUNCTION = {Subject.PROBE, Subject.SLOW}
"""The subjects for which one launched function is enough."""


def conform(
    engine: Engine,
    image: str,
    code: Path,
    entrypoint: str,
    platform: str,
    *,
    folder: Path,
    root: Path | None = None,
    run_image: str = "",
    memory: str = DEFAULT_MEMORY,
    protocol: Protocol = Protocol.V2021,
    log: Callable[[str], None] = print,
) -> SuiteResult:
    """Check transport, key, limits and body with a function of unknown behaviour.

    A case knows that the function was called if its status is the one that a plain request gets.

    Args:
        engine: The engine. It must have the image.
        image: Builds the function, and runs it unless ``run_image`` is named.
        code: The folder with the function.
        entrypoint: The function's file, relative to ``code``.
        platform: Docker's name, such as ``linux/amd64``.
        folder: For archives and temporary files.
        root: A repository whose cases are used, instead of those that the package brings along.
        run_image: The image that a compiled function runs on.
        memory: The container's memory limit; the second protocol's executor has one of its own.
        protocol: What the image speaks.
        log: Receives one line for each step.
    """
    began = time.monotonic()
    runtime = _unknown_runtime(image, run_image, code, entrypoint, memory, protocol)
    suite = SUITES[protocol]
    cases = choose(collect.load(collect.tests_folder(root), protocol), runtime, Probe(), Scope.FULL)
    chosen = [each for each in cases if each.any_function and each.bench in _ONE_FUNCTION]
    source, archive = folder / "source.tar.gz", folder / "function.tar.gz"
    results, error = {}, ""
    try:
        log(f"{image} {platform}: building the function")
        pack(code, source)
        suite.build(engine, runtime, source=source, target=archive, platform=platform, entrypoint=entrypoint)
        log(f"{image} {platform}: running {len(chosen)} cases")
        with ExitStack() as stack:
            network = stack.enter_context(containers.network(engine, "conform"))
            environment = suite.environment(
                engine, runtime, platform, folder, network, {"probe": archive}, {}, Probe(), code
            )
            launched_functions = {bench: LaunchedFunction(environment.launch, {}) for bench in _ONE_FUNCTION}
            for each in launched_functions.values():
                stack.callback(each.close)
                each.learn_plain_status()
            runner = stack.enter_context(Runner(environment, target=suite.target))
            runner.run([CaseRun(case, launched=launched_functions[case.bench]) for case in chosen])
            results = runner.results
    except RuntimekitError as failure:
        error = str(failure)
    rows = tuple(results.get(case.id) or not_run(CaseRun(case)) for case in chosen)
    return SuiteResult(runtime=image, platform=platform, cases=rows, seconds=time.monotonic() - began, error=error)


def _unknown_runtime(
    image: str, run_image: str, code: Path, entrypoint: str, memory: str, protocol: Protocol
) -> Runtime:
    """A Runtime that describes the image."""
    return Runtime(
        id=RuntimeId("conform", "0", protocol),
        name=image,
        version="",
        kind=Kind.COMPILED if run_image else Kind.INTERPRETED,
        language=None,
        folder=code,
        platforms=(),
        build_image=image,
        run_image=run_image or image,
        entrypoint=entrypoint,
        memory=memory,
        bases=(),
        inputs={},
    )
