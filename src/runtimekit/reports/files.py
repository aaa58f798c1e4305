"""Write results as JSON for tools and as JUnit for CI systems. Files are replaced atomically."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.engine import trace
from runtimekit.errors import OptionError
from runtimekit.images.results import BuildRow
from runtimekit.repository import revision
from runtimekit.support.atomic_files import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 forbids even when escaped: most control characters, and lone surrogates."""


def write_json(path: Path, suites: Iterable[SuiteResult]) -> None:
    """Write ``{"ok": …, "suites": […]}``: the fields of each :class:`SuiteResult`, and its verdict."""
    rows = [_suite_row(suite) for suite in suites]
    document = {"ok": bool(rows) and all(row["ok"] for row in rows), "suites": rows}
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def write_junit(path: Path, suites: Sequence[SuiteResult]) -> None:
    """Write JUnit XML: a test suite for each runtime and platform. The class name contains the case's area."""
    root = ET.Element("testsuites", name="runtimekit")
    for suite in suites:
        root.append(_junit_suite(suite))
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    root.set("time", f"{sum(suite.seconds for suite in suites):.3f}")
    ET.indent(root)
    write_text(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def write_suite(root: Path, suite: SuiteResult) -> None:
    """Write a suite's result as JSON and JUnit under ``build/reports``, with the time of now."""
    suite = replace(suite, at=revision.now())
    name = f"{suite.runtime}-{suite.platform.rpartition('/')[2]}"
    write_json(folder(root) / f"{name}.json", [suite])
    write_junit(folder(root) / f"{name}.xml", [suite])


def folder(root: Path) -> Path:
    """Where JSON and JUnit go."""
    return root / "build" / "reports"


def forget(root: Path) -> None:
    """Remove reports of earlier runs: the table of a run shows what this run found."""
    for path in folder(root).glob("*.*"):
        path.unlink()


def collect(root: Path) -> list[SuiteResult]:
    """What the sessions of this run have written."""
    files = sorted(path for path in folder(root).glob("*.json") if path.name != trace.FILE)
    return [suite for path in files for suite in read_json(path)]


def read_json(path: Path) -> list[SuiteResult]:
    """Read a file of :func:`write_json`."""
    return [_suite(row) for row in json.loads(path.read_text(encoding="utf-8"))["suites"]]


def write_builds(path: Path, rows: Iterable[BuildRow]) -> None:
    """Write ``{"images": […]}``: the fields of :class:`~runtimekit.images.results.BuildRow`."""
    document = {"images": [asdict(row) | {"log": str(row.log or "")} for row in rows]}
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def read_builds(path: Path) -> list[BuildRow]:
    """Read a file of :func:`write_builds`."""
    rows = json.loads(path.read_text(encoding="utf-8"))["images"]
    return [BuildRow(**(row | {"log": Path(row["log"]) if row["log"] else None})) for row in rows]


def write_build_rows(root: Path, rows: Iterable[BuildRow], log: Callable[[str], None]) -> None:
    """Write each image's row into its own file in ``build/reports/images``, with the time of now.

    A full disk is logged and raises nothing: it must not hide the results of a build.
    """
    at = revision.now()
    try:
        for row in rows:
            name = f"{row.runtime}-{row.platform.rpartition('/')[2]}.json"
            write_builds(folder(root) / "images" / name, [replace(row, at=at)])
    except OSError as error:
        log(f"build/reports lacks this build: {error.strerror}")


def read_build_rows(root: Path) -> list[BuildRow]:
    """Read all files of :func:`write_build_rows`, from this machine and those collected from others."""
    return [row for path in sorted((folder(root) / "images").glob("*.json")) for row in read_builds(path)]


def sizes(file: str) -> dict[tuple[str, str], int] | None:
    """Bytes by runtime and platform, from a file of :func:`write_builds`; None where there is no such file.

    Raises:
        OptionError: The file has another format.
    """
    if not file or not Path(file).exists():
        return None
    try:
        return {(row.runtime, row.platform): row.size_bytes for row in read_builds(Path(file)) if row.size_bytes}
    except (ValueError, KeyError, TypeError):
        raise OptionError("compare", file, ["an images.json that `report` has written"]) from None


def _suite(row: dict[str, Any]) -> SuiteResult:
    cases = tuple(CaseResult(**(case | {"outcome": Outcome(case["outcome"])})) for case in row["cases"])
    kept = ("runtime", "platform", "seconds", "error", "unavailable")
    return SuiteResult(cases=cases, at=row.get("at", ""), **{name: row[name] for name in kept})


def _suite_row(suite: SuiteResult) -> dict[str, Any]:
    return {
        "runtime": suite.runtime,
        "platform": suite.platform,
        "ok": suite.ok,
        "verdict": suite.verdict,
        "error": suite.error,
        "unavailable": suite.unavailable,
        "seconds": round(suite.seconds, 3),
        "at": suite.at,
        "counts": {outcome.value: suite.count(outcome) for outcome in Outcome},
        "cases": [_case_row(case) for case in suite.cases],
    }


def _case_row(case: CaseResult) -> dict[str, Any]:
    return {
        "id": case.id,
        "rule": case.rule,
        "area": case.area,
        "outcome": case.outcome.value,
        "seconds": round(case.seconds, 3),
        "message": case.message,
        "expected": case.expected,
        "got": case.got,
        "log": case.log,
        "request": case.request,
        "answer": case.answer,
        "attempts": case.attempts,
    }


def _junit_suite(suite: SuiteResult) -> ET.Element:
    name = _xml_text(f"{suite.runtime} {suite.platform}")
    element = ET.Element("testsuite", name=name)
    failures, skipped = suite.count(Outcome.FAILED), suite.count(Outcome.WAIVED) + suite.count(Outcome.NOT_RUN)
    error = suite.error or ("" if failures or suite.count(Outcome.PASSED) else suite.verdict)
    counts = {"tests": len(suite.cases) + bool(error), "failures": failures, "errors": int(bool(error))}
    for key, number in {**counts, "skipped": skipped}.items():
        element.set(key, str(number))
    element.set("time", f"{suite.seconds:.3f}")
    if error:
        case = ET.SubElement(element, "testcase", name="the suite itself", classname=name, time="0.000")
        ET.SubElement(case, "error", message=_xml_text(_first_line(error))).text = _xml_text(error)
    for each in suite.cases:
        element.append(_junit_case(each, name))
    return element


def _junit_case(case: CaseResult, suite: str) -> ET.Element:
    attributes = {"name": f"{case.rule} {case.id}", "classname": f"{suite}.{case.area}", "time": f"{case.seconds:.3f}"}
    element = ET.Element("testcase", {key: _xml_text(value) for key, value in attributes.items()})
    message = _xml_text(_first_line(case.message))
    match case.outcome:
        case Outcome.PASSED:
            pass
        case Outcome.FAILED:
            ET.SubElement(element, "failure", message=message).text = _xml_text(_evidence(case))
        case Outcome.WAIVED | Outcome.NOT_RUN:
            ET.SubElement(element, "skipped", message=f"{case.outcome}: {message}".rstrip(": "))
    if case.log:
        ET.SubElement(element, "system-out").text = _xml_text(case.log)
    return element


def _evidence(case: CaseResult) -> str:
    parts = [case.message]
    if case.expected or case.got:
        parts += [f"expected: {case.expected}", f"got:      {case.got}"]
    return "\n".join(part for part in parts if part)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
