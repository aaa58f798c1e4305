"""A checkout of the open-runtimes project: which languages its suite has, and the functions that it calls.

Nothing of it is in this repository. What is needed is read from the folder that the user names.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtimekit.errors import ConfigurationError, Problem

TABLE = "ci/runtimes.toml"
TESTS = "tests"
LARGE_FILES = {"large-file-17mb.zip": 17_000_000, "large-file-23mb.zip": 23_000_000}
"""Bodies that the suite sends. Only their sizes and sums matter. Mirrors leave files of this size out."""
SMALLEST_LARGE = 1_000_000
"""A large file with fewer bytes is only a pointer to it."""
STAND_INS = Path(__file__).parent / "stand_ins"
"""By language: packages that take the place of those which the test function asks public registries for."""
BROWSER = "@sparticuz/chromium", "puppeteer-core"
"""Packages of npm that only the case ``testHeadlessBrowser`` needs, which no machine without that site can pass."""
KNOWN_FAILURES = {
    ("node", "testHeadlessBrowser"): "it drives a browser against a public site",
    ("ruby", "testTimeout"): "its function uses the gem async, which it does not declare: that project's server has it",
}
"""Cases that cannot pass here, by language and name, and why."""


@dataclass(frozen=True)
class Fixture:
    """What the suite needs of one language."""

    language: str
    entrypoint: str
    entrypoint_without_export: str
    """A file from which no function can be loaded; empty if the suite has none for this language."""
    install: str
    """The command that installs the function's packages."""
    start: str
    test: str
    """The PHPUnit class's file, below ``tests``."""
    versions: tuple[str, ...]


class Checkout:
    """The folder of a checkout.

    Args:
        folder: Where it is.

    Raises:
        ConfigurationError: It is no checkout of that project, or of a version that is laid out in another way.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        needed = (TABLE, *(f"{TESTS}/{name}.php" for name in ("Base", "Client", "Serverless")))
        missing = [name for name in needed if not (folder / name).is_file()]
        if missing:
            raise ConfigurationError([Problem(folder, None, f"is no checkout of open-runtimes: it lacks {missing[0]}")])
        try:
            self.table: dict[str, Any] = tomllib.loads((folder / TABLE).read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError([Problem(folder / TABLE, None, str(error))]) from None

    def fixture(self, language: str) -> Fixture:
        """What the suite needs of a language.

        Raises:
            ConfigurationError: The suite has no such language.
        """
        row = self.table.get(language)
        try:
            found = row or {}
            return Fixture(
                language=language,
                entrypoint=found["entry"],
                entrypoint_without_export=found.get("entry_no_export", ""),
                install=found["commands"]["install"],
                start=found["commands"]["start"],
                test=found["test"],
                versions=tuple(found["versions"]),
            )
        except KeyError as error:
            what = f"says no {error} for it" if row else f"only has {', '.join(sorted(self.table))}"
            raise ConfigurationError([Problem(self.folder / TABLE, None, f"{language}: the suite {what}")]) from None

    def stage(self, fixture: Fixture, version: str, target: Path) -> None:
        """Copy a language's test function into a new folder, as the suite's own driver does.

        What :data:`STAND_INS` has for the language is laid over it. The packages of :data:`BROWSER` are dropped: they
        are large, and the case that needs them cannot pass.

        Args:
            fixture: The language.
            version: Its version: a folder of this name is laid over the common one.
            target: The folder to make.
        """
        functions = self.folder / TESTS / "resources" / "functions" / fixture.language
        shutil.copytree(functions / "latest", target)
        if (functions / version).is_dir():
            shutil.copytree(functions / version, target, dirs_exist_ok=True)
        if (STAND_INS / fixture.language).is_dir():
            shutil.copytree(STAND_INS / fixture.language, target, dirs_exist_ok=True)
        if fixture.language == "deno":
            (target / "deno.json").write_text(json.dumps(import_map(target)), encoding="utf-8")
        package = target / "package.json"
        if package.is_file():
            described = json.loads(package.read_text(encoding="utf-8"))
            for name in BROWSER:
                described.get("dependencies", {}).pop(name, None)
            package.write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")

    def stage_tests(self, target: Path) -> None:
        """Copy the PHPUnit classes into a new folder, and make the large files that they send if they are missing."""
        resources = target / TESTS / "resources"
        resources.mkdir(parents=True)
        for source in sorted((self.folder / TESTS).rglob("*.php")):
            inside = source.relative_to(self.folder / TESTS)
            if "resources" not in inside.parts:
                (target / TESTS / inside).parent.mkdir(exist_ok=True)
                shutil.copyfile(source, target / TESTS / inside)
        for name, size in LARGE_FILES.items():
            large = self.folder / TESTS / "resources" / name
            if large.is_file() and large.stat().st_size > SMALLEST_LARGE:
                shutil.copyfile(large, resources / name)
            else:
                (resources / name).write_bytes(bytes(range(251)) * (size // 251 + 1))


def import_map(folder: Path) -> dict[str, Any]:
    """Deno's configuration by which a function imports stand-ins in place of modules of the same name elsewhere.

    Args:
        folder: The function's, with the stand-ins in its folder ``stand_ins``.
    """
    own = {path.stem: f"./{path.relative_to(folder)}" for path in (folder / "stand_ins").glob("*.ts")}
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.ts"))]
    addresses = {found for text in sources for found in re.findall(r'\bfrom "([^".][^"]*)"', text)}
    named = {address: own.keys() & set(address.split("/")) for address in addresses}
    return {"imports": {address: own[names.pop()] for address, names in named.items() if names}, "lock": False}
