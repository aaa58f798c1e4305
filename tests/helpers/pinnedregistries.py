"""What the registries of the other languages answer (see pinnedpackages.py)."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import subprocess
import tarfile
from typing import TYPE_CHECKING

from faults import Answer
from packageservers import ARCHIVE, HTML, JSON, tgz, zipped
from pinnedpackages import MODULE, NAME, VERSIONS

if TYPE_CHECKING:
    from pathlib import Path

GO_MODULE = "example.com/pinned"
PHP_PACKAGE = "runtimekit/pinned"
PERL_MODULE = "Runtimekit::Pinned"


def sha256(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def php_dist(version: str) -> bytes:
    """The package as an archive."""
    return zipped({"pinned/version.php": f"<?php\nconst RUNTIMEKIT_PINNED = '{version}';\n"})


def php_entry(version: str) -> dict[str, object]:
    """What a Composer repository, and a lock file, say about the package."""
    shasum = hashlib.sha1(php_dist(version), usedforsecurity=False).hexdigest()
    return {
        "name": PHP_PACKAGE,
        "version": version,
        "dist": {"type": "zip", "url": f"{{url}}/php/{version}.zip", "shasum": shasum},
        "type": "library",
        "autoload": {"files": ["version.php"]},
    }


def composer(url: str) -> dict[str, Answer]:
    """A Composer repository, below /php."""
    about = json.dumps({"packages": {PHP_PACKAGE: {version: php_entry(version) for version in VERSIONS}}})
    answers = {f"/php/{version}.zip": Answer(200, ARCHIVE, php_dist(version)) for version in VERSIONS}
    return answers | {"/php/packages.json": Answer(200, JSON, about.replace("{url}", url).encode())}


def _gem(version: str) -> bytes:
    about = f"""--- !ruby/object:Gem::Specification
name: {NAME}
version: !ruby/object:Gem::Version
  version: {version}
platform: ruby
authors: [nobody]
summary: a package
files: [lib/{MODULE}.rb]
require_paths: [lib]
dependencies: []
specification_version: 4
rubygems_version: 3.0.0
"""
    parts = {
        "metadata.gz": gzip.compress(about.encode(), mtime=0),
        "data.tar.gz": tgz({f"lib/{MODULE}.rb": f"RUNTIMEKIT_PINNED = '{version}'\n"}),
    }
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return sink.getvalue()


def gems() -> dict[str, Answer]:
    """A source of gems with a compact index, below /gem."""
    info = "---\n" + "".join(f"{version} |checksum:{sha256(_gem(version))}\n" for version in VERSIONS)
    digest = hashlib.md5(info.encode(), usedforsecurity=False).hexdigest()
    versions = f"created_at: 2026-01-01T00:00:00Z\n---\n{NAME} {','.join(VERSIONS)} {digest}\n"
    answers = {f"/gem/gems/{NAME}-{version}.gem": Answer(200, ARCHIVE, _gem(version)) for version in VERSIONS}
    return answers | {
        "/gem/versions": Answer(200, HTML, versions.encode()),
        f"/gem/info/{NAME}": Answer(200, HTML, info.encode()),
    }


def dart_package(version: str) -> bytes:
    """The package as an archive."""
    about = f"name: {MODULE}\nversion: {version}\nenvironment: {{sdk: ^3.0.0}}\n"
    return tgz({"pubspec.yaml": about, f"lib/{MODULE}.dart": f"const version = '{version}';\n"})


def pub(url: str) -> dict[str, Answer]:
    """A registry of Dart packages, below /pub."""
    versions = [
        {
            "version": version,
            "pubspec": {"name": MODULE, "version": version, "environment": {"sdk": "^3.0.0"}},
            "archive_url": f"{url}/pub/{version}.tar.gz",
            "archive_sha256": sha256(dart_package(version)),
        }
        for version in VERSIONS
    ]
    about = {"name": MODULE, "latest": versions[-1], "versions": versions}
    answers = {f"/pub/{version}.tar.gz": Answer(200, ARCHIVE, dart_package(version)) for version in VERSIONS}
    return answers | {
        f"/pub/api/packages/{MODULE}": Answer(200, JSON, json.dumps(about).encode()),
        f"/pub/api/packages/{MODULE}/advisories": Answer(200, JSON, b'{"advisories": [], "advisoriesUpdated": null}'),
    }


def rocks(url: str) -> dict[str, Answer]:
    """A server of rocks, below /rocks."""
    listed = ", ".join(f'["{version}-1"] = {{ {{ arch = "rockspec" }} }}' for version in VERSIONS)
    manifest = f'repository = {{ ["{NAME}"] = {{ {listed} }} }}\nmodules = {{}}\ncommands = {{}}\n'
    answers = {"/rocks/manifest-5.4": Answer(200, HTML, manifest.encode())}
    for version in VERSIONS:
        spec = (
            f'package = "{NAME}"\nversion = "{version}-1"\n'
            f'source = {{ url = "{url}/rocks/pinned-{version}.tar.gz", dir = "pinned" }}\n'
            f'build = {{ type = "builtin", modules = {{ {MODULE} = "pinned.lua" }} }}\n'
        )
        answers[f"/rocks/{NAME}-{version}-1.rockspec"] = Answer(200, HTML, spec.encode())
        code = tgz({"pinned/pinned.lua": f"return '{version}'\n"})
        answers[f"/rocks/pinned-{version}.tar.gz"] = Answer(200, ARCHIVE, code)
    return answers


def cpan() -> dict[str, Answer]:
    """A mirror of CPAN, below /cpan."""
    answers = {}
    for version in VERSIONS:
        folder = f"Runtimekit-Pinned-{version}"
        build = f"use ExtUtils::MakeMaker; WriteMakefile(NAME => '{PERL_MODULE}', VERSION => '{version}');\n"
        code = f"package {PERL_MODULE};\nour $VERSION = '{version}';\n1;\n"
        files = {f"{folder}/Makefile.PL": build, f"{folder}/lib/Runtimekit/Pinned.pm": code}
        answers[f"/cpan/authors/id/R/RU/RUNTIME/{folder}.tar.gz"] = Answer(200, ARCHIVE, tgz(files))
    newest = f"{PERL_MODULE} {VERSIONS[-1]} R/RU/RUNTIME/Runtimekit-Pinned-{VERSIONS[-1]}.tar.gz"
    index = f"File: 02packages.details.txt\nLine-Count: 1\n\n{newest}\n"
    return answers | {"/cpan/modules/02packages.details.txt.gz": Answer(200, ARCHIVE, gzip.compress(index.encode()))}


def crate(version: str) -> bytes:
    """The package as an archive."""
    folder = f"{NAME}-{version}"
    manifest = f'[package]\nname = "{NAME}"\nversion = "{version}"\nedition = "2021"\n'
    return tgz({f"{folder}/Cargo.toml": manifest, f"{folder}/src/lib.rs": f'pub const VERSION: &str = "{version}";\n'})


def crates(url: str) -> dict[str, Answer]:
    """A sparse registry of crates, below /crates."""
    entries = [
        {"name": NAME, "vers": version, "deps": [], "cksum": sha256(crate(version)), "features": {}, "yanked": False}
        for version in VERSIONS
    ]
    index = "".join(json.dumps(entry) + "\n" for entry in entries)
    answers = {f"/crates/{version}.crate": Answer(200, ARCHIVE, crate(version)) for version in VERSIONS}
    return answers | {
        "/crates/config.json": Answer(200, JSON, json.dumps({"dl": f"{url}/crates/{{version}}.crate"}).encode()),
        f"/crates/{NAME[:2]}/{NAME[2:4]}/{NAME}": Answer(200, JSON, index.encode()),
    }


def go_files(version: str) -> dict[str, str]:
    """The module's files."""
    return {
        "go.mod": f"module {GO_MODULE}\n\ngo 1.24\n",
        "pinned.go": f'package pinned\n\nconst Version = "{version}"\n',
    }


