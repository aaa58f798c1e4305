"""Registries of packages on loopback with two versions of one package, of which lock files pin the older one."""

from __future__ import annotations

import base64
import hashlib
import json

from faults import Answer
from packageservers import ARCHIVE, HTML, JSON, tgz, zipped

NAME = "runtimekit-pinned"
"""No public registry has it."""
MODULE = "runtimekit_pinned"
VERSIONS = ("1.0.0", "1.1.0")
"""Each package says its own version. Functions ask for ``^1.0.0``, lock files for the first one."""


def npm_package(version: str) -> bytes:
    """The package as the npm registry has it."""
    about = {"name": NAME, "version": version}
    code = f"module.exports = {json.dumps(version)};\n"
    return tgz({"package/package.json": json.dumps(about), "package/index.js": code})


def integrity(content: bytes) -> str:
    """A hash as npm, Yarn, pnpm, Bun and Deno write it."""
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


def npm(host: str) -> dict[str, Answer]:
    """The npm registry's answers, by path."""
    answers = {}
    versions = {}
    for version in VERSIONS:
        package, path = npm_package(version), f"/{NAME}/-/{NAME}-{version}.tgz"
        answers[path] = Answer(200, ARCHIVE, package)
        dist = {
            "tarball": f"http://{host}{path}",
            "integrity": integrity(package),
            "shasum": hashlib.sha1(package, usedforsecurity=False).hexdigest(),
        }
        versions[version] = {"name": NAME, "version": version, "dist": dist}
    about = {"name": NAME, "dist-tags": {"latest": VERSIONS[-1]}, "versions": versions}
    return answers | {f"/{NAME}": Answer(200, JSON, json.dumps(about).encode())}


def wheel_name(version: str) -> str:
    """The file's name of a Python package."""
    return f"{MODULE}-{version}-py3-none-any.whl"


def wheel(version: str) -> bytes:
    """The package as the Python package index has it."""
    folder = f"{MODULE}-{version}.dist-info"
    return zipped(
        {
            f"{MODULE}.py": f"version = {version!r}\n",
            f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n",
            f"{folder}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{folder}/RECORD": "",
        }
    )


def pypi() -> dict[str, Answer]:
    """The Python package index's answers, by path."""
    files = {f"/wheels/{wheel_name(version)}": wheel(version) for version in VERSIONS}
    links = "".join(
        f'<a href="{path}#sha256={hashlib.sha256(content).hexdigest()}">{path.rpartition("/")[2]}</a>\n'
        for path, content in files.items()
    )
    answers = {path: Answer(200, ARCHIVE, content) for path, content in files.items()}
    return answers | {
        f"/simple/{NAME}/": Answer(200, HTML, f"<!DOCTYPE html><html><body>{links}</body></html>".encode())
    }
