"""The files that a night leaves: images, suites, earlier numbers, benchmarks; with failures of every kind or none."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from runtimekit.benchmarks import results
from runtimekit.benchmarks.results import Document, Load, Measurement, Server, Spread, Start
from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.images.results import BuildRow
from runtimekit.reports import files, history
from runtimekit.reports.history import Metric, Point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AREAS = {
    "answer": 14, "body": 112, "build": 6, "crowds": 9, "end": 11, "errors": 25, "file": 41, "hostile": 10, "image": 11,
    "key": 31, "queues": 2, "response": 49, "secrecy": 6, "start": 17, "texts": 3, "time": 14, "transport": 73,
}  # fmt: skip
"""Areas of the contract, and how many cases each has."""
RUNTIMES = (
    "alpine-3.22", "dart-3.13", "go-1.24", "node-22", "node-22-v5", "perl-5.40", "php-8.4", "python-3.9", "python-3.10",
    "rust-1.97",
)  # fmt: skip
PLATFORMS = ("linux/amd64", "linux/arm64")
AT = "2026-11-29T02:40:00Z"
NIGHTS = 24
"""How many earlier nights there are."""
MACHINE = {"processor": "AMD EPYC", "processors": "2", "memory": "24 GiB", "kernel": "6.18", "docker": "29.4.2"}
HOSTILE = (
    "</pre></script><script>document.title = 'taken'</script>"
    "<img src=x onerror=\"document.title='taken'\"> \x1b[31m\x00 &amp;"
)
"""What a function prints to get out of its place."""
FAILED_CELLS = (
    ("node-22-v5", "linux/arm64", "body"),
    ("go-1.24", "linux/amd64", "time"),
    ("go-1.24", "linux/amd64", "key"),
)
"""In :func:`write` with failures."""


def write(root: Path, *, failures: bool) -> None:
    """Leave a night's files under ``root/build``, as runs write them."""
    reports = files.folder(root)
    for number, row in enumerate(_rows(failures=failures)):
        files.write_builds(reports / "images" / f"{number}.json", [row])
    for number, suite in enumerate(_suites(failures=failures)):
        files.write_json(reports / f"{number}.json", [suite])
    history.write(root / "build/site" / history.FILE, history.series(_earlier()))
    document = benchmark(scale=1.0, created=AT)
    measured = root / results.RESULT
    results.write(measured, document)
    lines = [benchmark(scale=0.9 + 0.01 * day, created=f"2026-11-{day:02}T03:00:00Z") for day in range(20, 29)]
    elsewhere = replace(lines[0], machine={"processor": "another"})
    text = "".join(
        json.dumps({"format": results.FORMAT, **asdict(each)}) + "\n" for each in [elsewhere, *lines, document]
    )
    measured.with_name(results.HISTORY).write_text(text)


def _rows(*, failures: bool) -> Iterator[BuildRow]:
    for number, runtime in enumerate(RUNTIMES):
        for platform in PLATFORMS:
            row = BuildRow(
                runtime=runtime,
                platform=platform,
                result="built" if number % 3 else "up to date",
                seconds=7.5 * number if number % 3 else 0,
                size_bytes=12_000_000 + 29_000_000 * number,
                at=AT,
            )
            if failures and (runtime, platform) == ("perl-5.40", "linux/arm64"):
                error = (
                    f"building perl-5.40 linux/arm64 failed\n{HOSTILE}\nERROR: process did not complete: exit code 1"
                )
                row = replace(row, result="failed", size_bytes=None, error=error)
            yield row


def _suites(*, failures: bool) -> Iterator[SuiteResult]:
    for number, runtime in enumerate(RUNTIMES):
        for platform in PLATFORMS:
            where = {"runtime": runtime, "platform": platform, "at": AT}
            if failures and (runtime, platform) == ("perl-5.40", "linux/arm64"):
                yield SuiteResult(cases=(), seconds=0, error="its image was not built", **where)
            elif failures and (runtime, platform) == ("dart-3.13", "linux/arm64"):
                yield SuiteResult(
                    cases=(), seconds=0, unavailable="no recipe of bases/ makes dart:3.13 for arm64", **where
                )
            else:
                areas = {"image": 6} if runtime == "alpine-3.22" else AREAS
                cases = tuple(case for area in areas for case in _cases(where, area, areas[area], failures=failures))
                yield SuiteResult(cases=cases, seconds=30 + 3.7 * number, **where)


