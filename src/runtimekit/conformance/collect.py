"""Finds the cases of a protocol: ``*.toml`` and ``*.py`` of its folders, and known_failures.toml."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.conformance.cases import Case
from runtimekit.conformance.protocols import SUITES, ProtocolSuite
from runtimekit.errors import ConfigurationError, Problem
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGED_TESTS = Path(__file__).with_name("tests")
"""The copy of the cases that an installed package brings along."""

KNOWN_FAILURES = "known_failures.toml"


def known_failures_file(root: Path, protocol: Protocol = Protocol.V2021) -> Path:
    """A repository's known failures of a protocol."""
    return root / "tests" / SUITES[protocol].folders[0] / KNOWN_FAILURES


def tests_folder(root: Path | None) -> Path:
    """Where the cases are: the repository's own, else those of the installed package."""
    own = root / "tests" if root else None
    return own if own and (own / "conformance").is_dir() else PACKAGED_TESTS


def load(tests: Path, protocol: Protocol = Protocol.V2021) -> tuple[Case, ...]:
    """Every case of a protocol, in the order of files and of lines.

    Raises:
        ConfigurationError: With everything that is wrong.
    """
    suite = SUITES[protocol]
    problems: list[Problem] = []
    cases: dict[str, Case] = {}
    for path in sorted(path for folder in suite.folders for path in (tests / folder).glob("*")):
        if path.name == KNOWN_FAILURES or path.suffix not in {".toml", ".py"}:
            continue
        for each in _from_toml(path, suite, problems) if path.suffix == ".toml" else _from_python(path):
            if each.id in cases:
                problems.append(Problem(path, None, f"the case {each.id} is there twice"))
            if each.rule[0] not in suite.rules:
                problems.append(Problem(path, None, f"{each.id}: {each.rule} is no rule of {suite.document}"))
            cases[each.id] = each
    if not cases:
        problems.append(Problem(tests, None, "holds no case: a suite without cases proves nothing"))
    if problems:
        raise ConfigurationError(problems)
    return tuple(cases.values())


def _from_toml(path: Path, suite: ProtocolSuite, problems: list[Problem]) -> Iterator[Case]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        problems.append(Problem(path, None, f"cannot be read: {error}"))
        return
    for row in rows:
        name = row.get("id", "a case without an id")
        try:
            yield suite.read(row)
        except (TypeError, ValueError, KeyError) as error:
            problems.append(Problem(path, None, f"{name}: {error}"))


def _from_python(path: Path) -> Iterator[Case]:
    spec = importlib.util.spec_from_file_location(f"conformance_{path.parent.name}_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a .py file has a loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for value in vars(module).values():
        if isinstance(found := getattr(value, "case", None), Case) and value.__module__ == module.__name__:
            yield found
