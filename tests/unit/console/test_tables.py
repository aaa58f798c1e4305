"""Tables show the facts and take no text for markup."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.console.nodes import nodes_table
from runtimekit.console.tables import (
    build_table,
    checks_table,
    failures_of,
    human_size,
    human_time,
    plan_table,
    runtimes_table,
    suite_table,
)
from runtimekit.engine.builders import Node, NodeAnswer, State
from runtimekit.images.results import BuildRow
from runtimekit.reports.checks import Check, CheckState
from runtimekit.repository import catalogue, configuration

if TYPE_CHECKING:
    from rich.table import Table


def lines(table: Table) -> list[str]:
    """What a reader sees, without the spaces that line things up."""
    stream = io.StringIO()
    Console(file=stream, width=200).print(table)
    return [" ".join(line.split()) for line in stream.getvalue().splitlines()]


def test_runtimes(repository: Path) -> None:
    """A run image of another name is shown, one's own is not repeated."""
    shown = lines(runtimes_table(catalogue.load(configuration.load(repository)).all, width=200))
    assert "python-3.9 Python interpreted python-runtime:3.9 index.py amd64 256m" in shown
    assert "go-1.24 Go compiled go-runtime:1.24 appwrite-alpine:3.22 index.go amd64, arm64 512m" in shown


def test_runtimes_that_need_a_registry_are_marked(repository: Path) -> None:
    """In a column of its own, which is there only if there are some."""
    runtimes = catalogue.load(configuration.load(repository)).all
    needing = [each for each in runtimes if str(each) == "python-3.9"]
    shown = lines(runtimes_table(runtimes, 200, needing))
    assert "python-3.9 Python interpreted python-runtime:3.9 index.py amd64 256m needs a registry" in shown
    assert "go-1.24 Go compiled go-runtime:1.24 appwrite-alpine:3.22 index.go amd64, arm64 512m" in shown
    assert not any("base" in line.split() for line in lines(runtimes_table(runtimes, 200)))


def test_builds() -> None:
    """Also of results that nobody has thought of yet, and of names with brackets."""
    rows = [
        BuildRow(
            runtime="node-22",
            platform="linux/arm64",
            result="built",
            seconds=125,
            size_bytes=46_400_000,
            log=Path("build/logs/node-22.log"),
        ),
        BuildRow(runtime="go-1.24", platform="linux/amd64", result="[bold]odd[/bold]", seconds=0.44),
    ]
    shown = lines(build_table(rows, width=200))
    assert "node-22 linux/arm64 built 2 min 5 s 46 MB build/logs/node-22.log" in shown
    assert "go-1.24 linux/amd64 [bold]odd[/bold] 0.4 s" in shown


def test_suites() -> None:
    """A row each, a column for each area; what did not pass is counted apart."""
    cases = tuple(
        CaseResult(id=name, rule="R1", area="secrecy", outcome=outcome, seconds=0, attempts=2)
        for name, outcome in (("good", Outcome.PASSED), ("bad", Outcome.FAILED), ("worse", Outcome.FAILED))
    )
    shown = lines(
        suite_table(
            [
                SuiteResult(runtime="node-22", platform="linux/amd64", cases=cases[:1], seconds=3),
                SuiteResult(runtime="go-1.24", platform="linux/amd64", cases=cases, seconds=3),
                SuiteResult(runtime="php-8.4", platform="linux/amd64", cases=(), seconds=3),
                SuiteResult(runtime="r-4.4", platform="linux/amd64", cases=(), seconds=3, unavailable="no base"),
            ],
            width=200,
        )
    )
    assert "runtime on result sec time" in shown
    assert "node-22 amd64 passed 1 3.0 s" in shown
    assert "go-1.24 amd64 failed 1 2✗ 3.0 s" in shown
    assert "php-8.4 amd64 failed 3.0 s" in shown
    assert "r-4.4 amd64 needs a registry 3.0 s" in shown
    assert "2 cases passed, not at once: good (node-22), good (go-1.24). Areas: secrecy" in " ".join(shown)


def test_suites_in_a_narrow_terminal() -> None:
    """Numbers for all, names for those areas in which something did not pass."""
    areas = ("answer", "body", "build", "crowds", "errors", "file", "secrecy")
    cases = tuple(CaseResult(id=f"{area}.x", rule="R1", area=area, outcome=Outcome.PASSED, seconds=0) for area in areas)
    bad = CaseResult(id="time.x", rule="T1", area="time", outcome=Outcome.FAILED, seconds=0)
    suites = [
        SuiteResult(runtime="node-22", platform="linux/amd64", cases=cases, seconds=41),
        SuiteResult(runtime="go-1.24", platform="linux/amd64", cases=(*cases, bad), seconds=125),
    ]
    shown = lines(suite_table(suites, width=60))
    assert "node-22 amd64 passed 7 41 s" in shown
    assert "go-1.24 amd64 failed 7 1✗ 2 min 5 s time" in shown


