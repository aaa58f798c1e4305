"""The page of all languages: the protocols that each has, its functions in them, and what is known to fail."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from markdown_text import code, table
from runtimes_page import example

from runtimekit.conformance import collect, known_failures, probes
from runtimekit.conformance.peers import examples
from runtimekit.functions.detect import entrypoint_of
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from runtimekit.conformance.cases import Case
    from runtimekit.conformance.known_failures import KnownFailure
    from runtimekit.repository.catalogue import Runtime

ABOUT = """# Languages and protocols

Which protocols does a language have, how does its function look in each, and what is known not to work? This page is
made from `platforms.toml`, `adapters/open-runtimes/languages`, `starters` and `tests`. `2021` is the
[contract](contract.md), `v5` the [open-runtimes protocol](protocol-v5.md). What passed, and where, is on the page
[verified on](verified.md).
"""
OLDER = """**Functions of** says of which earlier years a test runs a function as it was written then (contract F8).
**v5: a child's print** is in its request's log: always, or only where no other request runs in its process (V16).
**v5: executor** says whether the test of [what executors do](executors.md) runs a function of this language.
"""
CHILDREN = {"exact": "always", "alone": "if alone"}
NONE = "no"


def page(root: Path) -> str:
    """The page, as Markdown: a table of all languages, known failures, and each language's functions."""
    found = catalogue.load(configuration.load(root))
    languages = [list(each) for _, each in groupby(found.runtimes, lambda runtime: runtime.id.language)]
    second = {each.id.language: each for each in found.second}  # the newest of each: they are sorted
    parts = [ABOUT, _table(root, languages, second), OLDER, *_known(root)]
    for versions in languages:
        parts += _functions(root, versions[-1], second.get(versions[-1].id.language))
    return "\n".join(parts)


def _table(root: Path, languages: list[list[Runtime]], second: dict[str, Runtime]) -> str:
    rows, cases = [], collect.load(root / "tests", Protocol.V5)
    for versions in languages:
        first, other = versions[-1], second.get(versions[-1].id.language)
        rows.append(
            [
                f"[{first.name}](runtimes.md)",
                first.kind.value,
                ", ".join(each.version for each in versions),
                code(first.entrypoint),
                " and ".join(year for year in ("2021", "2022") if _has(root, year, first)) or NONE,
                code(other.entrypoint) if other else NONE,
                CHILDREN[_probe(root, other, cases).children] if other else NONE,
                "yes" if other and first.id.language in examples.EXAMPLES else NONE,
            ]
        )
    columns = ("language", "kind", "versions", "2021: entrypoint", "functions of", "v5: entrypoint")
    return table([*columns, "v5: a child's print", "v5: executor"], rows)


def _has(root: Path, year: str, runtime: Runtime) -> bool:
    return (root / "tests" / "resources" / year / runtime.id.language).is_dir()


def _probe(root: Path, runtime: Runtime, cases: Iterable[Case]) -> probes.Probe:
    return probes.load(root / "tests" / "resources" / "probe_v5" / f"{runtime.id.language}.toml", runtime.kind, cases)


def _known(root: Path) -> Iterator[str]:
    yield "## Known failures\n"
    rows = [
        [protocol.value, code(each.runtime), code(each.case), each.because]
        for protocol in Protocol
        for each in _known_of(root, protocol)
    ]
    yield table(("protocol", "runtimes", "case", "why"), rows) if rows else "There are none.\n"


def _known_of(root: Path, protocol: Protocol) -> tuple[KnownFailure, ...]:
    found = catalogue.load(configuration.load(root)).of(protocol)
    cases = [each.id for each in collect.load(root / "tests", protocol)]
    file = collect.known_failures_file(root, protocol)
    return known_failures.load(file, [str(each) for each in found.all], cases)


def _functions(root: Path, first: Runtime, other: Runtime | None) -> Iterator[str]:
    yield f"## {first.name}\n"
    yield f"2021:\n\n{example(first)}\n"
    if other:
        folder = root / "starters" / other.starter
        file = folder / (entrypoint_of(folder, other) or other.entrypoint)
        word = example(first).partition("\n")[0].removeprefix("```")
        yield f"v5, as `./dev create` writes it:\n\n```{word}\n{file.read_text(encoding='utf-8')}```\n"
