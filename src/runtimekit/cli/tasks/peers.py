"""Tasks that run other projects' programs against our images, from checkouts that the user has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.images import with_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoke.context import Context

    from runtimekit.conformance.results import SuiteResult
    from runtimekit.images.build import Builder
    from runtimekit.repository.catalogue import Runtime

LANGUAGE = "a language, such as node; may be given again (default: all that have the protocol)"


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
        "image": "another image to test instead, such as that project's own; with one --language",
    },
)
def open_runtimes_suite(_context: Context, suite: str, language: list[str] | None = None, image: str = "") -> None:
    """Run the open-runtimes project's own test suite against the images of its protocol."""
    from pathlib import Path

    from runtimekit.cli import options
    from runtimekit.conformance.open_runtimes import suite as suites
    from runtimekit.conformance.open_runtimes.checkout import Checkout
    from runtimekit.errors import OptionError
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
    tool = _tool(builder, suites.TOOL)
    told: dict[str, Any] = {"tool": tool, "log": context.log}
    results = [
        suites.run(context.engine, checkout, checkout.fixture(of), name=name, version=version, image=tested, **told)
        for name, of, version, tested in wanted
    ]
    _show(results)


@task(
    iterable=["language"],
    help={
        "executor": "the folder of a checkout of the open-runtimes executor; its code gets the engine's socket",
        "language": LANGUAGE,
    },
)
def executor(_context: Context, executor: str, language: list[str] | None = None) -> None:
    """Let the executor's own class build, start and call functions in the images of its protocol."""
    from pathlib import Path

    from runtimekit.conformance.open_runtimes import examples
    from runtimekit.conformance.open_runtimes import executor as runner
    from runtimekit.support import machine

    context = current()
    checkout = Path(executor).resolve()
    runner.check(checkout)
    chosen = [each for each in _chosen(language or []) if each.id.language in examples.EXAMPLES]
    tool = _tool(with_images(chosen, f"linux/{machine.native()}"), runner.TOOL)
    told: dict[str, Any] = {"tool": tool, "log": context.log}
    results = [
        runner.run(
            context.engine,
            checkout,
            context.configuration.root,
            name=str(each),
            language=each.id.language,
            image=each.build_image,
            **told,
        )
        for each in chosen
    ]
    _show(results)