def test_failures_tell_rule_expected_got_and_log() -> None:
    """Everything that is needed to look for the cause, with no markup and no control characters."""
    case = CaseResult(
        id="key.empty",
        rule="R1",
        area="key",
        outcome=Outcome.FAILED,
        seconds=0.1,
        message="the status",
        expected="401",
        got="200",
        log="[red]\x1b[1mlast",
    )
    text = failures_of(SuiteResult(runtime="node-22", platform="linux/amd64", cases=(case,), seconds=3)).plain
    for words in ("key.empty", "rule R1", "the status", "401", "200", "[red]last"):
        assert words in text


def test_a_suite_without_cases_says_why() -> None:
    """Nothing run is never a quiet success."""
    suite = SuiteResult(runtime="php-8.4", platform="linux/amd64", cases=(), seconds=3)
    assert "no case was run" in failures_of(suite).plain


def test_checks() -> None:
    """With the command that mends what is missing."""
    checks = [Check(what="qemu", state=CheckState.MISSING, fix="apt-get install qemu-user-static")]
    assert "qemu missing apt-get install qemu-user-static" in lines(checks_table(checks))


@pytest.mark.parametrize(("size", "expected"), [(0, "0 B"), (999, "999 B"), (46_400_000, "46 MB"), (1.2e9, "1.2 GB")])
def test_sizes(size: float, expected: str) -> None:
    """As docker shows them."""
    assert human_size(int(size)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.04, "0.0 s"), (9.9, "9.9 s"), (41.2, "41 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s")]
)
def test_times(seconds: float, expected: str) -> None:
    """As precise as anybody wants to know."""
    assert human_time(seconds) == expected


@pytest.mark.parametrize(("width", "gone"), [(200, ""), (100, ""), (60, "log"), (39, "log size")])
def test_what_there_is_no_room_for_goes_whole(width: int, gone: str) -> None:
    """A narrow terminal shows less, not everything in shreds."""
    log = Path("build/logs/node-22.log")
    row = BuildRow(runtime="node-22", platform="linux/arm64", result="built", seconds=9, size_bytes=10**9, log=log)
    stream = io.StringIO()
    Console(file=stream, width=width).print(build_table([row], width))
    head, _, *rows = stream.getvalue().splitlines()
    shown = {"runtime", "platform", "result", "time", "size", "log"} - set(gone.split())
    assert set(head.split()) == shown
    assert len(rows) == 1


def test_names_are_never_folded(repository: Path) -> None:
    """However narrow the window is, a name can be found and copied."""
    stream = io.StringIO()
    items = catalogue.load(configuration.load(repository)).all
    Console(file=stream, width=60).print(runtimes_table(items, width=60))
    assert all(str(each) in stream.getvalue() for each in items)


def test_a_plan_names_nodes_only_where_nodes_build() -> None:
    """Without a builder there is no such column."""
    row = {"step": "build", "runtime": "x-1", "platforms": ["linux/amd64", "linux/arm64"], "because": "named"}
    assert lines(plan_table([row]))[-1] == "build x-1 amd64, arm64 named"
    nodes = {"linux/amd64": "mine0 (native)", "linux/arm64": "mine1 (emulated)"}
    base = {"step": "base", "reference": "alpine:3.22", "platforms": ["linux/amd64"]}
    shown = lines(plan_table([base, row | {"nodes": nodes}]))
    assert shown[0] == "step what for on why"
    assert shown[-2:] == ["base alpine:3.22 amd64", "build x-1 amd64, arm64 mine0 (native), mine1 (emulated) named"]
    assert lines(plan_table([]))[-1] == "nothing to do no image is concerned"


def test_a_node_is_shown_with_what_it_was_given_and_how_it_is() -> None:
    """A silent one by what it was given."""
    node = Node("mine", "remote", "mine0", "tcp://a:1", ("linux/arm64",), {})
    answers = [
        NodeAnswer(node, State.RUNNING, 0.123, ("linux/arm64", "linux/amd64"), "v0.13.1"),
        NodeAnswer(node, State.SILENT, 8.04, problem="gone"),
    ]
    assert lines(nodes_table(answers))[2:] == [
        "mine mine0 tcp://a:1 remote linux/arm64*, linux/amd64 running v0.13.1 0.1 s",
        "mine mine0 tcp://a:1 remote linux/arm64* does not answer 8.0 s",
    ]
