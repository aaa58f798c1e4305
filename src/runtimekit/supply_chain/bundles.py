"""Where an image of one function comes from: its bill of materials, its provenance, and both as an attestation."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runtimekit.repository.identifiers import split_tag
from runtimekit.supply_chain import attestations, describe, provenance, spdx

if TYPE_CHECKING:
    from runtimekit.engine.client import Engine
    from runtimekit.functions.bundle import Bundle
    from runtimekit.supply_chain.attestations import Attestation


@dataclass(frozen=True, kw_only=True)
class FunctionSource:
    """Where a function's source was taken from."""

    entrypoint: str
    commit: str = "unknown"
    """Of the function's own repository; ``unknown`` if it is in none."""


def bill_of_materials(engine: Engine, bundle: Bundle, reference: str = "") -> dict[str, Any]:
    """The SPDX document of a bundle: what the runtime's image holds, and what the function has brought.

    Args:
        engine: The engine that has the image.
        bundle: The image.
        reference: The reference under which it is published (default: its local name).

    Raises:
        CommandError: The engine cannot read it.
    """
    name = str(bundle.name)
    seen = replace(bundle.runtime, build_image=name, run_image=name)
    digest = bundle.image.manifest.digest
    return describe.bill_of_materials(engine, seen, bundle.platform, name=reference or name, digest=digest)


def predicate(engine: Engine, bundle: Bundle, function: FunctionSource) -> dict[str, Any]:
    """How a bundle was made, as SLSA provenance: of which runtime's image, and of which function.

    It holds no times, so making the same image again gives the same statement.
    """
    # The labels of the image below are in the bundle: the engine may have another image under its name by now.
    origin = describe.origin(engine, replace(bundle.runtime, build_image=str(bundle.name)), bundle.platform)
    image, version = split_tag(bundle.runtime.run_image)
    platform = bundle.platform.replace("/", "%2F")
    source: dict[str, Any] = {"name": "function", "digest": {"sha256": bundle.source_digest}}
    if function.commit != "unknown":
        source["annotations"] = {"gitCommit": function.commit}
    return {
        "buildDefinition": {
            "buildType": f"{origin.source}/blob/{origin.commit}/docs/bundles.md#build-type",
            "externalParameters": {
                "runtime": str(bundle.runtime),
                "platform": bundle.platform,
                "entrypoint": function.entrypoint,
            },
            "internalParameters": {"layer": bundle.image.layer},
            "resolvedDependencies": [
                source,
                {
                    "uri": f"pkg:docker/{image}@{version}?platform={platform}",
                    "digest": {"sha256": bundle.image.base.digest.removeprefix("sha256:")},
                },
                {"uri": f"git+{origin.source}@{origin.commit}", "digest": {"gitCommit": origin.commit}},
            ],
        },
        "runDetails": {
            "builder": {
                "id": provenance.builder_id(origin.source, os.environ),
                "version": dict(sorted(origin.tools.items())),
            }
        },
    }


def attest(engine: Engine, bundle: Bundle, function: FunctionSource, reference: str) -> Attestation:
    """The attestation of a bundle: the manifest and the blobs to push beside it.

    Args:
        engine: The engine that has the image.
        bundle: The image.
        function: Where its function is from.
        reference: The reference under which it is published, without a digest.

    Raises:
        CommandError: The engine cannot read it.
    """
    digest = bundle.image.manifest.digest
    predicates = {
        spdx.PREDICATE_TYPE: bill_of_materials(engine, bundle, reference),
        provenance.PREDICATE_TYPE: predicate(engine, bundle, function),
    }
    statements = [attestations.statement(reference, digest, kind, each) for kind, each in predicates.items()]
    return attestations.attestation(digest, statements)
