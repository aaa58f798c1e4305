"""Runs the open-runtimes project's PHPUnit classes against an image, and reads what PHPUnit found.

PHPUnit runs in a container on the servers' network. It has the engine's socket: the suite reads a container's output
and starts a command in it. So a checkout is as trusted as its user's own account.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

from runtimekit.conformance.peers import debian_packages, outcome, servers
from runtimekit.conformance.peers.checkout import KNOWN_FAILURES
from runtimekit.conformance.results import CaseResult, Outcome
from runtimekit.errors import EngineError, FunctionLaunchError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runtimekit.conformance.peers.checkout import Checkout, Fixture
    from runtimekit.conformance.results import SuiteResult
    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container

TOOL = "phpunit"
"""The folder of ``tools`` whose image it needs."""
SUITE_SECONDS = 300
"""A suite takes 15 s. Where a server does not come up each case waits 100 s."""
SOCKET = "/var/run/docker.sock"
REPORT = "/tmp/report.xml"  # noqa: S108 - inside the container
AREA = "open-runtimes"
WITHOUT_EXPORT = "testNoExportEntrypoint"
"""The case that skips itself where the server for it is not started."""
_REASON_LINES = 4


def run(
    engine: Engine,
    checkout: Checkout,
    fixture: Fixture,
    *,
    name: str,
    version: str,
    image: str,
    tool: str,
    debian: bool = False,
    log: Callable[[str], None],
) -> SuiteResult:
    """Run one language's class against an image. Nothing is left in the engine.

    Args:
        engine: The engine; it must have both images, and a Unix socket on this machine.
        checkout: Where the classes and functions come from.
        fixture: The language.
        name: What the result is called, such as ``node-22-v5``.
        version: The language's version.
        image: The image to test.
        tool: The image of ``tools/phpunit``.
        debian: Whether the functions get Debian's packages where the language's registry may be out of reach.
        log: Receives one line for each step.
    """

    def cases(folder: Path) -> list[CaseResult]:
        checkout.stage(fixture, version, folder / "function")
        staged = debian_packages.lay(fixture, folder / "function") if debian else fixture
        report = _run(engine, checkout, staged, version, image, tool, folder, lambda text: log(f"{name}: {text}"))
        return [known(fixture, case) for case in read_report(report)]

    return outcome.result_of(name, cases)


def _run(
    engine: Engine,
    checkout: Checkout,
    fixture: Fixture,
    version: str,
    image: str,
    tool: str,
    folder: Path,
    log: Callable[[str], None],
) -> bytes:
    """Build, serve, run PHPUnit; return its report. The function is staged."""
    socket = socket_of(engine)
    checkout.stage_tests(folder / "suite")
    log(f"{image}: building the suite's functions")
    whole, without = folder / "code.tar.gz", folder / "no-export.tar.gz"
    servers.build(engine, image, fixture, fixture.entrypoint, folder / "function", whole)
    archives = dict.fromkeys((servers.MAIN, servers.SECONDARY, servers.TERTIARY), whole)
    if fixture.entrypoint_without_export:
        entrypoint = fixture.entrypoint_without_export
        servers.build(engine, image, fixture, entrypoint, folder / "function", without)
        archives[servers.NO_EXPORT] = without
    log("starting the servers")
    with servers.serving(engine, image, tool, fixture, archives, folder) as (network, stub, running):
        environment = {
            "RUNTIME_NAME": fixture.language,
            "RUNTIME_VERSION": version,
            "OPEN_RUNTIMES_SECRET": servers.SECRET,
            "OPEN_RUNTIMES_ENTRYPOINT": fixture.entrypoint,
            "CONTAINERS": json.dumps({name: server.id for name, server in running.items()}),
        }
        options = ["--network", network, "--volumes-from", stub.id, "--volume", f"{socket}:{SOCKET}"]
        # The suite looks for logs where its own driver has them.
        script = f"ln -s /mnt/logs /tmp/logs && exec phpunit --no-configuration --log-junit {REPORT} \
            --bootstrap /usr/local/share/suite/autoload.php tests/{fixture.test}"
        with servers.created(
            engine, tool, ["sh", "-c", script], name="suite-phpunit", environment=environment, options=options
        ) as phpunit:
            doing = "copying the suite into its container"
            engine.docker("cp", f"{folder / 'suite'}/.", f"{phpunit.id}:/suite", doing=doing)
            log(f"running PHPUnit on {fixture.test}")
            servers.start(phpunit)
            phpunit.wait(SUITE_SECONDS)
            return _report(phpunit, folder / "report.xml")


def _report(phpunit: Container, target: Path) -> bytes:
    """PHPUnit's report.

    Raises:
        FunctionLaunchError: It has written none. The error holds what it printed.
    """
    doing = "copying PHPUnit's report"
    phpunit.engine.docker("cp", f"{phpunit.id}:{REPORT}", str(target), doing=doing, check=False)
    if not target.is_file() or not target.stat().st_size:
        raise FunctionLaunchError("PHPUnit", "it ended without a report", phpunit.logs(30))
    return target.read_bytes()


def socket_of(engine: Engine) -> str:
    """The path of the engine's socket.

    Raises:
        EngineError: It has none on this machine.
    """
    form = "{{.Endpoints.docker.Host}}"
    doing = "asking docker where its engine is"
    host = engine.location.host or engine.docker("context", "inspect", "--format", form, doing=doing).strip()
    if not host.startswith("unix://"):
        raise EngineError(
            f"the suite needs an engine with a Unix socket on this machine; this one is at {host}.",
            todo=["unset DOCKER_HOST, or run this on the engine's machine"],
        )
    return host.removeprefix("unix://")


def read_report(report: bytes) -> list[CaseResult]:
    """The cases of a JUnit report of PHPUnit, in its order. Cases that were skipped were not run."""
    return [_case(each) for each in ET.fromstring(report).iter("testcase")]  # noqa: S314 - PHPUnit has written it


def _case(element: ET.Element) -> CaseResult:
    outcome, message = Outcome.PASSED, ""
    for child in element:
        if child.tag in {"failure", "error", "warning"}:
            outcome, message = Outcome.FAILED, _reason(child.text or "")
        elif child.tag == "skipped":
            outcome, message = Outcome.NOT_RUN, "the suite skips it"
    return CaseResult(
        id=element.get("name", ""),
        rule=AREA,
        area=AREA,
        outcome=outcome,
        seconds=float(element.get("time", "0")),
        message=message,
    )


def _reason(text: str) -> str:
    """The first lines of a failure, without the case's name, and the line of the suite where it happened."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    place = next((line for line in lines if re.fullmatch(r"/suite/tests/.*\.php:\d+", line)), "")
    said = [line for line in lines[1:] if not re.fullmatch(r"/\S+\.php:\d+", line)]
    return " ".join([*said[:_REASON_LINES], f"({place.removeprefix('/suite/')})" if place else ""]).strip()


def known(fixture: Fixture, case: CaseResult) -> CaseResult:
    """The case, waived if it failed and cannot pass on any machine like this, or lacks its function in the suite."""
    because = KNOWN_FAILURES.get((fixture.language, case.id), "")
    if case.outcome is Outcome.FAILED and because:
        return replace(case, outcome=Outcome.WAIVED, message=because)
    if case.outcome is Outcome.NOT_RUN and case.id == WITHOUT_EXPORT and not fixture.entrypoint_without_export:
        return replace(
            case, outcome=Outcome.WAIVED, message="the suite has no function without an export in this language"
        )
    return case
