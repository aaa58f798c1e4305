"""The probe of the second protocol, packed and built."""

from __future__ import annotations

import shutil
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


def variants(runtime: Runtime, resources: Path) -> Path:
    """A folder of folders: each is laid over the probe, and built, because only the build knows the entrypoint.

    It is there for languages whose functions are compiled; in others a variant is a file beside the probe.
    """
    return resources / "probe_v5" / "variants" / runtime.id.language


def build_variant(engine: Engine, runtime: Runtime, name: str, *, resources: Path, platform: str, folder: Path) -> Path:
    """Lay a variant over the probe's sources, and build it; returns its archive.

    Args:
        engine: The engine that runs the build.
        runtime: The function's runtime.
        name: The variant's. If there is no such variant, it is the probe with an entrypoint of that name.
        resources: The repository's test functions.
        platform: As docker calls it.
        folder: For the archives.

    Raises:
        FunctionBuildError: ``helpers/build.sh`` failed.
    """
    variant, laid_out = variants(runtime, resources) / name, folder / f"{name}-source"
    source, archive = folder / f"{name}-source.tar.gz", folder / f"{name}.tar.gz"
    probes.lay_out((resources / "probe_v5" / each for each in runtime.probes), laid_out)
    if variant.is_dir():
        shutil.copytree(variant, laid_out, dirs_exist_ok=True)
    pack(laid_out, source)
    files = {path.stem: path.name for path in sorted(laid_out.iterdir())}
    named = entrypoint(runtime, files) if variant.is_dir() else name
    function.build(engine, runtime, source=source, target=archive, platform=platform, entrypoint=named)
    return archive


def entrypoint(runtime: Runtime, files: dict[str, str]) -> str:
    """The probe's own file: ``main`` in languages that have it, else the language's default."""
    return files.get("main", runtime.entrypoint)