def go_hash(files: dict[str, str], folder: str = "") -> str:
    """A hash as go.sum has it."""
    lines = "".join(f"{sha256(text.encode())}  {folder}{name}\n" for name, text in sorted(files.items()))
    return f"h1:{base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()}"


def go_sum(version: str) -> str:
    """The lines of go.sum for the module."""
    files, folder = go_files(version), f"{GO_MODULE}@v{version}/"
    return (
        f"{GO_MODULE} v{version} {go_hash(files, folder)}\n"
        f"{GO_MODULE} v{version}/go.mod {go_hash({'go.mod': files['go.mod']})}\n"
    )


def go_proxy() -> dict[str, Answer]:
    """A proxy of Go modules, below /go."""
    base = f"/go/{GO_MODULE}/@v"
    listed = "".join(f"v{version}\n" for version in VERSIONS)
    answers = {f"{base}/list": Answer(200, HTML, listed.encode())}
    for version in VERSIONS:
        files = go_files(version)
        packed = zipped({f"{GO_MODULE}@v{version}/{name}": text for name, text in files.items()})
        answers[f"{base}/v{version}.info"] = Answer(200, JSON, json.dumps({"Version": f"v{version}"}).encode())
        answers[f"{base}/v{version}.mod"] = Answer(200, HTML, files["go.mod"].encode())
        answers[f"{base}/v{version}.zip"] = Answer(200, ARCHIVE, packed)
    return answers


def swift_repository(folder: Path) -> tuple[dict[str, Answer], str]:
    """A repository of a Swift package below /swift/pinned.git, and the older version's commit."""

    def git(*words: str) -> str:
        who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "init.defaultBranch=main"]
        return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout

    folder.mkdir()
    git("init", "--quiet")
    (folder / "Sources/Pinned").mkdir(parents=True)
    manifest = (
        "// swift-tools-version:5.9\nimport PackageDescription\n\n"
        'let package = Package(name: "pinned", products: [.library(name: "Pinned", targets: ["Pinned"])], '
        'targets: [.target(name: "Pinned")])\n'
    )
    (folder / "Package.swift").write_text(manifest)
    for version in VERSIONS:
        (folder / "Sources/Pinned/Pinned.swift").write_text(f'public let version = "{version}"\n')
        git("add", ".")
        git("commit", "--quiet", "--message", version)
        git("tag", version)
    git("update-server-info")
    store = folder / ".git"
    answers = {
        f"/swift/pinned.git/{path.relative_to(store)}": Answer(200, ARCHIVE, path.read_bytes())
        for path in store.rglob("*")
        if path.is_file()
    }
    return answers, git("rev-parse", VERSIONS[0]).strip()
