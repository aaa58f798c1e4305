"""Reports are readable by tools, whatever a container printed, and nothing counts as passed that was not run."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.errors import OptionError
from runtimekit.images.results import BuildRow
from runtimekit.reports import files
from runtimekit.reports.files import write_json, write_junit

if TYPE_CHECKING:
    from pathlib import Path


def case(outcome: Outcome, name: str = "wrong-key", **more: str) -> CaseResult:
    """A case with this outcome."""
    return CaseResult(id=name, rule="R1", area="key", outcome=outcome, seconds=0.25, **more)


def suite(*outcomes: Outcome, error: str = "") -> SuiteResult:
    """A suite with these outcomes."""
    cases = tuple(case(outcome, f"case-{number}") for number, outcome in enumerate(outcomes))
    return SuiteResult(runtime="node-22", platform="linux/amd64", cases=cases, seconds=1.5, error=error)


@pytest.mark.parametrize(
    ("result", "ok", "verdict"),
    [
        (suite(Outcome.PASSED), True, "1 passed"),
        (suite(Outcome.PASSED, Outcome.WAIVED), True, "1 passed, 1 waived"),
        (suite(Outcome.PASSED, Outcome.FAILED), False, "1 passed, 1 failed"),
        (suite(Outcome.PASSED, Outcome.NOT_RUN), False, "1 passed, 1 not run"),
        (suite(), False, "no case was run"),
        (suite(Outcome.NOT_RUN), False, "no case was run"),
        (suite(Outcome.PASSED, error="never ready"), False, "never ready"),
    ],
)
def test_a_suite_is_ok_when_it_has_shown_something(result: SuiteResult, ok: bool, verdict: str) -> None:  # noqa: FBT001
    """Zero cases run is a failure, and so is a case that was not reached."""
    assert result.ok is ok
    assert result.verdict == verdict


def test_a_suites_name_says_which_cases_failed() -> None:
    """CI may keep only the last lines of what was printed."""
    assert suite(Outcome.PASSED).name == "node-22 linux/amd64"
    assert suite(Outcome.PASSED, Outcome.FAILED).name == "node-22 linux/amd64 (case-1)"
    assert suite(*[Outcome.FAILED] * 5).name == "node-22 linux/amd64 (case-0, case-1, case-2, 2 more)"


def test_the_json_holds_everything(tmp_path: Path) -> None:
    """Counts, verdicts, and each case's evidence."""
    failed = SuiteResult(
        runtime="go-1.24",
        platform="linux/arm64",
        cases=(
            case(
                Outcome.FAILED,
                message="not the same",
                expected="401",
                got="200",
                log="\x1b[1mlog",
                request="POST / HTTP/1.1",
                answer="HTTP/1.1 200 OK",
            ),
        ),
        seconds=2,
    )
    write_json(tmp_path / "reports" / "a.json", [suite(Outcome.PASSED), failed])
    document = json.loads((tmp_path / "reports" / "a.json").read_text())
    assert document["ok"] is False
    assert [each["ok"] for each in document["suites"]] == [True, False]
    assert document["suites"][1]["counts"] == {"passed": 0, "failed": 1, "waived": 0, "not run": 0}
    assert document["suites"][1]["cases"][0] == {
        "id": "wrong-key",
        "rule": "R1",
        "area": "key",
        "outcome": "failed",
        "seconds": 0.25,
        "message": "not the same",
        "expected": "401",
        "got": "200",
        "log": "\x1b[1mlog",
        "request": "POST / HTTP/1.1",
        "answer": "HTTP/1.1 200 OK",
        "attempts": 1,
    }


def test_no_suite_at_all_is_not_ok(tmp_path: Path) -> None:
    """An empty report is no proof."""
    write_json(tmp_path / "a.json", [])
    assert json.loads((tmp_path / "a.json").read_text())["ok"] is False


