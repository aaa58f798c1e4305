"""Reads ``runtimes/`` and platforms.toml into :class:`Runtime` objects. Needs no Docker."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runtimekit.errors import ConfigurationError, Problem, UnknownNameError
from runtimekit.repository import dockerfiles, second_images
from runtimekit.repository.configuration import DEFAULT_MEMORY, FILE_NAME
from runtimekit.repository.identifiers import Kind, Protocol, RuntimeId, near_names, perhaps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtimekit.repository.configuration import Configuration, Language
    from runtimekit.repository.identifiers import Platform

NEEDED_FILES = ("Dockerfile", "README.md")
"""The files that every runtime's folder must have (contract I1)."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """One folder of ``runtimes/``: a language in a version, or a run image."""

    id: RuntimeId
    name: str
    """The display name without the version: ``Node.js``."""
    version: str
    kind: Kind
    language: Language | None
    """None for a run image."""
    folder: Path
    platforms: tuple[Platform, ...]
    build_image: str
    """The image that this folder makes. It builds functions, and runs them unless the language is compiled."""
    run_image: str
    """The image in which a function is launched."""
    entrypoint: str
    """The default entrypoint; empty for a run image."""
    memory: str
    bases: tuple[str, ...]
    """The images from outside that its Dockerfile is built on, exactly as written there; none with a first image."""
    inputs: Mapping[str, Path] = field(hash=False)
    """The named contexts that its Dockerfile uses, and their folders."""
    first: Runtime | None = None
    """Of an image of the second protocol: the one of the first, whose layers it has below its own."""

    @property
    def protocol(self) -> Protocol:
        """What its callers and functions speak."""
        return self.id.protocol

    @property
    def below(self) -> tuple[str, ...]:
        """The images that its Dockerfile is built on; its last stage begins with the last of them."""
        return (self.first.build_image,) if self.first else self.bases

    @property
    def starter(self) -> str:
        """Its folder in ``starters/``: ``node``, of the second protocol ``node-v5``."""
        return self.id.language + ("" if self.protocol is Protocol.V2021 else f"-{self.protocol}")

    @property
    def outside(self) -> tuple[str, ...]:
        """All images from outside that are below its image, also those below its first image."""
        return self.first.bases if self.first else self.bases

    @property
    def tags(self) -> frozenset[str]:
        """What ``--tag`` selects it by: its kind, its language, and what platforms.toml says of the language."""
        return frozenset({self.kind.value, self.id.language, *(self.language.tags if self.language else ())})

    @property
    def probes(self) -> tuple[str, ...]:
        """The folders of ``tests/resources/probe`` with its probe's files: its language's own, then a shared one."""
        shares = self.language.shares if self.language else None
        return (self.id.language, shares) if shares else (self.id.language,)

    def __str__(self) -> str:
        """The identifier, ``python-3.10``."""
        return str(self.id)

    def row(self) -> dict[str, Any]:
        """What ``invoke list --json`` says of it. Machines read this: keys are never renamed."""
        return {
            "id": str(self.id),
            "language": self.id.language,
            "name": self.name,
            "version": self.version,
            "kind": self.kind.value,
            "protocol": self.protocol.value,
            "build_image": self.build_image,
            "run_image": self.run_image,
            "entrypoint": self.entrypoint,
            "platforms": [platform.docker for platform in self.platforms],
            "memory": self.memory,
        }


@dataclass(frozen=True)
class Catalogue:
    """All runtimes and run images, sorted by language and version."""

    runtimes: tuple[Runtime, ...]
    run_images: tuple[Runtime, ...]
    second: tuple[Runtime, ...] = ()
    """The images of the second protocol, one for each runtime whose language has it."""

    def of(self, protocol: Protocol) -> Catalogue:
        """The runtimes of one protocol. Those of the second one run what they have built: it has no run images."""
        if protocol is Protocol.V2021:
            return self
        return replace(self, runtimes=self.second, run_images=())

    @property
    def all(self) -> tuple[Runtime, ...]:
        """Run images first: compiled functions need them."""
        return self.run_images + self.runtimes

    @property
    def newest(self) -> tuple[Runtime, ...]:
        """The newest version of each language."""
        return self.newest_of(lambda _runtime: True)

    def newest_of(self, can_be_had: Callable[[Runtime], bool]) -> tuple[Runtime, ...]:
        """The newest version of each language that can be had; of a language that has none, its newest all the same.

        Args:
            can_be_had: Whether a runtime's image can be built on this machine.
        """
        found: dict[str, tuple[bool, Runtime]] = {}
        for each in sorted(self.runtimes, key=lambda runtime: runtime.id):
            had = can_be_had(each)
            if had or not found.get(each.id.language, (False,))[0]:
                found[each.id.language] = (had, each)
        return tuple(runtime for _had, runtime in found.values())

    def get(self, name: str) -> Runtime:
        """The runtime or run image with this name."""
        everything = (*self.all, *self.second)
        for each in everything:
            if str(each.id) == name:
                return each
        raise UnknownNameError(name, near_names(name, (str(each.id) for each in everything)))


def load(configuration: Configuration) -> Catalogue:
    """Read ``runtimes/``. Raises ConfigurationError with everything that is wrong in it."""
    reader = _Reader(configuration)
    found = sorted(reader.runtimes(), key=lambda runtime: runtime.id)
    for path, text in second_images.problems((each.language for each in found if each.language), configuration.root):
        reader.report(path, text)
    if reader.problems:
        raise ConfigurationError(sorted(reader.problems, key=lambda problem: str(problem.file)))
    runtimes = tuple(each for each in found if each.kind is not Kind.RUN_IMAGE)
    return Catalogue(
        runtimes=runtimes,
        run_images=tuple(each for each in found if each.kind is Kind.RUN_IMAGE),
        second=tuple(
            _second(each, each.language, configuration.root)
            for each in runtimes
            if each.language and Protocol.V5 in each.language.protocols
        ),
    )


