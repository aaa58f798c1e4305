"""The pages of the site that are made: from the tasks, the errors, the runtimes, and what runs leave."""

from __future__ import annotations

import datetime as dt
import inspect
from dataclasses import replace
from pathlib import Path

import languages_page
import messages_page
import runtimes_page
import tasks_page
import verified_page

from runtimekit import errors
from runtimekit.cli.arguments import display_name
from runtimekit.cli.tasks import namespace
from runtimekit.conformance import test_records
from runtimekit.conformance.peers import examples
from runtimekit.images.results import BUILT, BuildRow
from runtimekit.reports import files
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.identifiers import Protocol
from runtimekit.support import machine

ROOT = Path(__file__).parents[3]
TODAY = dt.date(2026, 11, 29)
RECORD = test_records.TestRecord(
    runtime="node-22",
    platform=f"linux/{machine.native()}",
    images={"node-runtime:22": "sha256:1"},
    scope="full",
    suite="cases",
    passed=400,
    waived=2,
    at="2026-11-28T10:00:00Z",
    seconds=60,
    machine=machine.native(),
)


def test_every_task_is_there_with_every_option() -> None:
    """Under its name as people type it."""
    parts = dict(part.split("\n", 1) for part in tasks_page.page().split("\n### ")[1:])
    contexts = {display_name(str(context.name)): context for context in namespace.to_contexts()}
    assert set(parts) == set(contexts)
    for name, context in contexts.items():
        shown = {each.names[0].upper() if each.positional else f"--{each.names[0]}" for each in context.args.values()}
        assert all(option in parts[name] for option in shown), name


def test_every_error_is_there_with_its_message() -> None:
    """What differs stands in brackets; texts that are only compared are no message."""
    text = messages_page.page()
    names = [name for name, each in inspect.getmembers(errors, inspect.isclass) if hasattr(each, "exit_code")]
    assert all(f"`{name}`" in text for name in names if name != "RuntimekitError")
    assert messages_page.messages(errors.RuntimeExistsError) == [
        "«folder» is there already; nothing was changed. Remove it first, or choose another version."
    ]
    assert messages_page.messages(errors.ImageBuildError)[0].startswith("building «name» failed")


def test_every_runtime_is_there_with_its_end_and_example(repository: Path) -> None:
    """Sizes are there if a build has left them."""
    text = runtimes_page.page(ROOT, dt.date(2027, 5, 1))
    assert all(f"../runtimes/{folder.name}/README.md" in text for folder in (ROOT / "runtimes").iterdir())
    node = text.partition("## Node.js")[2].partition("\n## ")[0]
    assert "| **ended 2027-04-30** |" in node
    assert "module.exports" in node
    assert "| size |" not in runtimes_page.page(repository, TODAY)
    row = BuildRow(runtime="python-3.10", platform="linux/amd64", result=BUILT, seconds=1, size_bytes=130_000_000)
    files.write_build_rows(repository, [row], print)
    assert "130 MB (linux/amd64)" in runtimes_page.page(repository, TODAY)
    assert "not built here" in runtimes_page.page(repository, TODAY)


def test_every_language_is_there_with_its_protocols_and_functions() -> None:
    """What the code declares, and nothing else: a language that gets or loses a protocol is told so."""
    found = catalogue.load(configuration.load(ROOT))
    second = {each.id.language: each for each in found.second}
    text = languages_page.page(ROOT)
    rows = {
        row.split(" | ")[0].strip("| "): row.strip("| ").split(" | ") for row in text.splitlines() if row[:1] == "|"
    }
    parts = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
    assert second
    for each in found.newest:
        other = second.get(each.id.language)
        row, functions = rows[f"[{each.name}](runtimes.md)"], parts[each.name]
        assert row[3] == f"`{each.entrypoint}`"
        assert row[5] == (f"`{other.entrypoint}`" if other else languages_page.NONE)
        assert (row[7] == "yes") == (each.id.language in examples.EXAMPLES)
        assert ("v5, as `./dev create` writes it:" in functions) == (other is not None)
        assert functions.count("```") == (4 if other else 2), "an example for each protocol"
    assert "{ req, res, log }" in parts["Node.js"]
    assert "| 2021 | `deno-*` | `hostile.children-are-gone` |" in text


def test_what_executors_were_tried_with_is_what_there_is() -> None:
    """`docs/executors.md`: each row is of a language that has the second protocol, and of its newest version."""
    part = (ROOT / "docs/executors.md").read_text(encoding="utf-8").partition("| language | E2 to E12 |")[2]
    rows = [row.split(" | ")[0].strip("| ") for row in part.partition("\n\n")[0].splitlines()[2:]]
    newest = catalogue.load(configuration.load(ROOT)).of(Protocol.V5).newest
    there = {f"{each.name} {each.version}" for each in newest} | {".NET 3.1"}  # newer ones need a registry
    assert rows == sorted(rows)
    assert {"Node.js 24", "Python 3.14"} <= set(rows) <= there


def test_what_was_verified_says_how(tmp_path: Path) -> None:
    """Own or emulated, stand-in or official; a record without these facts is not guessed at."""
    foreign = replace(RECORD, platform="linux/other", stand_ins={"node-runtime:22": "Node.js 22 on Debian"})
    unknown = replace(RECORD, runtime="go-1.27", machine="")
    for record in (RECORD, foreign, unknown):
        test_records.save(tmp_path, record)
    files.write_build_rows(
        tmp_path, [BuildRow(runtime="go-1.27", platform="linux/amd64", result=BUILT, seconds=61)], print
    )
    text = verified_page.page(tmp_path, TODAY)
    assert "Made on 2026-11-29" in text
    assert f"`node-22` | linux/{machine.native()} | own | official | full | 400, 2 known failures |" in text
    assert f"`node-22` | linux/other | emulated on {machine.native()} | stand-in |" in text
    assert f"`go-1.27` | linux/{machine.native()} | not known | not known |" in text
    assert "| `node-runtime:22` | Node.js 22 on Debian |" in text
    assert "| `go-1.27` | linux/amd64 | built | 1 min 1 s |" in text
    assert "3 suites have passed, from 2026-11-28 to 2026-11-28: 1 on their own platform, 1 emulated, 1 on" in text


def test_without_records_that_is_said(tmp_path: Path) -> None:
    """An empty table would read like a result."""
    text = verified_page.page(tmp_path, TODAY)
    assert "There are no test records" in text
    assert "| runtime |" not in text
