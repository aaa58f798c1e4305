"""A function's folder as its author works in it: which of its files are the function, and what they depend on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from runtimekit.functions.archive import pack
from runtimekit.support.folders import Entry, EntryKind, walk

if TYPE_CHECKING:
    from pathlib import Path

MADE_BESIDE = {
    "node_modules": ("package.json",),
    "target": ("Cargo.toml", "pom.xml"),
    ".build": ("Package.swift",),
    "_build": ("mix.exs", "dune-project"),
    "deps": ("mix.exs",),
    ".dart_tool": ("pubspec.yaml",),
    ".gradle": ("build.gradle", "build.gradle.kts"),
    "bin": ("*.csproj",),
    "obj": ("*.csproj",),
}
"""Folders that a language's tools make beside these files. They fit this machine, not the image."""

TOOLS = frozenset({".hg", ".svn", ".idea", ".vscode", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv"})
"""Folders of editors and checkers."""

DEPENDENCY_FILES = (
    "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", ".yarnrc*", "pnpm-lock.yaml",
    "pnpm-workspace.yaml", ".npmrc", "bun.lock", "bun.lockb", "bunfig.toml", "deno.json", "deno.jsonc", "deno.lock",
    "requirements*.txt", "constraints*.txt", "pyproject.toml", "setup.py", "setup.cfg", "uv.lock", "poetry.lock",
    "Pipfile", "Pipfile.lock", "pylock*.toml", "composer.json", "composer.lock", "Gemfile", "Gemfile.lock",
    "*.gemspec", "go.mod", "go.sum", "Cargo.toml", "Cargo.lock", "pubspec.yaml", "pubspec.lock", "pom.xml",
    "*.gradle", "*.gradle.kts", "gradle.lockfile", "Package.swift", "Package.resolved", "mix.exs", "mix.lock",
    "cpanfile", "cpanfile.snapshot", "*.rockspec", "luarocks.lock", "dune-project", "*.opam", "*.opam.locked",
    "*.csproj", "packages.lock.json", "runtime.toml",
)  # fmt: skip
"""Names of files that decide which packages are installed, in all languages."""


@dataclass(frozen=True)
class Source:
    """The files of a function at one moment."""

    folder: Path
    entries: tuple[Entry, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of all files and links, relative to the folder."""
        return frozenset(entry.name for entry in self.entries if entry.kind is not EntryKind.FOLDER)

    def dependencies(self) -> str:
        """A hash of all files that decide which packages are installed; equal hashes mean equal packages."""
        digest = hashlib.sha256()
        for entry in self.entries:
            name = PurePosixPath(entry.name).name
            if entry.kind is EntryKind.FILE and any(fnmatch(name, pattern) for pattern in DEPENDENCY_FILES):
                digest.update(f"{entry.name}\0{entry.path.stat().st_size}\0".encode(errors="surrogateescape"))
                digest.update(entry.path.read_bytes())
        return digest.hexdigest()

    def pack(self, archive: Path) -> str:
        """Write ``code.tar.gz`` (contract L1) and return its SHA-256.

        Raises:
            ConfigurationError: The folder is empty.
        """
        return pack(self.folder, archive, self.entries)


def read(folder: Path) -> Source:
    """List the function's files: all but what ``.gitignore`` names and what tools have left there.

    Raises:
        ConfigurationError: It is no folder, or holds what no archive can hold, such as a socket.
    """
    ignores = Ignores(folder)
    return Source(folder, tuple(walk(folder, ignores.leaves_out)))


@dataclass
class Ignores:
    """What is not part of the function: by the ``.gitignore`` files in its folder, and by tools' usual names."""

    folder: Path
    _specs: dict[str, GitIgnoreSpec | None] = field(default_factory=dict)

    def leaves_out(self, name: str, path: Path) -> bool:
        """Whether ``name`` (relative; a folder's with a slash at its end) is left out."""
        plain = PurePosixPath(name).name
        if name.endswith("/"):
            beside = MADE_BESIDE.get(plain, ())
            if (
                plain in TOOLS
                or (path / "pyvenv.cfg").is_file()
                or any(list(path.parent.glob(each)) for each in beside)
            ):
                return True
        return self._is_ignored(name)

    def covers(self, path: Path) -> bool:
        """Whether a path in the folder, which need not exist any more, is part of the function or of no interest."""
        name = path.relative_to(self.folder).as_posix()
        parents = [f"{each}/" for each in PurePosixPath(name).parents if each.name]
        return any(self.leaves_out(each, self.folder / each) for each in [*reversed(parents), name])

    def _is_ignored(self, name: str) -> bool:
        """Ask the ``.gitignore`` files as git does: the nearest that says something about a name decides."""
        for parent in PurePosixPath(name).parents:
            prefix = "" if parent.as_posix() == "." else f"{parent.as_posix()}/"
            spec = self._spec(prefix)
            if spec and (verdict := spec.check_file(name.removeprefix(prefix)).include) is not None:
                return verdict
        return False

    def _spec(self, prefix: str) -> GitIgnoreSpec | None:
        if prefix not in self._specs:
            file = self.folder / prefix / ".gitignore"
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
            self._specs[prefix] = GitIgnoreSpec.from_lines(lines) if lines else None
        return self._specs[prefix]
