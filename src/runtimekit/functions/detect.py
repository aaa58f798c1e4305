"""Guess a function's runtime and entrypoint from the files in its folder.

A manifest decides (package.json, go.mod …), else the ending of the files. A version that the manifest asks for decides
which of the language's runtimes it is; without one it is the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from runtimekit.errors import ConfigurationError, Problem
from runtimekit.functions import speaking, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from runtimekit.repository.catalogue import Catalogue, Runtime

MANIFESTS = (
    ("deno.json", "deno"),
    ("deno.jsonc", "deno"),
    ("deno.lock", "deno"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("bunfig.toml", "bun"),
    ("package.json", "node"),
    ("pyproject.toml", "python"),
    ("requirements.txt", "python"),
    ("Pipfile", "python"),
    ("go.mod", "go"),
    ("Cargo.toml", "rust"),
    ("composer.json", "php"),
    ("Gemfile", "ruby"),
    ("pubspec.yaml", "dart"),
    ("Package.swift", "swift"),
    ("mix.exs", "elixir"),
    ("dune-project", "ocaml"),
    ("*.opam", "ocaml"),
    ("*.csproj", "dotnet"),
    ("cpanfile", "perl"),
    ("*.rockspec", "lua"),
    ("CMakeLists.txt", "cpp"),
)
"""Files that belong to one language. The first that is there decides: a Deno function may have a package.json, too."""

JVM_MANIFESTS = ("pom.xml", "build.gradle", "build.gradle.kts", "deps.gradle")
"""Files that Java and Kotlin share: the endings of the sources tell which it is."""

ENDINGS = {
    ".py": "python",
    ".js": "node",
    ".mjs": "node",
    ".cjs": "node",
    ".ts": "deno",
    ".php": "php",
    ".rb": "ruby",
    ".go": "go",
    ".rs": "rust",
    ".kt": "kotlin",
    ".java": "java",
    ".dart": "dart",
    ".swift": "swift",
    ".cpp": "cpp",
    ".cc": "cpp",
    ".pl": "perl",
    ".lua": "lua",
    ".ex": "elixir",
    ".ml": "ocaml",
    ".cs": "dotnet",
}
"""The ending of a language's files. TypeScript without a manifest is Deno's."""

SCRIPTS = (".js", ".mjs", ".cjs", ".ts")
"""Endings that Node, Bun and Deno share."""

NAMES = (
    "index",
    "main",
    "function",
    "handler",
    "app",
    "src/index",
    "src/main",
    "src/function",
    "lib/index",
    "lib/main",
)
"""What entrypoints are usually called, without ending, in the order in which they are looked for."""


@dataclass(frozen=True)
class Guess:
    """The runtime and entrypoint of a folder, and why."""

    runtime: Runtime
    entrypoint: str
    """Relative to the folder; empty means the language's default."""
    because: str
    """What decided, such as ``package.json asks for node >=22``."""
    protocol_because: str
    """What decided which protocol it is, such as ``runtime.toml``."""


def guess(
    folder: Path,
    catalogue_for: Callable[[str], Catalogue],
    *,
    runtime: str = "",
    entrypoint: str = "",
    protocol: str = "",
) -> Guess:
    """Find the runtime and the entrypoint of the function in ``folder``.

    Args:
        folder: The function's folder.
        catalogue_for: The runtimes to choose from, for a language.
        runtime: Its name, such as ``node-24``, if the caller knows it; a language alone means its newest version.
        entrypoint: The function's file, if the caller knows it.
        protocol: Its protocol, such as ``v5``, if the caller knows it; by default what its ``runtime.toml`` says.

    Raises:
        ConfigurationError: Nothing in the folder tells the language, there is no runtime for it, none has a version
            that the manifest asks for, or none speaks the protocol.
        OptionError: There is no such protocol.
        UnknownNameError: There is no runtime called ``runtime``.
    """
    names = _files(folder)
    if runtime:
        catalogue = catalogue_for(runtime)
        newest = {each.id.language: each for each in catalogue.newest}
        found, because = newest.get(runtime) or catalogue.get(runtime), "named"
    else:
        language, file = _language(folder, names, entrypoint)
        catalogue = catalogue_for(language)
        found, because = _version(folder, catalogue, language, file)
    wanted, protocol_because = speaking.choose(folder, protocol, found)
    spoken = speaking.runtime_of(catalogue, found, wanted)
    if spoken is None:
        text = f"is for protocol {wanted} ({protocol_because}), which {found} does not speak; {speaking.HOW}"
        raise ConfigurationError([Problem(folder, None, text)])
    return Guess(spoken, entrypoint or _entrypoint(folder, spoken, names), because, protocol_because)