def _second(first: Runtime, language: Language, root: Path) -> Runtime:
    """The image over a runtime's image. It builds functions and runs them, also those of compiled languages."""
    identifier = replace(first.id, protocol=Protocol.V5)
    image = identifier.image_name(first.kind)
    return replace(
        first,
        id=identifier,
        folder=root / second_images.FOLDER,
        build_image=image,
        run_image=image,
        entrypoint=second_images.entrypoint(language, root),
        bases=(),
        inputs=MappingProxyType({"gateway": root / "gateway", "common": root / "adapters" / "common"}),
        first=first,
    )


class _Reader:
    """Reads the folders one by one and remembers what is wrong with them."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.folder = configuration.root / "runtimes"
        self.problems: list[Problem] = []

    def report(self, file: Path, text: str, line: int | None = None) -> None:
        self.problems.append(Problem(file, line, text))

    def runtimes(self) -> list[Runtime]:
        if not self.folder.is_dir():
            self.report(self.folder, "is missing; it holds one folder for each runtime, such as python-3.10")
            return []
        folders = sorted(each for each in self.folder.iterdir() if each.is_dir() and not each.name.startswith("."))
        self._check_declared({folder.name for folder in folders})
        return [runtime for folder in folders if (runtime := self._runtime(folder))]

    def _check_declared(self, names: set[str]) -> None:
        """What platforms.toml names must exist: a forgotten exception or run image would be silently without effect."""
        declared = [(name, "run image") for name in self.configuration.run_images]
        declared += [(str(each.runtime), "exception's runtime") for each in self.configuration.exceptions]
        for name, what in declared:
            if name not in names:
                text = f"the {what} {name!r} has no folder runtimes/{name}.{perhaps(name, names)}"
                self.report(self.configuration.root / FILE_NAME, text, self.configuration.lines.get(name))

    def _runtime(self, folder: Path) -> Runtime | None:
        if folder.is_symlink():
            self.report(folder, "is a link; a runtime is a folder of its own")
            return None
        try:
            identifier = RuntimeId.parse(folder.name)
        except ValueError as error:
            self.report(folder, str(error))
            return None
        if identifier.protocol is not Protocol.V2021:
            text = f"is not a runtime of its own: runtimes/{identifier.folder} and 'protocols' in {FILE_NAME} make it"
            self.report(folder, text)
            return None
        declared = self._declared(folder, identifier)
        missing = [name for name in NEEDED_FILES if not (folder / name).is_file()]
        for name in missing:
            self.report(folder / name, "is missing; every runtime has one (contract I1)")
        if declared is None or "Dockerfile" in missing:
            return None
        kind, name, language = declared
        dockerfile = self._dockerfile(folder / "Dockerfile", language)
        build_image = identifier.image_name(kind)
        return Runtime(
            id=identifier,
            name=name,
            version=identifier.version,
            kind=kind,
            language=language,
            folder=folder,
            platforms=self.configuration.platforms_of(identifier),
            build_image=build_image,
            run_image=self._run_image(language) or build_image,
            entrypoint=language.entrypoint if language else "",
            memory=language.memory if language else DEFAULT_MEMORY,
            bases=dockerfile.bases if dockerfile else (),
            inputs=self._inputs(dockerfile, language),
        )

    def _declared(self, folder: Path, identifier: RuntimeId) -> tuple[Kind, str, Language | None] | None:
        """What platforms.toml says of this name: kind, title, and language unless it is a run image."""
        run_image = self.configuration.run_images.get(str(identifier))
        if run_image:
            return Kind.RUN_IMAGE, run_image.name, None
        language = self.configuration.languages.get(identifier.language)
        if language:
            return language.kind, language.name, language
        text = f"{FILE_NAME} has neither a language {identifier.language!r} nor a run image {str(identifier)!r}."
        known = [*self.configuration.languages, *self.configuration.run_images]
        near = perhaps(identifier.language, self.configuration.languages) or perhaps(str(identifier), known)
        self.report(folder, text + near)
        return None

    def _run_image(self, language: Language | None) -> str | None:
        if language is None or language.run_image is None:
            return None
        return RuntimeId.parse(language.run_image).image_name(Kind.RUN_IMAGE)

    def _contexts(self, language: Language | None) -> dict[str, Path]:
        root = self.configuration.root
        contexts = {"gateway": root / "gateway", "common": root / "adapters" / "common"}
        if language:
            contexts["adapter"] = root / "adapters" / language.adapter
            contexts |= {"shared": root / "adapters" / language.shares} if language.shares else {}
        return contexts

    def _dockerfile(self, path: Path, language: Language | None) -> dockerfiles.Dockerfile | None:
        contexts = self._contexts(language)
        try:
            dockerfile = dockerfiles.read(path.read_text(encoding="utf-8"), contexts)
        except ValueError as error:  # a UnicodeDecodeError is one too
            self.report(path, str(error))
            return None
        for name in dockerfile.contexts:
            if not contexts[name].is_dir():
                self.report(path, f"takes files from the context {name!r}, but there is no folder {contexts[name]}")
        if language is None and "adapter" in dockerfile.bases:
            self.report(path, "takes files from the context 'adapter', but a run image belongs to no language")
        return dockerfile

    def _inputs(self, dockerfile: dockerfiles.Dockerfile | None, language: Language | None) -> Mapping[str, Path]:
        contexts = self._contexts(language)
        return MappingProxyType({name: contexts[name] for name in (dockerfile.contexts if dockerfile else ())})
