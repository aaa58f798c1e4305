"""Readers for the package databases in images: ``(path, bytes) → packages``.

A reader raises nothing. A file that only looks like a database has no packages.
"""

from __future__ import annotations

import email.parser
import functools
import io
import json
import re
import tomllib
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from runtimekit.supply_chain.packages import Package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


_NOT_UNDERSTOOD = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,  # too deeply nested JSON, an encrypted zip
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


def find_reader(path: str) -> Callable[[str, bytes], list[Package]] | None:
    """The reader for a file, by its path in the image without the leading slash; None if it is no database."""
    for pattern, reader in _READERS:
        if pattern.search(path):
            return functools.partial(_tolerant, reader)
    return None


def _tolerant(reader: Callable[[str, bytes], Iterator[Package]], path: str, data: bytes) -> list[Package]:
    try:
        return list(reader(path, data))
    except _NOT_UNDERSTOOD:
        return []


def _paragraphs(data: bytes) -> Iterator[dict[str, str]]:
    """Debian's control form: ``Key: value`` lines, an empty line between two packages."""
    for text in data.decode(errors="replace").split("\n\n"):
        lines = (line.partition(":") for line in text.splitlines() if line[:1] not in {"", " ", "\t"})
        if fields := {key: value.strip() for key, colon, value in lines if colon}:
            yield fields


def _debian(path: str, data: bytes) -> Iterator[Package]:
    for fields in _paragraphs(data):
        if fields.get("Status", "install ok installed").endswith(" installed") and "Package" in fields:
            architecture = fields.get("Architecture", "")
            yield Package(
                kind="deb",
                name=fields["Package"],
                version=fields["Version"],
                qualifiers=(("arch", architecture),) if architecture else (),
                found_in=path,
            )


def _alpine(path: str, data: bytes) -> Iterator[Package]:
    for fields in _paragraphs(data):
        if "P" in fields:
            yield Package(
                kind="apk",
                name=fields["P"],
                version=fields["V"],
                qualifiers=(("arch", fields["A"]),) if "A" in fields else (),
                licence=fields.get("L", ""),
                found_in=path,
            )


def _python(path: str, data: bytes) -> Iterator[Package]:
    fields = email.parser.BytesHeaderParser().parsebytes(data)
    name = re.sub(r"[-_.]+", "-", str(fields["Name"])).lower()  # as PyPI compares names (PEP 503)
    licence = str(fields["License-Expression"] or fields["License"] or "").partition("\n")[0]
    if fields["Name"] and fields["Version"]:
        yield Package(kind="pypi", name=name, version=str(fields["Version"]), licence=licence, found_in=path)


def _npm(path: str, data: bytes) -> Iterator[Package]:
    values = json.loads(data)
    scope, _, name = str(values["name"]).rpartition("/")
    stated = values.get("license") or ""
    licence = str(stated.get("type", "") if isinstance(stated, dict) else stated)
    yield Package(
        kind="npm", namespace=scope, name=name, version=str(values["version"]), licence=licence, found_in=path
    )


_GEM_FIELD = re.compile(r"""\bs\.(name|version|licenses?) = (?:Gem::Version\.new\()?\[?["']([^"']+)["']""")


def _gem(path: str, data: bytes) -> Iterator[Package]:
    fields: dict[str, str] = dict(_GEM_FIELD.findall(data.decode(errors="replace")))
    licence = fields.get("license") or fields.get("licenses", "")
    yield Package(kind="gem", name=fields["name"], version=fields["version"], licence=licence, found_in=path)


def _composer(path: str, data: bytes) -> Iterator[Package]:
    values = json.loads(data)
    for each in values["packages"] if isinstance(values, dict) else values:
        vendor, _, name = each["name"].rpartition("/")
        licence = " OR ".join(each.get("license") or ())
        yield Package(
            kind="composer", namespace=vendor, name=name, version=each["version"], licence=licence, found_in=path
        )


def _cargo(path: str, data: bytes) -> Iterator[Package]:
    values = tomllib.loads(data.decode())
    rows: list[Mapping[str, Any]] = [each for each in values.get("package", ()) if "source" in each]
    for each in rows:  # a package without a source is the workspace itself
        yield Package(kind="cargo", name=each["name"], version=each["version"], found_in=path)


_JAR_NAME = re.compile(r"(?P<name>[A-Za-z][\w.-]*?)-(?P<version>\d[\w.]*?)\.jar$")


def _jar(path: str, data: bytes) -> Iterator[Package]:
    """Read Maven's properties in the jar; without them, use the file name."""
    found = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"META-INF/maven/[^/]+/[^/]+/pom\.properties", name):
                lines = archive.read(name).decode(errors="replace").splitlines()
                fields = dict(line.partition("=")[::2] for line in lines if "=" in line)
                found = True
                yield Package(
                    kind="maven",
                    namespace=fields["groupId"].strip(),
                    name=fields["artifactId"].strip(),
                    version=fields["version"].strip(),
                    found_in=path,
                )
    if not found and (match := _JAR_NAME.search(path.rpartition("/")[2])):
        yield Package(kind="maven", name=match["name"], version=match["version"], found_in=path)


def _version_file(name: str, pattern: str) -> Callable[[str, bytes], Iterator[Package]]:
    """Make a reader for an interpreter's own version file."""
    compiled = re.compile(pattern, re.MULTILINE)

    def reader(path: str, data: bytes) -> Iterator[Package]:
        if match := compiled.search(data.decode(errors="replace")):
            yield Package(kind="generic", name=name, version=".".join(match.groups()), found_in=path)

    return reader


_READERS: tuple[tuple[re.Pattern[str], Callable[[str, bytes], Iterator[Package]]], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"^var/lib/dpkg/(?:status|status\.d/[^/]+(?<!\.md5sums))$", _debian),
        (r"^(?:usr/)?lib/apk/db/installed$", _alpine),
        (r"\.(?:dist-info/METADATA|egg-info/PKG-INFO|egg-info)$", _python),
        (r"(?:^|/)node_modules/(?:@[^/]+/)?[^/@]+/package\.json$", _npm),
        (r"/specifications/(?:default/)?[^/]+\.gemspec$", _gem),
        (r"(?:^|/)vendor/composer/installed\.json$", _composer),
        (r"(?:^|/)Cargo\.lock$", _cargo),
        (r"\.jar$", _jar),
        (r"/include/python3\.\d+/patchlevel\.h$", _version_file("python", r'^#define PY_VERSION\s+"([^"]+)"')),
        (
            r"/include/node/node_version\.h$",
            _version_file(
                "node", r"NODE_MAJOR_VERSION (\d+)[\s\S]*NODE_MINOR_VERSION (\d+)[\s\S]*NODE_PATCH_VERSION (\d+)"
            ),
        ),
        (r"^usr/(?:local/go|lib/go[^/]*)/VERSION$", _version_file("go", r"^go([\d.]+)")),
        (
            r"(?:^|/)(?:jvm/[^/]+|[^/]*(?:jdk|jre|java|corretto)[^/]*)/release$",
            _version_file("java", r'^JAVA_VERSION="([^"]+)"'),
        ),
    )
)
