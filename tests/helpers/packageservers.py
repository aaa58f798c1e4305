"""What registries of packages answer, each with one package called `thing`: for a server that fails as it is told."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile

from faults import Answer

FILLING = base64.b85encode(hashlib.shake_128(b"thing").digest(60_000)).decode()
"""Makes packages large enough to be cut in the middle."""
HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}
ARCHIVE = {"Content-Type": "application/octet-stream", "Cache-Control": "public, max-age=31536000, immutable"}
"""As registries have it: pip and npm keep nothing else."""


def zipped(files: dict[str, str]) -> bytes:
    """A zip file of texts, by their names."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # with a date of its own: the same bytes each time
    return sink.getvalue()


def tgz(files: dict[str, str]) -> bytes:
    """A tar file of texts, by their names, packed with gzip."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(sink.getvalue(), mtime=0)


def _python() -> dict[str, Answer]:
    about = "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"
    wheel = zipped(
        {
            "thing.py": f"filling = '''{FILLING}'''\n",
            "thing-1.0.dist-info/METADATA": about,
            "thing-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "thing-1.0.dist-info/RECORD": "",
        }
    )
    name = "thing-1.0-py3-none-any.whl"
    return {
        "/simple/thing/": Answer(200, HTML, f'<a href="/wheels/{name}">{name}</a>'.encode()),
        f"/wheels/{name}": Answer(200, ARCHIVE, wheel),
    }


def _npm(host: str) -> dict[str, Answer]:
    version = {"name": "thing", "version": "1.0.0"}
    package = tgz({"package/package.json": json.dumps(version), "package/index.js": f"module.exports = `{FILLING}`;"})
    digest = base64.b64encode(hashlib.sha512(package).digest()).decode()
    dist = {"tarball": f"http://{host}/thing/-/thing-1.0.0.tgz", "integrity": f"sha512-{digest}"}
    about = {"name": "thing", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version | {"dist": dist}}}
    return {
        "/thing": Answer(200, JSON, json.dumps(about).encode()),
        "/thing/-/thing-1.0.0.tgz": Answer(200, ARCHIVE, package),
    }


def _go() -> dict[str, Answer]:
    module = "module example.com/thing\n\ngo 1.24\n"
    folder = "example.com/thing@v1.0.0"
    source = f"package thing\n\nconst Filling = {json.dumps(FILLING)}\n"
    return {
        "/example.com/thing/@v/list": Answer(200, HTML, b"v1.0.0\n"),
        "/example.com/thing/@latest": Answer(200, JSON, b'{"Version": "v1.0.0"}'),
        "/example.com/thing/@v/v1.0.0.info": Answer(200, JSON, b'{"Version": "v1.0.0"}'),
        "/example.com/thing/@v/v1.0.0.mod": Answer(200, HTML, module.encode()),
        "/example.com/thing/@v/v1.0.0.zip": Answer(
            200, ARCHIVE, zipped({f"{folder}/go.mod": module, f"{folder}/thing.go": source})
        ),
    }


def _cargo(host: str) -> dict[str, Answer]:
    crate = tgz(
        {
            "thing-1.0.0/Cargo.toml": '[package]\nname = "thing"\nversion = "1.0.0"\nedition = "2021"\n',
            "thing-1.0.0/src/lib.rs": f"pub const FILLING: &str = {json.dumps(FILLING)};\n",
        }
    )
    entry = {
        "name": "thing",
        "vers": "1.0.0",
        "deps": [],
        "cksum": hashlib.sha256(crate).hexdigest(),
        "features": {},
        "yanked": False,
    }
    return {
        "/config.json": Answer(200, JSON, json.dumps({"dl": f"http://{host}/crates/{{crate}}.crate"}).encode()),
        "/th/in/thing": Answer(200, JSON, json.dumps(entry).encode() + b"\n"),
        "/crates/thing.crate": Answer(200, ARCHIVE, crate),
    }


def _apt() -> dict[str, Answer]:
    package = b"a package is only downloaded here " + FILLING.encode()
    about = (
        "Package: thing\nVersion: 1.0\nArchitecture: all\nMaintainer: nobody\nDescription: a thing\n"
        f"Filename: ./thing_1.0_all.deb\nSize: {len(package)}\nSHA256: {hashlib.sha256(package).hexdigest()}\n\n"
    )
    return {
        "/debian/./Packages.gz": Answer(200, ARCHIVE, gzip.compress(about.encode(), mtime=0)),
        "/debian/./thing_1.0_all.deb": Answer(200, ARCHIVE, package),
    }


def registries(host: str) -> dict[str, Answer]:
    """The answers of all of them, by path.

    Args:
        host: Where they are reached, with its port: some answers hold addresses.
    """
    return _python() | _npm(host) | _go() | _cargo(host) | _apt()
