"""Statements about an image, in BuildKit's format for attestations. No input or output: the result is bytes to push.

An in-toto statement makes a claim (the predicate) about an image manifest (the subject). All statements about one
manifest are layers of one attestation manifest. The index lists it beside the image's, with the platform
``unknown/unknown`` (https://docs.docker.com/build/metadata/attestations/attestation-storage/).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.support.canonical_json import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
STATEMENT_MEDIA_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Blob:
    """Bytes with their media type."""

    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """The digest under which a registry stores the bytes: ``sha256:…``."""
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"

    def descriptor(self, **more: Mapping[str, str]) -> dict[str, Any]:
        """The OCI content descriptor, with which a manifest or an index refers to it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.data), **more}


@dataclass(frozen=True)
class Attestation:
    """What to push for one image manifest: first the blobs, then the manifest, then an index that lists it."""

    subject: str
    """The digest of the image manifest."""
    manifest: Blob
    blobs: tuple[Blob, ...]

    @property
    def descriptor(self) -> dict[str, Any]:
        """The attestation's entry in the index, beside the image's."""
        return self.manifest.descriptor(
            annotations={
                "vnd.docker.reference.digest": self.subject,
                "vnd.docker.reference.type": "attestation-manifest",
            },
            platform={"architecture": "unknown", "os": "unknown"},
        )


def statement(
    subject_name: str, subject_digest: str, predicate_type: str, predicate: Mapping[str, Any]
) -> dict[str, Any]:
    """An in-toto statement (https://in-toto.io/Statement/v1) about one image manifest."""
    algorithm, _, value = subject_digest.partition(":")
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": subject_name, "digest": {algorithm: value}}],
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def attestation(subject_digest: str, statements: Sequence[Mapping[str, Any]]) -> Attestation:
    """The attestation manifest of one image manifest. The same statements always give the same bytes."""
    layers = [Blob(STATEMENT_MEDIA_TYPE, canonical(each)) for each in statements]
    config = Blob(
        CONFIG_TYPE,
        canonical(
            {
                "architecture": "unknown",
                "os": "unknown",
                "config": {},
                "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
            }
        ),
    )
    rows = [
        layer.descriptor(annotations={"in-toto.io/predicate-type": each["predicateType"]})
        for layer, each in zip(layers, statements, strict=True)
    ]
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": config.descriptor(), "layers": rows}
    return Attestation(subject_digest, Blob(MANIFEST_TYPE, canonical(manifest)), (config, *layers))
