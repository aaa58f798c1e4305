"""A bill of materials as SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/). The same image gives the same document."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runtimekit.repository.identifiers import split_tag
from runtimekit.supply_chain.packages import Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREDICATE_TYPE = "https://spdx.dev/Document"
_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")
_IMAGE, _BASE = "SPDXRef-Image", "SPDXRef-Base"


@dataclass(frozen=True, kw_only=True)
class ImageDescription:
    """The image that a bill of materials describes."""

    name: str
    """Its reference: ``python-runtime:3.10``."""
    platform: str
    digest: str
    """The digest of the manifest, or the engine's image id: ``sha256:…``."""
    created: str
    """The commit's time (RFC 3339), so that the document does not depend on the day."""
    source: str
    """The repository's web address."""
    licence: str = ""
    base: str = ""
    """The reference of the base image."""
    base_digest: str = ""
    stand_in: str = ""
    """What a locally made base consists of; empty for an official image."""
    project_packages: tuple[Package, ...] = field(default=())
    """The image's parts from this repository."""


def document(image: ImageDescription, packages: Iterable[Package], tool: str) -> dict[str, Any]:
    """The document, ready for JSON. ``tool`` is this project with its version, as in ``runtimekit-0.1.0``."""
    rows = [_image(image)]
    relations = [_relation("SPDXRef-DOCUMENT", "DESCRIBES", _IMAGE)]
    if image.base:
        rows.append(_base(image))
        relations.append(_relation(_IMAGE, "DESCENDANT_OF", _BASE))
    for package in (*image.project_packages, *packages):
        rows.append(_package(package))
        relations.append(_relation(_IMAGE, "CONTAINS", _identifier(package)))
    name = f"{image.name} {image.platform}"
    place = f"{_UNSAFE.sub('-', name)}-{image.digest.removeprefix('sha256:')}"
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"{image.source}/spdx/{place}",
        "creationInfo": {"created": image.created, "creators": [f"Tool: {tool}"]},
        "packages": rows,
        "relationships": relations,
    }


def _image(image: ImageDescription) -> dict[str, Any]:
    name, version = split_tag(image.name)
    return _row(
        _IMAGE,
        name,
        version,
        purl=_image_purl(image.name, image.digest, image.platform),
        digest=image.digest,
        primaryPackagePurpose="CONTAINER",
        licenseDeclared=image.licence or "NOASSERTION",
    )


def _base(image: ImageDescription) -> dict[str, Any]:
    name, version = split_tag(image.base)
    more = {"comment": f"not the official image, but a stand-in: {image.stand_in}"} if image.stand_in else {}
    return _row(
        _BASE,
        name,
        version,
        purl="" if image.stand_in else _image_purl(image.base, image.base_digest, image.platform),
        digest=image.base_digest,
        primaryPackagePurpose="CONTAINER",
        **more,
    )


def _package(package: Package) -> dict[str, Any]:
    full_name = "/".join(filter(None, [package.namespace if package.kind not in {"deb", "apk"} else "", package.name]))
    more = {"licenseComments": f"In the package's own words: {package.licence}"} if package.licence else {}
    return _row(
        _identifier(package),
        full_name,
        package.version,
        purl=package.purl,
        sourceInfo=f"found in {package.found_in}",
        **more,
    )


def _row(identifier: str, name: str, version: str, *, purl: str, digest: str = "", **more: str) -> dict[str, Any]:
    """A package with the fields that SPDX 2.3 requires. Unknown values are ``NOASSERTION``."""
    row: dict[str, Any] = {
        "SPDXID": identifier,
        "name": name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }
    if version:
        row["versionInfo"] = version
    if digest:
        row["checksums"] = [{"algorithm": "SHA256", "checksumValue": digest.removeprefix("sha256:")}]
    if purl:
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        row["externalRefs"] = [reference]
    return row | more


def _image_purl(reference: str, digest: str, platform: str) -> str:
    name, version = split_tag(reference)
    path, _, last = name.rpartition("/")
    qualifiers = [("arch", platform.partition("/")[2]), ("tag", version)]
    qualifiers += [("repository_url", name)] if path else []
    return Package(kind="oci", name=last, version=digest, qualifiers=tuple(qualifiers)).purl


def _identifier(package: Package) -> str:
    """A readable identifier. A hash keeps names apart that differ only in characters that SPDX forbids."""
    readable = _UNSAFE.sub("-", f"{package.kind}-{package.name}-{package.version}").strip("-")
    return f"SPDXRef-{readable}-{hashlib.sha256(package.purl.encode()).hexdigest()[:8]}"


def _relation(one: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def project_packages(contexts: Mapping[str, str], adapter: str, revision: str) -> tuple[Package, ...]:
    """The parts of an image from this repository, such as the gateway and the adapter.

    ``contexts`` maps named build contexts to the digests of their folders.
    """
    return tuple(
        Package(
            kind="generic",
            name=f"runtimekit-adapter-{adapter}" if context == "adapter" else f"runtimekit-{context}",
            version=revision,
            qualifiers=(("checksum", f"sha256:{digest}"),),
            found_in=f"the build's named context {context!r}",
        )
        for context, digest in sorted(contexts.items())
    )
