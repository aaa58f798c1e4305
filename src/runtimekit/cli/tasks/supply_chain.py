"""Tasks for the supply chain: bills of materials, reproducible builds, pins, audits."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.images import ONLY, PROTOCOL, SELECTING

if TYPE_CHECKING:
    from invoke.context import Context

PLATFORM = "this platform, such as linux/arm64 (default: this machine's)"


@task(
    iterable=["only"],
    help={
        "only": ONLY,
        "protocol": PROTOCOL,
        "platform": PLATFORM,
        "output": "the folder for the documents (default: build/sbom)",
    },
)
def sbom(
    _context: Context, only: list[str] | None = None, protocol: str = "", platform: str = "", output: str = ""
) -> None:
    """Write what built images hold, as SPDX 2.3: read from their own package databases, nothing in them is run."""
    from pathlib import Path

    from runtimekit.cli import options
    from runtimekit.supply_chain import describe
    from runtimekit.support import atomic_files

    context = current()
    folder = Path(output) if output else context.configuration.root / "build" / "sbom"
    platform = options.one_platform(context.configuration.platforms, platform)
    for runtime in context.choose(only, protocol=protocol):
        document = describe.bill_of_materials(context.engine, runtime, platform)
        file = folder / f"{runtime.id}-{platform.rpartition('/')[2]}.spdx.json"
        atomic_files.write_text(file, json_format.dumps(document, indent=1) + "\n")
        print(f"{file}  {len(document['packages'])} packages")  # noqa: T201 - the result itself


@task(
    iterable=["only"],
    help={"only": ONLY, "platform": PLATFORM, "bases": SELECTING["bases"], "json": "for machines"},
)
def reproduce(
    _context: Context, only: list[str] | None = None, platform: str = "", bases: str = "auto", json: bool = False
) -> None:
    """Build images twice from their sources alone, and compare: the same digest, or which files differ."""
    from runtimekit.cli import options
    from runtimekit.console import audits
    from runtimekit.errors import NotReproducibleError
    from runtimekit.images import build
    from runtimekit.supply_chain.reproduce import reproduce as reproduce_images

    context = current()
    platform = options.one_platform(context.configuration.platforms, platform)
    builder = build.Builder(context.configuration, context.engine, options.base_source(bases), log=context.log)
    results = []
    with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
        for runtime in context.choose(only):
            context.log(f"building {runtime} for {platform} twice, without a cache")
            results.append(reproduce_images(builder, runtime, platform))
    if json:
        print(json_format.dumps([each.row() for each in results], indent=2))  # noqa: T201 - the result itself
    else:
        context.results.print(audits.reproductions_table(results))
        context.results.print(audits.differences_of(results), soft_wrap=True, end="")
    if different := [f"{each.runtime} {each.platform}" for each in results if not each.ok]:
        raise NotReproducibleError(different)


@task(
    iterable=["only"],
    help={"only": ONLY + "; leaves out the gateway's compiler", "check": "write nothing; fail if a pin is behind"},
)
def pin(_context: Context, only: list[str] | None = None, check: bool = False) -> None:
    """Write the digests that the bases' tags hold now into the Dockerfiles, as in FROM node:22@sha256:1f0a."""
    from runtimekit.errors import BasesUnansweredError, PinsBehindError
    from runtimekit.supply_chain.audit import short
    from runtimekit.supply_chain.pins import bases_of, compare, renew

    context = current()
    root = context.configuration.root
    pins = compare(bases_of(root, context.choose(only), gateway=not only), context.registry_digest)
    if not check:
        for file in renew(pins):
            print(file.relative_to(root))  # noqa: T201 - the result itself
        return
    if behind := [pin for pin in pins if pin.is_behind]:
        raise PinsBehindError(
            [
                f"{pin.dockerfile.relative_to(root)}: {pin.tag} has {short(pin.pinned or 'no digest')},"
                f" its tag {short(pin.current or '')}"
                for pin in behind
            ]
        )
    if unanswered := {pin.tag: pin.problem for pin in pins if pin.current is None}:
        raise BasesUnansweredError(unanswered)


@task(iterable=["only"], help={"only": ONLY, "json": "for machines"})
def audit(_context: Context, only: list[str] | None = None, json: bool = False) -> None:
    """Show what has become old: bases behind their tags, versions past their end of life, and newer versions."""
    from datetime import UTC, datetime

    from runtimekit.console import audits
    from runtimekit.errors import AuditError, BasesUnansweredError
    from runtimekit.repository import end_of_life
    from runtimekit.supply_chain.audit import Verdict, versions
    from runtimekit.supply_chain.audit import bases as audited_bases
    from runtimekit.supply_chain.pins import bases_of, compare

    context = current()
    root = context.configuration.root
    chosen = list(context.choose(only))
    pins = compare(bases_of(root, chosen, gateway=not only), context.registry_digest)
    findings = versions(chosen, end_of_life.load(root), datetime.now(UTC).date()) + audited_bases(pins)
    if json:
        print(json_format.dumps([finding.row() for finding in findings], indent=2))  # noqa: T201 - the result itself
    else:
        context.results.print(audits.audit_table(findings))
    unanswered = {pin.tag: pin.problem for pin in pins if pin.current is None}
    if due := [finding.subject for finding in findings if finding.verdict is Verdict.DUE]:
        raise AuditError(due, unanswered=len(unanswered))
    if unanswered:
        raise BasesUnansweredError(unanswered)