def test_the_junit_counts_are_right(tmp_path: Path) -> None:
    """Per suite and together."""
    outcomes = [Outcome.PASSED, Outcome.FAILED, Outcome.WAIVED, Outcome.NOT_RUN]
    write_junit(tmp_path / "a.xml", [suite(*outcomes), suite(error="no image\nlong story"), suite()])
    root = ET.parse(tmp_path / "a.xml").getroot()  # noqa: S314  # our own file
    keys = ("tests", "failures", "errors", "skipped")
    assert [root.get(key) for key in keys] == ["6", "1", "2", "2"]
    assert [[each.get(key) for key in keys] for each in root] == [
        ["4", "1", "0", "2"],
        ["1", "0", "1", "0"],
        ["1", "0", "1", "0"],
    ]
    errors = root.findall("testsuite/testcase/error")
    assert [each.get("message") for each in errors] == ["no image", "no case was run"]
    assert [each.get("message") for each in root.iter("skipped")] == ["waived", "not run"]


def test_the_junit_file_can_be_read_whatever_a_container_printed(tmp_path: Path) -> None:
    """Control characters and lone surrogates cannot be in XML; everything else comes through."""
    hostile = "\x1b[31mred\x00\x08 ]]> <a> & \ud800 \ufffe 😀\n\ttab"
    each = case(Outcome.FAILED, hostile, message=hostile, expected=hostile, got=hostile, log=hostile)
    result = SuiteResult(runtime="node-22", platform="linux/amd64", cases=(each,), seconds=1, error=hostile)
    write_junit(tmp_path / "a.xml", [result])
    root = ET.parse(tmp_path / "a.xml").getroot()  # noqa: S314  # our own file
    log = root.find("testsuite/testcase/system-out")
    assert log is not None
    assert log.text == "[31mred ]]> <a> &   😀\n\ttab"


def test_builds_are_noted_one_file_each_and_read_again(tmp_path: Path) -> None:
    """A newer row of the same image takes the older one's place; others stay. Each has the time of its writing."""
    facts: dict[str, Any] = {"platform": "linux/amd64", "seconds": 1.5, "size_bytes": 7}
    old = BuildRow(runtime="node-22", result="failed", error="x\ny", log=tmp_path / "node-22.log", **facts)
    new, other = (BuildRow(runtime=name, result="built", **facts) for name in ("node-22", "go-1.24"))
    files.write_build_rows(tmp_path, [old], print)
    (read,) = files.read_build_rows(tmp_path)
    assert read == replace(old, at=read.at)
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", read.at)
    files.write_build_rows(tmp_path, [new, other], print)
    assert [replace(row, at="") for row in files.read_build_rows(tmp_path)] == [other, new]


def test_a_suites_file_says_when_it_was_written(tmp_path: Path) -> None:
    """The history of times needs it. Files of older versions have no time, and can be read all the same."""
    files.write_suite(tmp_path, suite(Outcome.PASSED))
    path = files.folder(tmp_path) / "node-22-amd64.json"
    assert files.read_json(path)[0].at.endswith("Z")
    document = json.loads(path.read_text())
    del document["suites"][0]["at"], document["suites"][0]["cases"][0]["request"]
    path.write_text(json.dumps(document))
    assert files.collect(tmp_path) == [suite(Outcome.PASSED)]


def test_sizes_to_compare_with_are_those_of_a_file_that_is_there(tmp_path: Path) -> None:
    """The first run on a branch has none; a file of another kind is a mistake."""
    file = tmp_path / "images.json"
    assert files.sizes("") is files.sizes(str(file)) is None
    rows = [
        BuildRow(runtime=name, platform="p", result="", seconds=0, size_bytes=size)
        for name, size in {"a-1": 5, "b-1": None}.items()
    ]
    files.write_builds(file, rows)
    assert files.sizes(str(file)) == {("a-1", "p"): 5}
    file.write_text("[]")
    with pytest.raises(OptionError, match="compare"):
        files.sizes(str(file))


def test_a_report_that_cannot_be_written_hides_no_image(tmp_path: Path) -> None:
    """A disk that is full at the end of a build: a line says so, and the table comes all the same."""
    (tmp_path / "build").write_text("a file where a folder should be")
    row = BuildRow(runtime="node-22", platform="linux/amd64", result="built", seconds=1)
    lines: list[str] = []
    files.write_build_rows(tmp_path, [row], lines.append)
    assert lines == ["build/reports lacks this build: Not a directory"]
