"""Reads platforms.toml into frozen dataclasses. All mistakes are reported at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from runtimekit.errors import ConfigurationError, NoRepositoryError, Problem
from runtimekit.repository.identifiers import Kind, Platform, Protocol, RuntimeId, perhaps
from runtimekit.repository.toml_table import Table
from runtimekit.support.toml import TomlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = [
    "Configuration",
    "Kind",
    "Language",
    "PlatformException",
    "Project",
    "RunImage",
    "find_root",
    "load",
]

FILE_NAME = "platforms.toml"
"""The file that marks the root of a repository of runtimes."""

DEFAULT_MEMORY = "256m"
MOST_CONCURRENCY = 32
"""How many requests a container has run at a time, at most (contract T5)."""
"""The default memory limit of a launched function (contract L6)."""

_NAME = re.compile(r"[a-z][a-z0-9]{0,31}", re.ASCII)
_DOCKER_PLATFORM = re.compile(r"linux/[a-z0-9]+(/v[0-9]+)?", re.ASCII)
_RUNNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_RELATIVE_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*", re.ASCII)
_MEMORY = re.compile(r"[1-9][0-9]{0,6}[mg]", re.ASCII)
_GLIBC = re.compile(r"2\.[1-9][0-9]?", re.ASCII)
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\"']+")


@dataclass(frozen=True, kw_only=True)
class Project:
    """What every image's labels say about where it comes from (contract I5)."""

    title: str
    source: str
    licenses: str


@dataclass(frozen=True, kw_only=True)
class Language:
    """What all versions of a language have in common."""

    id: str
    name: str
    kind: Kind
    entrypoint: str
    """The default file of a request (contract R6)."""
    memory: str = DEFAULT_MEMORY
    concurrency: int = MOST_CONCURRENCY
    """How many requests a container is given at a time where platforms add containers by requests (docs/scaling.md)."""
    adapter: str
    """The folder of ``adapters/`` that it uses: its own, unless another language's virtual machine runs it, too."""
    shares: str | None = None
    """A folder of ``adapters/`` whose files several languages' adapters have in common."""
    run_image: str | None = None
    """What a compiled function runs on, by name (contract I3)."""
    also_runs_on: tuple[str, ...] = ()
    """Further run images on which it must work."""
    protocols: tuple[Protocol, ...] = (Protocol.V2021,)
    """What its images speak, each in an image of its own; the first one is always there."""
    tags: tuple[str, ...] = ()
    """Words to select it by, beside its name and kind: ``jvm``."""


@dataclass(frozen=True, kw_only=True)
class RunImage:
    """An image that compiled functions run on (contract I3)."""

    id: RuntimeId
    name: str
    glibc: str | None = None
    """The newest symbol version of the C library that a function may need; None where there is no glibc."""


@dataclass(frozen=True, kw_only=True)
class PlatformException:
    """Platforms that a runtime does not have, and why: contract I1 wants a reason for each."""

    runtime: RuntimeId
    without: tuple[str, ...]
    because: str


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """The content of platforms.toml, and its folder."""

    root: Path
    project: Project
    platforms: tuple[Platform, ...]
    languages: Mapping[str, Language]
    run_images: Mapping[str, RunImage]
    exceptions: tuple[PlatformException, ...] = ()
    lines: Mapping[str, int | None] = field(default_factory=dict, compare=False, repr=False)
    """Where each run image and each exception's runtime is declared, for mistakes that show later."""

    def platforms_of(self, runtime: RuntimeId) -> tuple[Platform, ...]:
        """The platforms on which a runtime exists: all but its exceptions."""
        without = {name for each in self.exceptions if each.runtime == runtime for name in each.without}
        return tuple(platform for platform in self.platforms if platform.name not in without)


def find_root(start: Path) -> Path:
    """The nearest folder, from ``start`` upwards, that has a platforms.toml."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise NoRepositoryError(start)


def load(root: Path) -> Configuration:
    """Read ``root``'s platforms.toml. Raises ConfigurationError with every mistake in it."""
    path = root / FILE_NAME
    if not path.is_file():
        raise NoRepositoryError(root)
    file = TomlFile(path)
    if not file.is_readable:
        raise ConfigurationError(_in_order(file.problems))
    top = Table(file, file.values)
    project = _project(top.table("project"))
    platforms = _platforms(top.tables("platforms"))
    run_image_tables = top.tables("run-images")
    run_images = {name: image for name, table in run_image_tables.items() if (image := _run_image(name, table))}
    languages = {
        name: language
        for name, table in top.tables("languages").items()
        if (language := _language(name, table, run_image_tables))
    }
    exception_tables = top.array("exceptions")
    exceptions = _exceptions(exception_tables, [platform.name for platform in platforms])
    top.close()
    if not platforms and "platforms" not in file.values:
        file.report_line(None, "no platform is declared: a table such as [platforms.amd64] is needed")
    if file.problems:
        raise ConfigurationError(_in_order(file.problems))
    lines = {name: file.line(table.place) for name, table in run_image_tables.items()}
    lines |= {str(each.runtime): file.line(t.place) for each, t in zip(exceptions, exception_tables, strict=True)}
    return Configuration(
        root=root,
        project=project,
        platforms=platforms,
        languages=MappingProxyType(languages),
        run_images=MappingProxyType(run_images),
        exceptions=tuple(exceptions),
        lines=MappingProxyType(lines),
    )


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(set(problems), key=lambda problem: (problem.line or 0, problem.text))


