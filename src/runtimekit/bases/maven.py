"""Download files from Maven's central repository without Maven.

Files are pinned by hash. A mirror in the user's Maven settings is used.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import urllib3

from runtimekit.debian import packages
from runtimekit.errors import CommandError
from runtimekit.support import http, retry
from runtimekit.support.home import home

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = Path(".m2/settings.xml")
SUITE = "trixie"
PACKAGE = "libmaven3-core-java"
"""Debian's package of Maven's core. It has the super POM, which names the central repository."""
SUPER_POM = "org/apache/maven/model/pom-4.0.0.xml"

TIMEOUT = urllib3.Timeout(connect=retry.CONNECT_SECONDS, read=20)
"""Seconds to connect, and seconds between two reads. Four attempts with pauses take 3 minutes at most."""
NO_RETRIES = urllib3.Retry(connect=0, read=0, status=0, other=0, redirect=3)
"""urllib3 must not retry: :func:`fetch` repeats the whole download."""
CHUNK_BYTES = 1 << 20


def fetch(artifact: str, version: str, classifier: str, sha256: str, target: Path) -> None:
    """Download a jar to ``target``.

    Args:
        artifact: ``group:name``.
        version: The artifact's version.
        classifier: Selects one file of the version, such as ``linux-x86_64``.
        sha256: The expected hash, in hexadecimal digits.
        target: The file to write. After an error it does not exist.

    Raises:
        CommandError: The repository does not answer, or the hash differs.
    """
    group, name = artifact.split(":")
    url = f"{_repository()}/{group.replace('.', '/')}/{name}/{version}/{name}-{version}-{classifier}.jar"
    doing = f"downloading {artifact}:{version}:{classifier} from Maven's central repository"

    def download() -> None:
        digest = hashlib.sha256()
        try:
            with target.open("wb") as file:
                for part in _read(url):
                    digest.update(part)
                    file.write(part)
        except urllib3.exceptions.HTTPError as error:
            raise CommandError(doing, f"GET {url}", 1, str(error)) from error
        if digest.hexdigest() != sha256:
            raise CommandError(doing, f"GET {url}", 1, f"sha256 is {digest.hexdigest()}, pinned is {sha256}")

    try:
        retry.with_retries(download)
    except CommandError:
        target.unlink(missing_ok=True)
        raise


def _read(url: str) -> Iterator[bytes]:
    response = http.pool(url).request("GET", url, preload_content=False, timeout=TIMEOUT, retries=NO_RETRIES)
    try:
        if response.status != 200:  # noqa: PLR2004 - "OK"
            raise urllib3.exceptions.HTTPError(f"status {response.status}")
        yield from response.stream(CHUNK_BYTES)
    finally:
        response.close()


def _repository() -> str:
    """The URL of the central repository: a mirror from the user's settings, else the one in Maven's super POM."""
    return _mirror(Path.home() / SETTINGS) or _central()


def _mirror(settings: Path) -> str | None:
    """The URL of the central repository's mirror in a settings.xml; None without one."""
    try:
        tree = ET.parse(settings)  # noqa: S314 - the user's own file
    except (OSError, ET.ParseError):
        return None
    for mirror in tree.iterfind(".//{*}mirror"):
        stands_for = [each.strip() for each in (mirror.findtext("{*}mirrorOf") or "").split(",")]
        if {"*", "external:*", "central"}.intersection(stands_for) and "!central" not in stands_for:
            return (mirror.findtext("{*}url") or "").strip().rstrip("/") or None
    return None


def _central() -> str:
    with tempfile.TemporaryDirectory(dir=home()) as scratch:
        area = packages.Area(home() / "apt" / SUITE, SUITE)
        packages.unpack(area.fetch([PACKAGE], Path(scratch) / "debs"), Path(scratch) / "root")
        for jar in Path(scratch).glob("root/**/maven-model-builder*.jar"):
            if jar.is_file():
                return _url_of_central(zipfile.ZipFile(jar).read(SUPER_POM))
    raise CommandError("finding Maven's central repository", f"unpack {PACKAGE}", 1, f"it holds no {SUPER_POM}")


def _url_of_central(pom: bytes) -> str:
    repository = ET.fromstring(pom).find("{*}repositories/{*}repository")  # noqa: S314 - from a signed package
    address = None if repository is None else repository.findtext("{*}url")
    if address is None:
        raise CommandError("finding Maven's central repository", f"read {SUPER_POM}", 1, "it names no repository")
    return address.strip().rstrip("/")
