"""How was an image made? The answer as SLSA provenance (https://slsa.dev/spec/v1.1/provenance).

It contains no times and no run numbers. The same inputs give the same statement, so publishing again uploads nothing.
The record of a publication (``build/publish``) says when and where it ran.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.repository.identifiers import split_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

PREDICATE_TYPE = "https://slsa.dev/provenance/v1"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """How an image for one platform was made."""

    runtime: str
    platform: str
    dockerfile: str
    """Its path from the repository's root."""
    source: str
    """The repository's web address."""
    commit: str
    fingerprint: str
    inputs: Mapping[str, Any]
    """What the fingerprint hashes (:mod:`runtimekit.images.fingerprint`). ``bases`` maps FROM references to digests."""
    stand_in: str = ""
    """What a locally made base consists of; ``bases`` then has hashes of recipes. Empty for an official base."""
    epoch: int
    """``SOURCE_DATE_EPOCH``: the commit's time, in seconds."""
    builder: str
    """Who vouches for the statement: :func:`builder_id`."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """The versions of the tools: docker, buildx, this project."""


def predicate(origin: Origin) -> dict[str, Any]:
    """The predicate of type :data:`PREDICATE_TYPE`."""
    return {
        "buildDefinition": {
            "buildType": f"{origin.source}/blob/{origin.commit}/docs/supply-chain.md#build-type",
            "externalParameters": {
                "runtime": origin.runtime,
                "platform": origin.platform,
                "dockerfile": origin.dockerfile,
            },
            "internalParameters": {
                "fingerprint": origin.fingerprint,
                "inputs": dict(origin.inputs),
                "buildArguments": {"SOURCE_DATE_EPOCH": str(origin.epoch)},
            },
            "resolvedDependencies": [
                {"uri": f"git+{origin.source}@{origin.commit}", "digest": {"gitCommit": origin.commit}},
                *(_base(origin, reference, digest) for reference, digest in sorted(origin.inputs["bases"].items())),
            ],
        },
        "runDetails": {"builder": {"id": origin.builder, "version": dict(sorted(origin.tools.items()))}},
    }


def _base(origin: Origin, reference: str, digest: str) -> dict[str, Any]:
    if origin.stand_in:
        recipes = f"{origin.source}/tree/{origin.commit}/bases"
        return {
            "uri": recipes,
            "name": reference,
            "digest": {"sha256": digest},
            "annotations": {"standIn": origin.stand_in},
        }
    name, version = split_tag(reference)
    algorithm, _, value = digest.partition(":")
    platform = origin.platform.replace("/", "%2F")
    return {"uri": f"pkg:docker/{name}@{version}?platform={platform}", "digest": {algorithm: value}}


def builder_id(source: str, environment: Mapping[str, str]) -> str:
    """The builder's name: the workflow where GitHub runs it, else the repository with ``#local``.

    In SLSA, a verifier trusts builders, not machines. So a local build has another name than one on GitHub.
    """
    server, workflow = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_WORKFLOW_REF", "")
    return f"{server}/{workflow}" if server and workflow else f"{source}#local"
