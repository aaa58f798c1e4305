"""Runs a whole suite: chooses the runtime's cases, launches what they need, and returns the results."""

from __future__ import annotations

import itertools
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import collect, known_failures, probes
from runtimekit.conformance.case_runner import CaseRun, Runner, not_run
from runtimekit.conformance.cases import Case, Scope, Subject
from runtimekit.conformance.image_facts import ImageFacts
from runtimekit.conformance.launched import CaseEnvironment, LaunchedFunction
from runtimekit.conformance.protocols import SUITES
from runtimekit.conformance.results import CaseResult, SuiteResult
from runtimekit.engine import containers
from runtimekit.errors import FunctionLaunchError, RuntimekitError
from runtimekit.functions.function import is_compiled
from runtimekit.repository.identifiers import Kind, RuntimeId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from runtimekit.conformance.probes import Probe
    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime

    Watch = Callable[[str, int, int], None]
    """Receives the id of a case that has ended, how many have ended, and how many there are."""


def _no_watch(_case: str, _ended: int, _all: int) -> None:
    """Ignore progress."""


def _counting(watch: Watch, total: int) -> Callable[[CaseResult], None]:
    """Adapt ``watch`` to a runner: count the results and pass the count on."""
    ended = itertools.count(1)
    return lambda result: watch(result.id, next(ended), total)


def run(
    engine: Engine,
    runtime: Runtime,
    *,
    root: Path,
    platform: str,
    scope: Scope,
    folder: Path,
    log: Callable[[str], None],
    watch: Watch = _no_watch,
) -> SuiteResult:
    """Check a runtime on one platform against its protocol.

    Args:
        engine: The engine. It must have the runtime's images.
        runtime: The runtime to check.
        root: The repository's folder.
        platform: As docker calls it. Where it is emulated, deadlines grow and budgets do not.
        scope: All cases, or only the core.
        folder: For archives and passing files, such as ``build/tests/python-3.10-amd64``.
        log: Receives one line for each step.
        watch: Receives progress after each case.

    Raises:
        ConfigurationError: The cases, or known_failures.toml, are wrong.
    """
    began = time.monotonic()
    protocol = SUITES[runtime.protocol]
    cases = collect.load(collect.tests_folder(root), runtime.protocol)
    known = _known_failures(root, runtime, cases)
    resources = root / "tests" / "resources"
    probe = probes.load(resources / protocol.probe / f"{runtime.id.language}.toml", runtime.kind, cases)
    chosen = choose(cases, runtime, probe, scope)

    def finish(case_runs: Sequence[CaseRun], results: Mapping[str, CaseResult], error: str = "") -> SuiteResult:
        rows = known_failures.apply(
            known, str(runtime), [results.get(case_run.id) or not_run(case_run) for case_run in case_runs]
        )
        seconds = time.monotonic() - began
        return SuiteResult(runtime=str(runtime), platform=platform, cases=rows, seconds=seconds, error=error)

    try:
        log(f"{runtime} {platform}: building the test functions")
        built = protocol.prepare(engine, runtime, resources=resources, platform=platform, folder=folder)
        began_cases = time.monotonic()
        log(f"{runtime} {platform}: running {len(chosen)} cases")
        with ExitStack() as stack:
            network = stack.enter_context(containers.network(engine, f"test-{runtime.id.dashed}"))
            environment = protocol.environment(
                engine, runtime, platform, folder, network, built.archives, built.files, probe, resources
            )
            case_runs = _case_runs(chosen, environment, stack)
            runner = stack.enter_context(Runner(environment, _counting(watch, len(case_runs)), protocol.target))
            runner.run(case_runs)
        log(f"{runtime} {platform}: {len(case_runs)} cases took {time.monotonic() - began_cases:.1f} s")
    except RuntimekitError as error:
        return finish([CaseRun(case) for case in chosen], {}, str(error))
    return finish(case_runs, runner.results)


