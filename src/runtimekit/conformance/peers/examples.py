"""Functions that do what an executor's work is tested with: one for each language, in ``tests/resources/executor``."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from runtimekit.functions.archive import pack

FOLDER = "tests/resources/executor"
WHEEL = "greeting-1-py3-none-any.whl"


@dataclass(frozen=True)
class Example:
    """How a language's function is built. Its one package is beside it: the build needs no network."""

    entrypoint: str
    install: str
    package: str
    """The package's file in the source."""
    installed: str = "./runtime\n"
    """What the list of the built archive has because of the package. A program has it inside."""


EXAMPLES = {
    "bun": Example("index.ts", "bun install", "local/package.json", "./node_modules/greeting"),
    "cpp": Example("index.cc", "", "greeting/greeting.cc"),
    "dart": Example("lib/main.dart", "dart pub get", "greeting/lib/greeting.dart"),
    "deno": Example("mod.ts", "deno cache mod.ts", "local/greeting.ts", "./.deno/"),
    "dotnet": Example("Index.cs", "", "greeting/Greeting.csproj", "./.packages/Greeting.dll"),
    "elixir": Example("index.ex", "mix deps.get", "greeting/lib/greeting.ex", "./_build/prod/lib/greeting/ebin/"),
    "go": Example("main.go", "", "greeting/greeting.go"),
    "java": Example("Index.java", "", "greeting/Greeting.java", "./.classes/Index.java/"),
    "kotlin": Example("Index.kt", "", "Greeting.kt", "./.classes/Index.kt/"),
    "lua": Example(
        "index.lua",
        "cd greeting && luarocks make --no-doc",
        "greeting/greeting.lua",
        "./.rocks/share/lua/5.4/greeting.lua",
    ),
    "node": Example("index.js", "npm install --no-audit", "local/package.json", "./node_modules/greeting"),
    "ocaml": Example("index.ml", "", "greeting.ml"),
    "perl": Example(
        "index.pl", "cpanm --notest ./greeting", "greeting/lib/Greeting.pm", "./.perl5/lib/perl5/Greeting.pm"
    ),
    "php": Example(
        "index.php", "composer install", "greeting/src/greeting.php", "./vendor/own/greeting/src/greeting.php"
    ),
    "python": Example("main.py", "pip install --no-cache-dir -r requirements.txt", WHEEL, "/site-packages/greeting.py"),
    "ruby": Example("index.rb", "", "greeting/lib/greeting.rb", "./vendor/bundle/bundler/setup.rb"),
    "rust": Example("main.rs", "", "greeting/src/lib.rs"),
    "swift": Example("Sources/index.swift", "", "greeting/Package.swift"),
}
ALWAYS = ("go", "node", "python")
"""Those that are tested each time: a program, an event loop, a process for each request. The others at night."""


def source(root: Path, language: str, target: Path) -> None:
    """Pack a language's function.

    Args:
        root: The repository.
        language: One of :data:`EXAMPLES`.
        target: The archive to write, ``.tar.gz``.
    """
    with tempfile.TemporaryDirectory(prefix="runtimekit-example-") as scratch:
        folder = Path(scratch) / "function"
        shutil.copytree(root / FOLDER / language, folder, ignore=shutil.ignore_patterns("__pycache__"))
        if language == "python":
            write_wheel(folder / WHEEL)
        pack(folder, target)


def write_wheel(target: Path) -> None:
    """Write the package ``greeting`` for pip. A repository should hold no archives."""
    described = "greeting-1.dist-info"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("greeting.py", 'TEXT = "hello"\n')
        archive.writestr(f"{described}/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1\n")
        archive.writestr(f"{described}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{described}/RECORD", "")
