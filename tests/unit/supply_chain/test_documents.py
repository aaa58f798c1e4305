"""Bills of materials, provenance and attestations: valid, complete, and the same bytes each time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from runtimekit.supply_chain import attestations, provenance, spdx
from runtimekit.supply_chain.packages import Package

DIGEST = "sha256:" + "a" * 64
BASE = "sha256:" + "b" * 64
IMAGE = spdx.ImageDescription(
    name="localhost:5000/acme/python-runtime:3.10",
    platform="linux/arm64",
    digest=DIGEST,
    created="2026-11-21T20:43:37Z",
    source="https://example.org/runtimes",
    licence="MIT",
    base=f"python:3.10-slim@{BASE}",
    base_digest=BASE,
    project_packages=spdx.project_packages(
        {"gateway": "1" * 64, "adapter": "2" * 64, "common": "3" * 64}, "python", "c0ffee"
    ),
)
PACKAGES = (
    Package(kind="deb", namespace="debian", name="libstdc++6", version="12.2.0-14", qualifiers=(("arch", "arm64"),)),
    Package(kind="deb", namespace="debian", name="libstdc--6", version="12.2.0-14", found_in="var/lib/dpkg/status"),
    Package(kind="npm", namespace="@scope", name="tool", version="1.0", licence="see LICENSE.md", found_in="x"),
    Package(kind="golang", namespace="example.org/x", name="y", version=""),
)


def document(**changes: Any) -> dict[str, Any]:
    """A bill of materials."""
    return spdx.document(replace(IMAGE, **changes), PACKAGES, "runtimekit-0.1.0")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"base": "", "base_digest": ""},
        {"stand_in": "Debian's packages"},
        {"name": "x", "base": "debian", "project_packages": ()},
    ],
)
def test_a_bill_of_materials_is_valid_spdx(changes: dict[str, Any]) -> None:
    """As SPDX's own tools read and check it, also after a way through JSON."""
    parsed = JsonLikeDictParser().parse(json.loads(json.dumps(document(**changes))))
    assert [message.validation_message for message in validate_full_spdx_document(parsed)] == []


def test_the_validator_would_complain() -> None:
    """Otherwise the test above could not fail."""
    wrong = document() | {"documentNamespace": "no address"}
    assert validate_full_spdx_document(JsonLikeDictParser().parse(wrong))


def test_a_bill_of_materials_says_what_the_image_is_and_stands_on() -> None:
    """Image, base, our own parts and every package, each related to the image."""
    made = document()
    rows = {row["SPDXID"]: row for row in made["packages"]}
    assert rows["SPDXRef-Image"]["checksums"] == [{"algorithm": "SHA256", "checksumValue": "a" * 64}]
    purls = [reference["referenceLocator"] for row in rows.values() for reference in row.get("externalRefs", ())]
    assert f"pkg:oci/python@sha256:{'b' * 64}?arch=arm64&tag=3.10-slim" in purls
    place = "localhost:5000%2Facme%2Fpython-runtime"
    assert f"pkg:oci/python-runtime@{DIGEST}?arch=arm64&repository_url={place}&tag=3.10" in purls
    assert {"runtimekit-gateway", "runtimekit-adapter-python", "runtimekit-common", "@scope/tool", "libstdc++6"} <= {
        row["name"] for row in rows.values()
    }
    related = {(each["relationshipType"], each["relatedSpdxElement"]) for each in made["relationships"]}
    assert related >= {("DESCRIBES", "SPDXRef-Image"), ("DESCENDANT_OF", "SPDXRef-Base")}
    contained = {identifier for kind, identifier in related if kind == "CONTAINS"}
    assert contained == rows.keys() - {"SPDXRef-Image", "SPDXRef-Base"}


def test_a_stand_in_is_never_called_the_official_image() -> None:
    """Its contents differ from the official image's."""
    row = next(row for row in document(stand_in="Debian's packages")["packages"] if row["SPDXID"] == "SPDXRef-Base")
    assert "externalRefs" not in row
    assert "stand-in: Debian's packages" in row["comment"]


ORIGIN = provenance.Origin(
    runtime="python-3.10",
    platform="linux/arm64",
    dockerfile="runtimes/python-3.10/Dockerfile",
    source="https://example.org/runtimes",
    commit="c0ffee",
    fingerprint="f" * 64,
    inputs={"bases": {"python:3.10-slim": BASE}, "folder": "1" * 64},
    epoch=1,
    builder="https://example.org/runtimes#local",
    tools={"docker": "28.0", "buildx": "v0.30"},
)


