"""The functions that the cases call: packed and built. The probe's archive also gets files that R8 must refuse."""

from __future__ import annotations

import io
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from runtimekit.conformance import probes
from runtimekit.functions import function
from runtimekit.functions.archive import pack
from runtimekit.repository.identifiers import Kind
from runtimekit.support.atomic_files import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.repository.catalogue import Runtime

INNER = "inner"
"""A folder in the probe's archive with a second copy of the probe."""


@dataclass(frozen=True)
class Fixtures:
    """Built functions."""

    archives: Mapping[str, Path]
    """``hello`` and ``probe``, ready to be launched."""
    files: Mapping[str, str]
    """The probe's files by their name without ending: ``no_function`` → ``no_function.py``."""


def prepare(engine: Engine, runtime: Runtime, *, resources: Path, platform: str, folder: Path) -> Fixtures:
    """Pack and build the documented function and the probe, side by side.

    The packed documented function is kept as ``<resources>/<language>.tar.gz``, the built one as
    ``<folder>/python-3-10.tar.gz``.

    Raises:
        FunctionBuildError: ``build.sh`` failed.
    """
    language = runtime.id.language
    sources = {"hello": resources / f"{language}.tar.gz", "probe": folder / "probe-source.tar.gz"}
    archives = {"hello": folder / f"{runtime.id.dashed}.tar.gz", "probe": folder / "probe.tar.gz"}
    probe = folder / "probe"
    probes.lay_out((resources / "probe" / name for name in runtime.probes), probe)
    pack(resources / language, sources["hello"])
    pack(probe, sources["probe"])

    def build(name: str) -> None:
        function.build(engine, runtime, source=sources[name], target=archives[name], platform=platform)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(build, sources))
    files = {path.stem: path.name for path in sorted(probe.iterdir())} | {"index": runtime.entrypoint}
    if runtime.kind is Kind.INTERPRETED:
        trapped = folder / "probe-with-traps.tar.gz"
        files |= add_traps(archives["probe"], trapped, runtime.entrypoint)
        archives["probe"] = trapped
    return Fixtures(archives, files)


def add_traps(archive: Path, target: Path, entrypoint: str) -> dict[str, str]:
    """Add what contract R8 must refuse: links, folders and pipes named like functions. Returns their names by stem."""
    ending = PurePosixPath(entrypoint).suffix
    links = {
        "linked_out": "/etc/passwd",
        "linked_up": f"../code/{entrypoint}",
        "linked_in": entrypoint,
        "linked_nowhere": "gone",
    }
    names = {stem: f"{stem}{ending}" for stem in [*links, "folder", "pipe"]}
    with (
        tarfile.open(archive) as source,
        writing(target) as sink,
        tarfile.open(fileobj=sink, mode="w:gz", compresslevel=1) as traps,
    ):
        for entry in source:
            held = source.extractfile(entry) if entry.isreg() else None
            traps.addfile(entry, held)
            if held and PurePosixPath(entry.name) == PurePosixPath(entrypoint):
                held.seek(0)
                _add(traps, f"{INNER}/{entrypoint}", tarfile.REGTYPE, content=held.read())
        for stem, link_target in links.items():
            _add(traps, names[stem], tarfile.SYMTYPE, link_target=link_target)
        _add(traps, "linked_folder", tarfile.SYMTYPE, link_target="/tmp")  # noqa: S108 - inside the container
        _add(traps, names["folder"], tarfile.DIRTYPE)
        _add(traps, names["pipe"], tarfile.FIFOTYPE)
    target.chmod(0o644)
    return names


def without(archive: Path, name: str, target: Path, *, instead: bytes | None = None) -> Path:
    """Copy the archive without one file, such as ``.entrypoint``, or with ``instead`` as that file's content."""
    with tarfile.open(archive) as source, writing(target) as sink, tarfile.open(fileobj=sink, mode="w:gz") as rest:
        for entry in source:
            if PurePosixPath(entry.name) != PurePosixPath(name):
                rest.addfile(entry, source.extractfile(entry) if entry.isreg() else None)
        if instead is not None:
            _add(rest, name, tarfile.REGTYPE, content=instead)
    return target


def with_copies(archive: Path, entrypoint: str, folders: Iterable[str], target: Path) -> Path:
    """Copy the archive and add the entrypoint, and what was compiled from it, to each of the folders.

    Compiled files stand in folders that are named after their source: ``.classes/Index.java/Index.class`` becomes
    ``.classes/<folder>/Index.java/Index.class`` as well.
    """
    wanted = PurePosixPath(entrypoint)
    copies = list(folders)
    with (
        tarfile.open(archive) as source,
        writing(target) as sink,
        tarfile.open(fileobj=sink, mode="w:gz", compresslevel=1) as copied,
    ):
        for entry in source:
            held = source.extractfile(entry) if entry.isreg() else None
            content = held.read() if held else b""
            copied.addfile(entry, io.BytesIO(content))
            path = PurePosixPath(entry.name)
            for place in [path, *path.parents]:
                if held and place.name == wanted.name:
                    for folder in copies:
                        name = place.parent / folder / path.relative_to(place.parent)
                        _add(copied, str(name), tarfile.REGTYPE, content=content)
                    break
    target.chmod(0o644)
    return target


def cut_off(archive: Path, target: Path) -> Path:
    """Copy the first half of the archive, like an interrupted download."""
    shutil.copyfile(archive, target)
    with target.open("r+b") as file:
        file.truncate(archive.stat().st_size // 2)
    return target


def _add(archive: tarfile.TarFile, name: str, kind: bytes, *, link_target: str = "", content: bytes = b"") -> None:
    info = tarfile.TarInfo(f"./{name}")
    info.type, info.linkname, info.size = kind, link_target, len(content)
    info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
    archive.addfile(info, io.BytesIO(content))
