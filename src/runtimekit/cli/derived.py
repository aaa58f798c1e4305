"""The images for what a function's ``runtime.toml`` asks for: derived once, checked once, then kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.conformance import Scope, suite_runner
from runtimekit.console import tables
from runtimekit.errors import ConfigurationError, ImageBuildError, Problem, SomeFailedError
from runtimekit.functions import protocols, runtime_toml
from runtimekit.images import with_packages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runtimekit.images.build import Builder
    from runtimekit.repository.catalogue import Runtime


def runtime_for(builder: Builder, runtime: Runtime, folder: Path, platform: str) -> Runtime:
    """The runtime, with images that hold what the function's and the runtime's ``runtime.toml`` ask for.

    New images are checked with the core cases before they get their name: an image with that name has passed them.

    Raises:
        ConfigurationError: A file is wrong.
        ImageBuildError: A package does not exist, or cannot be fetched.
        SomeFailedError: With these packages the image does not keep the contract any more.
    """
    needs = runtime_toml.read(folder) | runtime_toml.read(builder.configuration.root / "runtimes" / runtime.id.folder)
    if not needs:
        return runtime
    compiled = runtime.run_image != runtime.build_image
    wanted = {
        "run_image": (runtime.run_image, needs.packages),
        "build_image": (
            runtime.build_image,
            needs.build_packages if compiled else needs.packages + needs.build_packages,
        ),
    }
    present = builder.engine.images([runtime.build_image, runtime.run_image])
    images: dict[str, str] = {}
    untested: dict[str, str] = {}
    for role, (image, packages) in wanted.items():
        name = images[role] = with_packages.derived_name(image, present[image].id, packages) if packages else image
        if name not in untested and not builder.engine.images([name]):
            untested[name] = f"{name}-untested"
            _build(builder, runtime, image, packages, untested[name], folder)
    if untested:
        new = {role: untested.get(name, name) for role, name in images.items()}
        _check(builder, replace(runtime, build_image=new["build_image"], run_image=new["run_image"]), platform)
    for name, tag in untested.items():
        builder.engine.docker("tag", tag, name, doing=f"naming {name}")
        builder.engine.docker("rmi", tag, doing=f"removing the name {tag}")
    return replace(runtime, build_image=images["build_image"], run_image=images["run_image"])


def _build(builder: Builder, runtime: Runtime, image: str, packages: Sequence[str], tag: str, folder: Path) -> None:
    """Build an image with packages. One that does not exist is a mistake in runtime.toml."""
    context = current()
    context.log(f"{image}: adding {', '.join(packages)}")
    try:
        with context.output.reporter() as reporter, builder.tracker.report_to(reporter):
            with_packages.build(builder, image, packages, tag, protocols.of(runtime.protocol).user)
    except ImageBuildError as error:
        if said := with_packages.complaint(error):
            raise ConfigurationError([Problem(folder / runtime_toml.FILE_NAME, None, said)]) from None
        raise


def _check(builder: Builder, runtime: Runtime, platform: str) -> None:
    """Run the core cases on images that nobody has tested yet."""
    context = current()
    root = builder.configuration.root
    folder = root / "build" / "tests" / f"{runtime.id}-with-packages"
    suite = suite_runner.run(
        builder.engine, runtime, root=root, platform=platform, scope=Scope.CORE, folder=folder, log=context.log
    )
    if not suite.ok:
        context.progress.print(tables.failures_of(suite), soft_wrap=True, end="")
        raise SomeFailedError("images", [f"{runtime.build_image}: {suite.verdict}"], 1)