def test_provenance_has_what_slsa_requires() -> None:
    """https://slsa.dev/spec/v1.1/provenance: a build type, all external parameters, the builder's id."""
    made = provenance.predicate(ORIGIN)
    definition = made["buildDefinition"]
    assert definition["buildType"].startswith("https://")
    assert definition["externalParameters"] == {
        "runtime": "python-3.10",
        "platform": "linux/arm64",
        "dockerfile": "runtimes/python-3.10/Dockerfile",
    }
    assert definition["resolvedDependencies"] == [
        {"uri": "git+https://example.org/runtimes@c0ffee", "digest": {"gitCommit": "c0ffee"}},
        {"uri": "pkg:docker/python@3.10-slim?platform=linux%2Farm64", "digest": {"sha256": "b" * 64}},
    ]
    assert made["runDetails"]["builder"]["id"] == "https://example.org/runtimes#local"
    assert definition["internalParameters"]["buildArguments"] == {"SOURCE_DATE_EPOCH": "1"}


def test_provenance_of_a_stand_in_names_the_recipe_and_not_the_image() -> None:
    """What was never pulled is no dependency."""
    inputs = {"bases": {"python:3.10-slim": "9" * 64}}
    made = provenance.predicate(replace(ORIGIN, stand_in="Debian's packages", inputs=inputs))
    base = made["buildDefinition"]["resolvedDependencies"][1]
    assert base["uri"] == "https://example.org/runtimes/tree/c0ffee/bases"
    assert base["annotations"] == {"standIn": "Debian's packages"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "https://s#local"),
        ({"GITHUB_WORKFLOW_REF": "a/b/.github/workflows/c.yml@refs/heads/main"}, "https://s#local"),
        (
            {
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_WORKFLOW_REF": "a/b/.github/workflows/c.yml@refs/heads/main",
            },
            "https://github.com/a/b/.github/workflows/c.yml@refs/heads/main",
        ),
    ],
)
def test_a_local_build_is_told_from_one_in_ci(environment: dict[str, str], expected: str) -> None:
    """A verifier trusts a workflow, not any machine."""
    assert provenance.builder_id("https://s", environment) == expected


def attested() -> attestations.Attestation:
    """Two statements about one image."""
    kinds = {spdx.PREDICATE_TYPE: document(), provenance.PREDICATE_TYPE: provenance.predicate(ORIGIN)}
    statements = [attestations.statement("acme/python", DIGEST, kind, what) for kind, what in kinds.items()]
    return attestations.attestation(DIGEST, statements)


def test_an_attestation_has_buildkits_form() -> None:
    """Keys and values of an attestation manifest that BuildKit 0.13 wrote with --provenance=mode=max."""
    made = attested()
    manifest = json.loads(made.manifest.data)
    config, *layers = made.blobs
    assert manifest == {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": "sha256:" + hashlib.sha256(config.data).hexdigest(),
            "size": len(config.data),
        },
        "layers": [
            {
                "mediaType": "application/vnd.in-toto+json",
                "digest": "sha256:" + hashlib.sha256(layer.data).hexdigest(),
                "size": len(layer.data),
                "annotations": {"in-toto.io/predicate-type": json.loads(layer.data)["predicateType"]},
            }
            for layer in layers
        ],
    }
    assert json.loads(config.data) == {
        "architecture": "unknown",
        "os": "unknown",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
    }
    assert made.descriptor == {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": "sha256:" + hashlib.sha256(made.manifest.data).hexdigest(),
        "size": len(made.manifest.data),
        "annotations": {
            "vnd.docker.reference.digest": DIGEST,
            "vnd.docker.reference.type": "attestation-manifest",
        },
        "platform": {"architecture": "unknown", "os": "unknown"},
    }


def test_statements_are_about_exactly_the_image() -> None:
    """in-toto's Statement v1, with the manifest's digest as its subject."""
    for blob in attested().blobs[1:]:
        said = json.loads(blob.data)
        assert said["_type"] == "https://in-toto.io/Statement/v1"
        assert said["subject"] == [{"name": "acme/python", "digest": {"sha256": "a" * 64}}]


def test_the_same_facts_make_the_same_bytes() -> None:
    """Whatever the order in which they were put together: publishing again uploads nothing."""
    again = dict(reversed(document().items()))
    one = attestations.attestation(DIGEST, [attestations.statement("n", DIGEST, "t", document())])
    other = attestations.attestation(DIGEST, [attestations.statement("n", DIGEST, "t", again)])
    assert one == other
