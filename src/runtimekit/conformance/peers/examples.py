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


EXAMPLES = {
    "cpp": Example("index.cc", ""),
    "go": Example("main.go", ""),
    "node": Example("index.js", "npm install --no-audit"),
    "python": Example("main.py", "pip install --no-cache-dir -r requirements.txt"),
    "rust": Example("main.rs", ""),
}


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
