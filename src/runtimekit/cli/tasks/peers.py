"""Tasks that run other projects' programs against our images, from checkouts that the user has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.images import with_images

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from invoke.context import Context

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.images.build import Builder

LANGUAGE = "a language, such as node; may be given again (default: all that have the protocol)"
IMAGE = "another image to test instead, such as that project's own; with one --language"


class _Target(NamedTuple):
    """An image to test."""

    name: str
    language: str
    version: str
    image: str


def _targets(languages: Sequence[str], image: str, known: Container[str]) -> tuple[list[_Target], Builder]:
    """The images to test, built if they are missing or stale, and what built them.

    Args:
        languages: Whose newest version is meant, of those that can be had here. None stands for all that have the
            protocol and are ``known``.
        image: Another image, of one language.
        known: The languages that can be tested.

    Raises:
        OptionError: A language cannot be tested, or there is not exactly one for an image.
        SomeFailedError: An image cannot be had.
    """
    from runtimekit.cli import options
    from runtimekit.errors import OptionError
    from runtimekit.images.build import Builder
    from runtimekit.repository.identifiers import Protocol
    from runtimekit.support import machine

    context = current()
    second = context.catalogue.of(Protocol.V5)
    platform = f"linux/{machine.native()}"
    builder = Builder(context.configuration, context.engine, options.base_source("auto"), log=context.log)
    had = second.newest_of(lambda each: builder.obstacle(each, platform) is None)
    newest = {each.id.language: each for each in had if each.id.language in known}
    for language in languages:
        if language not in newest:
            raise OptionError("language", language, sorted(newest))
    if image and len(languages) != 1:
        raise OptionError("image", image, ["an image of one language, with one --language"])
    chosen = [newest[language] for language in languages or sorted(newest)]
    if not image:
        with_images(chosen, platform)
    targets = [
        _Target(image or str(each), each.id.language, each.id.version, image or each.build_image) for each in chosen
    ]
    return targets, builder


def _show(results: Sequence[SuiteResult]) -> None:
    """Print what was found.

    Raises:
        SomeFailedError: Something failed.
    """
    from runtimekit.console import peers
    from runtimekit.errors import SomeFailedError

    context = current()
    for result in results:
        context.results.print(peers.reasons(result), soft_wrap=True, end="")
    context.results.print(peers.suites_table(results))
    if failed := [each.name for each in results if not each.ok]:
        raise SomeFailedError("suites", failed, len(results))


def _tool(builder: Builder, name: str) -> str:
    """The image of ``tools/<name>``, after what killed runs have left was removed."""
    from runtimekit.engine import containers
    from runtimekit.images import tools

    context = current()
    for orphan in containers.remove_orphans(context.engine):
        context.log(f"removed {orphan}, which a killed run had left")
    with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
        return tools.provide(builder, name)


@task(
    iterable=["language"],
    help={
        "suite": "the folder of a checkout of the open-runtimes project; its code gets the engine's socket",
        "language": LANGUAGE,
        "image": IMAGE,
        "debian": "give PHP's and Ruby's functions Debian's packages: for machines that cannot reach these registries",
    },
)
def open_runtimes_suite(
    _context: Context, suite: str, language: list[str] | None = None, image: str = "", debian: bool = False
) -> None:
    """Run the open-runtimes project's own test suite against the images of its protocol."""
    from pathlib import Path

    from runtimekit.conformance.peers import suite as suites
    from runtimekit.conformance.peers.checkout import Checkout

    context = current()
    checkout = Checkout(Path(suite).resolve())
    targets, builder = _targets(language or (), image, checkout.table)
    tool = _tool(builder, suites.TOOL)
    results = []
    for name, of, version, tested in targets:
        about = {"name": name, "version": version, "image": tested, "tool": tool}
        fixture = checkout.fixture(of)
        results.append(suites.run(context.engine, checkout, fixture, **about, debian=debian, log=context.log))
    _show(results)


@task(
    iterable=["language"],
    help={
        "executor": "the folder of a checkout of the open-runtimes executor; its code gets the engine's socket",
        "language": LANGUAGE,
        "image": IMAGE,
    },
)
def executor(_context: Context, executor: str, language: list[str] | None = None, image: str = "") -> None:
    """Let the executor's own class build, start and call functions in the images of its protocol."""
    from pathlib import Path

    from runtimekit.conformance.peers import examples
    from runtimekit.conformance.peers import executor as runner

    context = current()
    checkout, root = Path(executor).resolve(), context.configuration.root
    runner.check(checkout)
    targets, builder = _targets(language or (), image, examples.EXAMPLES)
    tool = _tool(builder, runner.TOOL)
    results = []
    for name, of, _version, tested in targets:
        about = {"name": name, "language": of, "image": tested, "tool": tool}
        results.append(runner.run(context.engine, checkout, root, **about, log=context.log))
    _show(results)
