"""Tasks that run other projects' programs against our images, from checkouts that the user has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.images import with_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.context import Context

    from runtimekit.repository.catalogue import Runtime


def _chosen(languages: Sequence[str]) -> list[Runtime]:
    """The newest runtimes of these languages that speak the open-runtimes protocol; of all languages for none.

    Raises:
        OptionError: A language has none.
    """
    from runtimekit.errors import OptionError
    from runtimekit.repository.identifiers import Protocol

    second = current().catalogue.of(Protocol.V5)
    newest = {each.id.language: each for each in second.newest_of(lambda _runtime: True)}
    for language in languages:
        if language not in newest:
            raise OptionError("language", language, sorted(newest))
    return [newest[language] for language in languages or sorted(newest)]


@task(
    iterable=["language"],
    help={
        "suite": "the folder of a checkout of the open-runtimes project; its code gets the engine's socket",
        "language": "a language, such as node; may be given again (default: all that have the protocol)",
        "image": "another image to test instead, such as that project's own; with one --language",
    },
)
def open_runtimes_suite(_context: Context, suite: str, language: list[str] | None = None, image: str = "") -> None:
    """Run the open-runtimes project's own test suite against the images of its protocol."""
    from pathlib import Path

    from runtimekit.cli import options
    from runtimekit.conformance.open_runtimes import suite as suites
    from runtimekit.conformance.open_runtimes.checkout import Checkout
    from runtimekit.console import peers
    from runtimekit.engine import containers
    from runtimekit.errors import OptionError, SomeFailedError
    from runtimekit.images import tools
    from runtimekit.images.build import Builder
    from runtimekit.support import machine

    context = current()
    checkout = Checkout(Path(suite).resolve())
    languages = language or []
    if image and len(languages) != 1:
        raise OptionError("image", image, ["an image of one language, with one --language"])
    if image:
        wanted = [(languages[0], languages[0], checkout.fixture(languages[0]).versions[0], image)]
        builder = Builder(context.configuration, context.engine, options.base_source("auto"), log=context.log)
    else:
        chosen = _chosen(languages)
        wanted = [(str(each), each.id.language, each.id.version, each.build_image) for each in chosen]
        builder = with_images(chosen, f"linux/{machine.native()}")
    for name in containers.remove_orphans(context.engine):
        context.log(f"removed {name}, which a killed run had left")
    with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
        tool = tools.provide(builder, suites.TOOL)
    results = []
    for name, of, version, tested in wanted:
        fixture = checkout.fixture(of)
        results.append(
            suites.run(
                context.engine,
                checkout,
                fixture,
                name=name,
                version=version,
                image=tested,
                tool=tool,
                log=context.log,
            )
        )
    for result in results:
        context.results.print(peers.reasons(result), soft_wrap=True, end="")
    context.results.print(peers.suites_table(results))
    if failed := [each.name for each in results if not each.ok]:
        raise SomeFailedError("suites", failed, len(results))
