"""``bundle``: its options, the steps from a folder to an image, and the files that are written beside it."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.cli import derived, publish_options
from runtimekit.cli.context import current
from runtimekit.cli.images import with_images
from runtimekit.console.serving import View
from runtimekit.errors import FunctionBuildError, OptionError, OptionsConflictError, PublishRefusedError
from runtimekit.functions import bundle, detect, manifests, source
from runtimekit.functions.build_container import BuildContainer
from runtimekit.functions.image_names import ImageName
from runtimekit.functions.local_function import WORK
from runtimekit.publishing.bundles import BundlePublication, address_of
from runtimekit.publishing.test_gate import PublishGate
from runtimekit.repository import revision
from runtimekit.supply_chain import bundles
from runtimekit.supply_chain.bundles import FunctionSource
from runtimekit.support import atomic_files, machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtimekit.functions.bundle import Bundle
    from runtimekit.images.build import Builder


@dataclass(frozen=True, kw_only=True)
class BundleOptions:
    """The options of ``bundle``, checked."""

    name: ImageName
    manifests: tuple[str, ...] = ()
    push: bool = False
    without_tests: str = ""
    bootstrapped_allowed: bool = False
    username: str = ""
    """The login's; the password comes from standard input."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """An image of a function, and what became of it."""

    bundle: Bundle
    function: FunctionSource
    seconds: float
    """From the container's start until the function was loaded."""
    pushed: Mapping[str, Any] = field(default_factory=dict)

    def row(self, files: Sequence[Path]) -> dict[str, Any]:
        """For machines. Keys are never renamed."""
        return {
            **self.bundle.facts(),
            "ready_seconds": round(self.seconds, 3),
            "pushed": dict(self.pushed),
            "files": [str(file) for file in files],
        }


def parse(
    *,
    tag: str,
    manifests: Sequence[str],
    push: bool,
    skip_tests: bool,
    because: str,
    bootstrapped_allowed: bool,
    username: str,
    password_stdin: bool,
) -> BundleOptions:
    """Check the options, and that they go together.

    Raises:
        OptionsConflictError: They do not go together.
        OptionError: The name, or a kind of manifest, is none.
    """
    if not tag:
        raise OptionsConflictError("--tag NAME:TAG is needed: the image's name, such as hello:1.")
    name = ImageName.parse(tag)
    for kind in manifests:
        if kind not in KINDS:
            raise OptionError("manifest", kind, KINDS)
    if push and not (name.host and name.namespace):
        raise OptionsConflictError(f"--push needs a registry and a folder in --tag, as in ghcr.io/acme/{name.last}:1.")
    if not push and (skip_tests or because or bootstrapped_allowed or username or password_stdin):
        raise OptionsConflictError(
            "--skip-tests, --because, --allow-bootstrapped-bases, --username and --password-stdin are for --push."
        )
    if bool(because.strip()) != skip_tests:
        raise OptionsConflictError("--skip-tests and --because TEXT go together: the reason stands in the record.")
    if bool(username) != password_stdin:
        raise OptionsConflictError("--username and --password-stdin go together; without both, docker's login is used.")
    return BundleOptions(
        name=name,
        manifests=tuple(dict.fromkeys(manifests)),
        push=push,
        without_tests=because.strip(),
        bootstrapped_allowed=bootstrapped_allowed,
        username=username,
    )


KINDS = tuple(manifests.KINDS)
"""Of manifests."""


def make(
    folder: Path, runtime: str, entrypoint: str, wanted: BundleOptions, *, protocol: str = "", cache: bool
) -> Made:
    """Build the function, make its image, start that once, and push it if that is wanted.

    Raises:
        ConfigurationError: The folder does not tell what it is.
        SomeFailedError: The runtime's image cannot be had.
        PublishRefusedError: Something speaks against ``--push``; nothing was built.
        FunctionBuildError, FunctionLaunchError: The function does not build, or does not start.
        BundleError: It cannot become an image.
    """
    context = current()
    guess = detect.guess(folder, context.catalogue_for, runtime=runtime, entrypoint=entrypoint, protocol=protocol)
    bundle.shape_of(guess.runtime)
    view = View(context.progress, folder)
    function = FunctionSource(
        entrypoint=guess.entrypoint or guess.runtime.entrypoint, commit=revision.of(folder).commit
    )
    speaks = f"protocol {guess.runtime.protocol} ({guess.protocol_because})"
    view.note(f"{folder.name}/{function.entrypoint} on {guess.runtime} ({guess.because}), {speaks}")
    platform = f"linux/{machine.native()}"
    builder = with_images([guess.runtime], platform)
    gate = PublishGate(context.configuration, context.catalogue, builder.engine, builder.source, context.output)
    publication = _publication(builder, gate, wanted, folder)
    tests = publication.tests(guess.runtime, platform) if publication else {}
    if not publication and gate.proof(guess.runtime, platform) is None:
        view.note(f"no test of {guess.runtime} as it is now is on record: ./dev verify {guess.runtime}")
    chosen = derived.runtime_for(builder, guess.runtime, folder, platform)
    work = context.configuration.root / WORK
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="bundle-") as scratch:
        archive = Path(scratch) / "function.tar.gz"
        now = source.read(folder)
        digest = now.pack(Path(scratch) / "code.tar.gz")
        with BuildContainer(builder.engine, chosen, platform, Path(scratch), cache=cache) as container:
            try:
                container.build(now, archive, entrypoint=guess.entrypoint, on_line=view.building)
            except FunctionBuildError as error:
                raise error.without_output() from None
        made = bundle.make(
            builder.engine, chosen, archive=archive, source_digest=digest, platform=platform, name=wanted.name
        )
        began = time.monotonic()
        with bundle.running(builder.engine, made, folder=Path(scratch)):
            seconds = time.monotonic() - began
    pushed = publication.publish(made, function, tests, view.note) if publication else {}
    return Made(bundle=made, function=function, seconds=seconds, pushed=pushed)


def _publication(builder: Builder, gate: PublishGate, wanted: BundleOptions, folder: Path) -> BundlePublication | None:
    if not wanted.push:
        return None
    address = address_of(wanted.name)
    publication = BundlePublication(
        builder=builder,
        catalogue=current().catalogue,
        gate=gate,
        address=address,
        login=publish_options.login(address, wanted.username),
        without_tests=wanted.without_tests,
        bootstrapped_allowed=wanted.bootstrapped_allowed,
    )
    if reasons := publication.reasons(folder):
        raise PublishRefusedError(reasons)
    return publication


def write(made: Made, wanted: BundleOptions, folder: Path, *, sbom: bool) -> list[Path]:
    """Write the record, the provenance, and what else is wanted, into a folder. The files' paths."""
    engine, name = current().engine, wanted.name.label
    texts = {}
    service = bundle.service(made.bundle, made.pushed.get("index", ""))
    for kind in wanted.manifests:
        texts[f"{kind}.yaml"] = manifests.text(kind, service, f"{kind}.yaml")
    if sbom:
        texts[f"{name}.spdx.json"] = _text(bundles.bill_of_materials(engine, made.bundle))
    texts["provenance.json"] = _text(bundles.predicate(engine, made.bundle, made.function))
    files = [folder / file for file in texts]
    texts["bundle.json"] = _text(made.row(files))
    for file, text in texts.items():
        atomic_files.write_text(folder / file, text)
    return [*files, folder / "bundle.json"]


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1) + "\n"