def _project(table: Table) -> Project:
    project = Project(
        title=table.text("title"),
        source=table.text("source", _WEB_ADDRESS, "the repository's web address"),
        licenses=table.text("licenses", wanted="an SPDX expression such as 'MIT'"),
    )
    table.close()
    return project


def _platforms(tables: Mapping[str, Table]) -> tuple[Platform, ...]:
    found: list[Platform] = []
    for name, table in tables.items():
        _check_name(name, "a platform", table)
        docker = table.text("docker", _DOCKER_PLATFORM, "docker's name for it, such as 'linux/amd64'")
        runner = table.text("runner", _RUNNER, "the name of a CI machine, such as 'ubuntu-24.04'")
        table.close()
        for each in found:
            if docker and each.docker == docker:
                table.report("docker", f"{docker!r} is the platform {each.name!r} already")
        found.append(Platform(name=name, docker=docker, runner=runner))
    return tuple(found)


def _run_image(name: str, table: Table) -> RunImage | None:
    title = table.text("name")
    glibc = table.optional_text("glibc", _GLIBC, "a version of glibc as text, such as '2.36'")
    table.close()
    try:
        return RunImage(id=RuntimeId.parse(name), name=title, glibc=glibc)
    except ValueError as error:
        table.file.report(table.place, str(error))
        return None


def _language(name: str, table: Table, run_images: Iterable[str]) -> Language | None:
    _check_name(name, "a language", table)
    kind = table.choice("kind", (Kind.INTERPRETED.value, Kind.COMPILED.value))
    title = table.text("name")
    entrypoint = table.text("entrypoint", _RELATIVE_FILE, "a relative file name such as 'index.js'")
    memory = table.optional_text("memory", _MEMORY, "an amount such as '256m' or '1g'") or DEFAULT_MEMORY
    wanted = f"how many requests a container is given at a time, from 1 to {MOST_CONCURRENCY}"
    concurrency = table.optional_number("concurrency", MOST_CONCURRENCY, wanted) or MOST_CONCURRENCY
    adapter = table.optional_text("adapter", _NAME, "the language whose adapter it uses, such as 'java'") or name
    shares = table.optional_text("shares", _NAME, "the folder of adapters/ that it shares, such as 'javascript'")
    known = list(run_images)
    run_image = table.optional_text("run-image", wanted="the name of a run image")
    also_runs_on = table.texts("also-runs-on", "a list of run images")
    tags = table.texts("tags", "a list of words")
    protocols = _protocols(table)
    table.close()
    for key, names in (("run-image", (run_image,) if run_image else ()), ("also-runs-on", also_runs_on)):
        if kind == Kind.INTERPRETED and names:
            table.report(key, f"an interpreted language has no {key!r}: its own image runs the function")
        for each in names:
            if each not in known:
                needed = f"a table [run-images.{each!r}] is needed"
                table.report(key, f"no run image is called {each!r}: {needed}.{perhaps(each, known)}")
    if kind == Kind.COMPILED and "run-image" not in table:
        table.report("run-image", f"{table.title} needs 'run-image': what its functions run on, such as 'alpine-3.22'")
    if kind is None:
        return None
    return Language(
        id=name,
        name=title,
        kind=Kind(kind),
        entrypoint=entrypoint,
        memory=memory,
        concurrency=concurrency,
        adapter=adapter,
        shares=shares,
        run_image=run_image,
        also_runs_on=also_runs_on,
        protocols=protocols,
        tags=tags,
    )


def _protocols(table: Table) -> tuple[Protocol, ...]:
    """The protocols of a language. The first one is the contract that all languages keep."""
    names = table.texts("protocols", "a list of protocols such as ['2021', 'v5']") or (Protocol.V2021.value,)
    known = [each.value for each in Protocol]
    for name in names:
        if name not in known:
            table.report("protocols", f"no protocol is called {name!r}; there are {' and '.join(known)}")
    if Protocol.V2021.value not in names:
        table.report("protocols", f"{Protocol.V2021.value!r} is missing: every language keeps the contract")
    return tuple(each for each in Protocol if each.value in names)


def _exceptions(tables: Iterable[Table], platforms: list[str]) -> list[PlatformException]:
    found: list[PlatformException] = []
    for table in tables:
        name = table.text("runtime", wanted="the runtime's name, such as 'dart-3.1'")
        without = table.texts("without", "a list of platforms such as ['arm64']", required=True)
        because = table.text("because", wanted="why, in one line: every exception has a reason")
        table.close()
        for each in without:
            if each not in platforms:
                table.report("without", f"no platform is called {each!r}.{perhaps(each, platforms)}")
        if "without" in table and not without:
            table.report("without", "'without' must name at least one platform")
        elif platforms and set(platforms) <= set(without):
            table.report("without", f"{name!r} would have no platform left; remove the runtime instead")
        if not name:
            continue
        try:
            runtime = RuntimeId.parse(name)
        except ValueError as error:
            table.report("runtime", str(error))
            continue
        if any(each.runtime == runtime for each in found):
            table.report("runtime", f"{name!r} has an exception already; put both into one")
        found.append(PlatformException(runtime=runtime, without=without, because=because))
    return found


def _check_name(name: str, what: str, table: Table) -> None:
    if not _NAME.fullmatch(name):
        wanted = "lower-case letters and digits, beginning with a letter"
        table.file.report(table.place, f"{name!r} cannot be {what}'s name: {wanted}")