def entrypoint_of(folder: Path, runtime: Runtime) -> str:
    """The file of the function in a folder, for a runtime; empty if it is the language's default."""
    return _entrypoint(folder, runtime, _files(folder))


def _files(folder: Path) -> list[str]:
    """Names of files at the top and one folder deep, relative, sorted."""
    if not folder.is_dir():
        raise ConfigurationError([Problem(folder, None, "is not a folder; name the folder that holds the function")])
    return sorted(
        path.relative_to(folder).as_posix()
        for pattern in ("*", "*/*")
        for path in folder.glob(pattern)
        if path.is_file() and not any(part in {"node_modules", "vendor", ".git"} for part in path.parts)
    )


def _language(folder: Path, names: Sequence[str], entrypoint: str) -> tuple[str, str]:
    """The language, and the file that tells it."""
    for pattern, language in MANIFESTS:
        for name in names:
            if "/" not in name and fnmatch(name, pattern):
                return language, name
    endings = {PurePosixPath(name).suffix for name in ([entrypoint] if entrypoint else names)}
    if any(name in JVM_MANIFESTS for name in names):
        return ("kotlin" if ".kt" in endings else "java"), next(name for name in names if name in JVM_MANIFESTS)
    candidates = [entrypoint] if entrypoint else [*_by_usual_name(names, ENDINGS), *names]
    for name in candidates:
        if (suffix := PurePosixPath(name).suffix) in ENDINGS:
            return ENDINGS[suffix], name
    raise ConfigurationError(
        [Problem(folder, None, "nothing in it tells the language; name the runtime: --runtime node-24")]
    )


def _by_usual_name(names: Iterable[str], endings: Iterable[str]) -> list[str]:
    there = {name.lower(): name for name in names}
    wanted = (stem + ending for stem in NAMES for ending in endings)
    return [there[name] for name in wanted if name in there]


def _version(folder: Path, catalogue: Catalogue, language: str, file: str) -> tuple[Runtime, str]:
    """The newest runtime of the language that the folder's files allow, and what decided."""
    there = sorted((each for each in catalogue.runtimes if each.id.language == language), key=lambda each: each.id)
    if not there:
        raise ConfigurationError(
            [Problem(folder / file, None, f"is {language}, and this repository has no runtime for it (`./dev list`)")]
        )
    wanted = versions.wanted(folder, language)
    if not wanted:
        return there[-1], file
    fitting = [each for each in there if wanted.allows(each.version)]
    if not fitting:
        have = ", ".join(each.version for each in there)
        text = f"asks for {language} {wanted.text}; this repository has {have}. Name one: --runtime {there[-1].id}"
        raise ConfigurationError([Problem(folder / wanted.file, None, text)])
    return fitting[-1], f"{wanted.file} asks for {language} {wanted.text}"


def _entrypoint(folder: Path, runtime: Runtime, names: Sequence[str]) -> str:
    """The function's file; empty if it is the language's default, or if `build.sh` should say that there is none."""
    if runtime.entrypoint in names:
        return ""
    if main := versions.package_main(folder):
        return main
    ending = PurePosixPath(runtime.entrypoint).suffix
    endings = SCRIPTS if ending in SCRIPTS else (ending,)
    usual = _by_usual_name(names, endings)
    own = [name for name in names if PurePosixPath(name).suffix in endings and "/" not in name and "test" not in name]
    if usual:
        return usual[0]
    return own[0] if len(own) == 1 else ""