def _cases(where: dict[str, str], area: str, number: int, *, failures: bool) -> Iterator[CaseResult]:
    for at in range(number):
        case = CaseResult(
            id=f"{area}.case-{at}", rule=f"R{at % 12 + 1}", area=area, outcome=Outcome.PASSED, seconds=0.1
        )
        if failures and at < 2 and (where["runtime"], where["platform"], area) in FAILED_CELLS:
            case = replace(case, outcome=Outcome.FAILED, **_evidence(at))
        elif where["runtime"] == "php-8.4" and (area, at) == ("file", 3):
            case = replace(case, outcome=Outcome.WAIVED, message="as known_failures.toml says")
        elif failures and where["runtime"] == "rust-1.97" and area == "transport" and at > 70:
            case = replace(case, outcome=Outcome.NOT_RUN)
        yield case


def _evidence(number: int) -> dict[str, str]:
    body = '{"payload": "{\\"action\\": \\"answer\\"}", "env": {"ENV1": "one"}}'
    return {
        "message": "the answer" if number else f"the body {HOSTILE}",
        "expected": "status 400",
        "got": 'status 500 {"code":500,"message":"TypeError: x is not a function"}',
        "request": f"POST / HTTP/1.1\nHost: runtime\nX-Internal-Challenge: <key>\nContent-Length: 66\n\n{body}",
        "answer": f"HTTP/1.1 500 Internal Server Error\ncontent-type: application/json; charset=utf-8\n\n{HOSTILE}",
        "log": "\n".join(f"at /usr/local/src/worker.js:{line} " + "x" * line for line in range(18)),
    }


def _earlier() -> Iterator[Point]:
    for number, runtime in enumerate(RUNTIMES):
        for platform in PLATFORMS:
            for night in range(NIGHTS):
                where = {"at": f"2026-11-{night + 2:02}T02:40:00Z", "commit": "c0ffee", "runtime": runtime}
                wave = (night * (number + 3)) % 7
                size = 12_000_000 + 29_000_000 * number + (400_000 * wave if number % 2 else 0)
                yield Point(platform=platform, metric=Metric.SIZE, value=size, **where)
                yield Point(platform=platform, metric=Metric.BUILD, value=7.5 * number + wave, **where)
                yield Point(platform=platform, metric=Metric.TESTS, value=30 + 3.7 * number + wave / 2, **where)


def benchmark(*, scale: float, created: str) -> Document:
    """One run of ``bench``, faster by this factor."""
    return Document(
        created=created,
        commit="0123456789abcdef",
        machine=MACHINE,
        seconds=3,
        rounds=5,
        measurements=tuple(
            Measurement(
                runtime=runtime,
                platform="linux/amd64",
                image_mb=100,
                start=Start(ready_ms=_spread(40.0 + 25 * number), ready_p95_ms=95),
                memory_mib=18.0 + 9 * number,
                memory_after_mib=60,
                requests=1_000_000,
                servers=tuple(
                    Server(name=name, loads=tuple(_load(clients, scale * rate / (number + 1)) for clients in (1, 32)))
                    for name, rate in ((runtime, 21_000), ("floor", 26_000), ("gateway", 48_000))
                ),
            )
            for number, runtime in enumerate(("go-1.27", "node-22-v5", "python-3.14"))
        ),
    )


def _load(clients: int, rate: float) -> Load:
    micros, rates = _spread(1_000_000 / rate), _spread(rate * clients**0.5)
    return Load(clients=clients, requests_per_second=rates, p50_us=micros, p95_us=micros, p99_us=micros)


def _spread(median: float) -> Spread:
    return Spread(median, median * 0.93, median * 1.04)
