"""The probe of the second protocol, packed and built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.conformance import probes
from runtimekit.conformance.fixtures import Fixtures
from runtimekit.conformance.open_runtimes import function
from runtimekit.functions.archive import pack

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime


def prepare(engine: Engine, runtime: Runtime, *, resources: Path, platform: str, folder: Path) -> Fixtures:
    """Pack and build the probe, ``<resources>/probe_v5/<language>``.

    Raises:
        FunctionBuildError: ``helpers/build.sh`` failed.
    """
    source, archive, probe = folder / "probe-source.tar.gz", folder / "probe.tar.gz", folder / "probe"
    probes.lay_out((resources / "probe_v5" / name for name in runtime.probes), probe)
    pack(probe, source)
    files = {path.stem: path.name for path in sorted(probe.iterdir())}
    function.build(
        engine, runtime, source=source, target=archive, platform=platform, entrypoint=entrypoint(runtime, files)
    )
    return Fixtures({"probe": archive}, files)


def entrypoint(runtime: Runtime, files: dict[str, str]) -> str:
    """The probe's own file: ``main`` in languages that have it, else the language's default."""
    return files.get("main", runtime.entrypoint)
