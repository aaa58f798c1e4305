"""The functions that a soak asks: the probe of each protocol, in a container of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from runtimekit.benchmarks.soak_requests import ContractRequests, OpenRequests
from runtimekit.conformance.open_runtimes import function as open_function
from runtimekit.conformance.protocols import SUITES
from runtimekit.functions.function import launch as launch_function
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtimekit.benchmarks.soak_requests import SoakRequests
    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime


def with_first(runtime: Runtime) -> list[Runtime]:
    """A runtime, and before it that of the first protocol if it is of the second: a soak mixes both."""
    return [runtime.first, runtime] if runtime.first else [runtime]


@contextmanager
def launch(engine: Engine, runtime: Runtime, root: Path, platform: str) -> Iterator[SoakRequests]:
    """Build and launch the probe of a runtime.

    Raises:
        FunctionBuildError: It cannot be built.
        FunctionLaunchError: It does not become ready.
    """
    folder = root / "build" / "soak" / str(runtime.id)
    folder.mkdir(parents=True, exist_ok=True)
    prepare = SUITES[runtime.protocol].prepare
    built = prepare(engine, runtime, resources=root / "tests/resources", platform=platform, folder=folder)
    archive = built.archives["probe"]
    if runtime.protocol is Protocol.V5:
        with open_function.launch(engine, runtime, archive=archive, platform=platform, folder=folder) as opened:
            yield OpenRequests(opened)
    else:
        with launch_function(engine, runtime, archive=archive, platform=platform, folder=folder) as function:
            yield ContractRequests(function)
