"""What is installed in an image? This reads the image's package databases and runs nothing in it.

Each file is passed to the readers of :mod:`runtimekit.supply_chain.package_databases` and
:mod:`runtimekit.supply_chain.go_binaries`; the packages that they find become one sorted list without duplicates.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from runtimekit.supply_chain import go_binaries, package_databases
from runtimekit.supply_chain.packages import Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from tarfile import TarFile

LARGEST_DATABASE = 200_000_000
"""The maximum size of a database in bytes. A larger file is not a database, and would not fit into memory."""
_OS_RELEASE = re.compile(r"(?:usr/lib|etc)/os-release")
_SETTING = re.compile(r'^(\w+)=["\']?(.*?)["\']?$', re.MULTILINE)
_INTERPRETER_VARIABLES = {
    "BUN_VERSION": "bun",
    "DENO_VERSION": "deno",
    "GOLANG_VERSION": "go",
    "NODE_VERSION": "node",
    "PHP_VERSION": "php",
    "PYTHON_VERSION": "python",
    "RUBY_VERSION": "ruby",
    "RUST_VERSION": "rust",
}
"""Variables in which official images name their interpreter. It was compiled, so no package database lists it."""


def read(files: TarFile, environment: Iterable[str] = ()) -> tuple[Package, ...]:
    """All packages found in an image's files and environment (``NAME=value``).

    A file that cannot be parsed is skipped: it may be the user's data.
    """
    found: list[Package] = []
    release: dict[str, str] = {}
    for entry in files:
        name = entry.name.removeprefix("./")
        stream = files.extractfile(entry) if entry.isreg() else None
        if stream is None:
            continue
        if reader := package_databases.find_reader(name):
            if entry.size <= LARGEST_DATABASE:
                found += reader(name, stream.read())
        elif _OS_RELEASE.fullmatch(name):
            release = dict(_SETTING.findall(stream.read().decode(errors="replace")))
        elif go_binaries.is_candidate(entry.mode, entry.size):
            found += go_binaries.read(name, stream)
    found += _interpreters(environment, {package.name for package in found if package.kind == "generic"})
    return _tidied(found, release)


def _interpreters(environment: Iterable[str], known: Iterable[str]) -> list[Package]:
    variables = dict(line.partition("=")[::2] for line in environment)
    return [
        Package(kind="generic", name=name, version=variables[variable], found_in=f"the environment variable {variable}")
        for variable, name in _INTERPRETER_VARIABLES.items()
        if variables.get(variable) and name not in known
    ]


def _tidied(found: Iterable[Package], release: Mapping[str, str]) -> tuple[Package, ...]:
    """Sort the packages and remove duplicates; add the distribution's name to deb and apk packages."""
    distribution = release.get("ID", "")
    version = release.get("VERSION_ID", "")
    once: dict[str, Package] = {}
    for package in sorted(found):
        each = package
        if package.kind in {"deb", "apk"} and distribution:
            qualifiers = (*package.qualifiers, ("distro", f"{distribution}-{version}" if version else distribution))
            each = dataclasses.replace(package, namespace=distribution, qualifiers=qualifiers)
        once.setdefault(each.purl, each)
    return tuple(once[purl] for purl in sorted(once))
