"""Which runtime a folder's files ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError, UnknownNameError
from runtimekit.functions.detect import guess
from runtimekit.functions.versions import Wanted
from runtimekit.repository import catalogue, configuration

if TYPE_CHECKING:
    from runtimekit.repository.catalogue import Catalogue

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def runtimes() -> Catalogue:
    """Of this repository."""
    return catalogue.load(configuration.load(ROOT))


def folder_with(folder: Path, files: dict[str, str]) -> Path:
    """Write the files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("files", "language", "entrypoint"),
    [
        ({"index.js": ""}, "node", ""),
        ({"index.mjs": ""}, "node", "index.mjs"),
        ({"package.json": '{"main": "./src/hello.js"}', "src/hello.js": ""}, "node", "src/hello.js"),
        ({"package.json": "{}", "src/main.js": "", "src/util.js": ""}, "node", "src/main.js"),
        ({"deno.json": "{}", "index.ts": ""}, "deno", ""),
        ({"mod.ts": ""}, "deno", "mod.ts"),
        ({"bun.lock": "", "package.json": "{}", "index.ts": ""}, "bun", "index.ts"),
        ({"requirements.txt": "", "main.py": "", "util.py": ""}, "python", "main.py"),
        ({"only.py": ""}, "python", "only.py"),
        ({"go.mod": "module x\n", "index.go": ""}, "go", ""),
        ({"Cargo.toml": "[package]\n", "index.rs": ""}, "rust", ""),
        ({"composer.json": "{}", "index.php": ""}, "php", ""),
        ({"Gemfile": "", "index.rb": ""}, "ruby", ""),
        ({"pubspec.yaml": "", "index.dart": ""}, "dart", ""),
        ({"pom.xml": "", "Index.java": ""}, "java", ""),
        ({"pom.xml": "", "Index.kt": ""}, "kotlin", ""),
        ({"Package.swift": "", "index.swift": ""}, "swift", ""),
        ({"mix.exs": "", "index.ex": ""}, "elixir", ""),
        ({"dune-project": "", "index.ml": ""}, "ocaml", ""),
        ({"cpanfile": "", "index.pl": ""}, "perl", ""),
        ({"x-1.rockspec": "", "index.lua": ""}, "lua", ""),
        ({"index.cpp": ""}, "cpp", ""),
    ],
)
def test_language_and_entrypoint(
    runtimes: Catalogue, tmp_path: Path, files: dict[str, str], language: str, entrypoint: str
) -> None:
    """The manifest decides, else the ending."""
    found = guess(folder_with(tmp_path, files), runtimes)
    assert (found.runtime.id.language, found.entrypoint) == (language, entrypoint)
    assert found.runtime in runtimes.newest


@pytest.mark.parametrize(
    ("files", "runtime"),
    [
        ({"package.json": '{"engines": {"node": ">=20 <23"}}', "index.js": ""}, "node-22"),
        ({"package.json": '{"engines": {"node": "20.x"}}', "index.js": ""}, "node-20"),
        ({"package.json": '{"engines": {"node": "^20 || ^22"}}', "index.js": ""}, "node-22"),
        ({"package.json": "{}", ".nvmrc": "v22.3.0\n", "index.js": ""}, "node-22"),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.10,<3.13"\n', "index.py": ""}, "python-3.12"),
        ({"pyproject.toml": '[project]\nrequires-python = "==3.11.4"\n', "index.py": ""}, "python-3.11"),
        ({"requirements.txt": "", ".python-version": "3.10.2\n", "index.py": ""}, "python-3.10"),
        ({"go.mod": "module x\n\ngo 1.24.1\n", "index.go": ""}, "go-1.27"),
        ({"composer.json": '{"require": {"php": "~8.2.0"}}', "index.php": ""}, "php-8.2"),
        ({"Gemfile": 'ruby "~> 3.1.0"\n', "index.rb": ""}, "ruby-3.1"),
        ({"pom.xml": "<java.version>21</java.version>", "Index.java": ""}, "java-25"),
        ({"mix.exs": 'elixir: "~> 1.14"', "index.ex": ""}, "elixir-1.20"),
    ],
)
def test_the_newest_version_that_is_allowed(
    runtimes: Catalogue, tmp_path: Path, files: dict[str, str], runtime: str
) -> None:
    """Each language says it in its own way."""
    assert str(guess(folder_with(tmp_path, files), runtimes).runtime) == runtime


def test_no_version_fits(runtimes: Catalogue, tmp_path: Path) -> None:
    """Said with what there is, and the way out."""
    folder_with(tmp_path, {"package.json": '{"engines": {"node": ">=99"}}', "index.js": ""})
    with pytest.raises(ConfigurationError, match=r"asks for node >=99; .* 20, 22, 24\. Name one: --runtime node-24"):
        guess(tmp_path, runtimes)


def test_a_broken_manifest_still_tells_the_language(runtimes: Catalogue, tmp_path: Path) -> None:
    """What is wrong with it, build.sh says."""
    found = guess(folder_with(tmp_path, {"package.json": "{", "index.js": ""}), runtimes)
    assert found.runtime.id.language == "node"


def test_a_range_that_is_not_understood_allows_all() -> None:
    """The language's own tool will judge it."""
    assert Wanted("whatever you like", "package.json").allows("22")


def test_named(runtimes: Catalogue, tmp_path: Path) -> None:
    """A runtime, or a language for its newest version."""
    folder_with(tmp_path, {"index.js": ""})
    assert str(guess(tmp_path, runtimes, runtime="bun-1.3").runtime) == "bun-1.3"
    assert guess(tmp_path, runtimes, runtime="bun").runtime in runtimes.newest
    with pytest.raises(UnknownNameError, match="node-2"):
        guess(tmp_path, runtimes, runtime="node-2")


def test_nothing_to_go_by(runtimes: Catalogue, tmp_path: Path) -> None:
    """An empty folder, and none at all."""
    with pytest.raises(ConfigurationError, match="--runtime node-24"):
        guess(tmp_path, runtimes)
    with pytest.raises(ConfigurationError, match="not a folder"):
        guess(tmp_path / "gone", runtimes)