def run_on_run_image(
    engine: Engine,
    image: Runtime,
    *,
    root: Path,
    platform: str,
    folder: Path,
    log: Callable[[str], None],
    watch: Watch = _no_watch,
) -> SuiteResult:
    """Check a run image by itself (contract §1). What runs on it is checked with each compiled runtime.

    Raises:
        ConfigurationError: The cases, or known_failures.toml, are wrong.
    """
    began = time.monotonic()
    cases = collect.load(collect.tests_folder(root))
    known = _known_failures(root, image, cases)
    facts = ImageFacts(engine, image.build_image, platform, builds=False, runs=True)
    case_runs = [CaseRun(case, image=facts) for case in cases if case.bench is Subject.IMAGE]
    log(f"{image} {platform}: running {len(case_runs)} cases")
    environment = CaseEnvironment(engine, image, platform, folder, "", {}, {}, probes.Probe(), root / "tests/resources")
    with Runner(environment, _counting(watch, len(case_runs))) as runner:
        runner.run(case_runs)
    rows = known_failures.apply(
        known, str(image), [runner.results.get(case_run.id) or not_run(case_run) for case_run in case_runs]
    )
    return SuiteResult(runtime=str(image), platform=platform, cases=rows, seconds=time.monotonic() - began)


def choose(cases: Iterable[Case], runtime: Runtime, probe: Probe, scope: Scope) -> list[Case]:
    """The cases that concern a runtime."""
    wanted = (each for each in cases if each.core or scope is Scope.FULL)
    return [each for each in wanted if runtime.kind in each.kinds and probe.takes_part(each)]


def _case_runs(cases: Sequence[Case], environment: CaseEnvironment, stack: ExitStack) -> list[CaseRun]:
    """Each case with its function or image; once for each image if there are several."""

    def declare(function: str, **how: Any) -> LaunchedFunction:  # noqa: ANN401 - see CaseEnvironment.launch
        made = LaunchedFunction(lambda: environment.launch(function, **how), environment.plain[function])
        stack.callback(made.close)
        return made

    run_images = _run_images(environment.runtime) if "hello" in environment.archives else {}
    hello = {variant: declare("hello", run_image=image) for variant, image in run_images.items()}
    shared = {bench: declare("probe") for bench in (Subject.PROBE, Subject.SLOW, Subject.VICTIM)}
    _launch([shared[Subject.PROBE], *hello.values()])
    case_runs: list[CaseRun] = []
    for case in cases:
        match case.bench:
            case Subject.HELLO:
                case_runs += [CaseRun(case, launched=each, variant=variant) for variant, each in hello.items()]
            case Subject.IMAGE:
                case_runs += [
                    CaseRun(case, image=each, variant=variant) for variant, each in _images(environment).items()
                ]
            case _:
                case_runs.append(CaseRun(case, launched=shared.get(case.bench)))
    return case_runs


def _launch(launched_functions: Iterable[LaunchedFunction]) -> None:
    """Launch now what every case needs, so that a failed launch fails the suite and not just one case.

    Raises:
        FunctionLaunchError: It ended, did not become ready, or does not answer a plain request.
    """
    for each in launched_functions:
        function = each.function
        if problem := each.liveness_problem():
            raise FunctionLaunchError(str(function.container.name), problem, function.container.logs(20))


def _run_images(runtime: Runtime) -> dict[str, str]:
    """Where the documented function is launched: the language's own run image, and all others that it declares."""
    further = runtime.language.also_runs_on if runtime.language else ()
    return {"": runtime.run_image} | {name: RuntimeId.parse(name).image_name(Kind.RUN_IMAGE) for name in further}


def _images(environment: CaseEnvironment) -> dict[str, ImageFacts]:
    runtime = environment.runtime
    compiled = is_compiled(runtime) and runtime.run_image != runtime.build_image
    found = {
        "": ImageFacts(environment.engine, runtime.build_image, environment.platform, builds=True, runs=not compiled)
    }
    if compiled:
        for image in _run_images(runtime).values():
            found[image.partition(":")[0]] = ImageFacts(
                environment.engine, image, environment.platform, builds=False, runs=True
            )
    return found


def _known_failures(root: Path, runtime: Runtime, cases: Iterable[Case]) -> tuple[known_failures.KnownFailure, ...]:
    """Always the repository's own: known failures of these runtimes do not apply to others."""
    folders = sorted(path.parent.name for path in (root / "runtimes").glob("*/Dockerfile"))
    names = [str(replace(RuntimeId.parse(name), protocol=runtime.protocol)) for name in folders]
    path = collect.known_failures_file(root, runtime.protocol)
    return known_failures.load(path, [str(runtime), *names], [each.id for each in cases])
