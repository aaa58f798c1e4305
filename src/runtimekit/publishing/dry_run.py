"""The steps that a publication would take, for ``--dry-run``. Only the engine is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.conformance import verify
from runtimekit.publishing.model import fingerprint_of
from runtimekit.publishing.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runtimekit.images.build import Builder
    from runtimekit.images.plan import Plan
    from runtimekit.publishing.model import PlatformImage
    from runtimekit.publishing.publish import PublishOptions
    from runtimekit.publishing.test_gate import PublishGate
    from runtimekit.repository.catalogue import Catalogue, Runtime


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    runtime: str
    what: str
    platform: str = ""
    how: str = ""


def of_publication(
    runtimes: Sequence[Runtime],
    plan: Plan,
    builder: Builder,
    gate: PublishGate,
    catalogue: Catalogue,
    options: PublishOptions,
    places: Mapping[tuple[Runtime, str], object] | None = None,
) -> Iterator[Step]:
    """The steps of publishing these runtimes, in their order; ``places`` are the nodes that build, where nodes do."""
    missing = {(each.runtime, each.platform): each.because for each in plan.missing}
    stale = {(step.runtime, name) for step in plan.build for name in step.platforms}
    for runtime in runtimes:
        declared = [each.docker for each in runtime.platforms]
        wanted = [name for name in declared if options.platforms is None or name in options.platforms]
        for name in wanted:
            if because := missing.get((runtime, name)):
                yield Step(str(runtime), "build", name, f"impossible here: {because}")
            elif (runtime, name) in stale:
                yield Step(str(runtime), "build", name, f"on {places[runtime, name]}" if places else "")
            else:
                yield Step(str(runtime), "keep", name, "its inputs have not changed")
        for name in wanted:
            yield Step(str(runtime), "test", name, _test(runtime, name, gate, catalogue, options, stale))
        repository = options.address.reference(runtime.build_image)
        for name in wanted:
            yield Step(str(runtime), "push by digest", name, f"{repository}; only blobs that are not there")
        for name in wanted:
            yield Step(str(runtime), "attest", name, "its bill of materials and its provenance")
        if options.digests:
            yield Step(str(runtime), "write digests", "", str(options.digests))
        elif not missing:
            prints = {name: builder.fingerprint(runtime, name) for name in declared}
            yield from _release(runtime, catalogue, repository, prints)


def of_merge(merged: Mapping[Runtime, Sequence[PlatformImage]], catalogue: Catalogue) -> Iterator[Step]:
    """The steps of merging what other machines have pushed."""
    for runtime, images in merged.items():
        for image in images:
            yield Step(str(runtime), "take", image.platform, image.manifest.digest)
        prints = {image.platform: image.fingerprint for image in images}
        yield from _release(runtime, catalogue, images[0].repository, prints)


def _release(runtime: Runtime, catalogue: Catalogue, repository: str, prints: Mapping[str, str]) -> Iterator[Step]:
    platforms = ", ".join(name.rpartition("/")[2] for name in prints)
    tags = Tags.of(runtime, catalogue, fingerprint_of(prints))
    yield Step(str(runtime), "push the index", platforms, "by digest, of exactly the tested images")
    yield Step(str(runtime), "verify", platforms, "from a clean client: every manifest, configuration and blob")
    yield Step(str(runtime), "sign the index", "", "if there is a key or an identity; verified at once")
    yield Step(str(runtime), "set the tag", "", f"{repository}:{tags.immutable}, refused if it is something else")
    for tag in tags.moving:
        yield Step(str(runtime), "set the tag", "", f"{repository}:{tag}")


def _test(
    runtime: Runtime,
    platform: str,
    gate: PublishGate,
    catalogue: Catalogue,
    options: PublishOptions,
    stale: set[tuple[Runtime, str]],
) -> str:
    if options.without_tests:
        return f"SKIPPED because: {options.without_tests}"
    parts = []
    for each in gate.needs(runtime):
        proof = None if (each, platform) in stale else gate.proof(each, platform)
        scope = verify.scope_for(each, catalogue, platform)
        parts.append(f"{each}: passed {proof.at}" if proof else f"{each}: {scope} scope")
    return ", ".join(parts)
