"""Installed packages are read only from the package managers' own databases."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile

import pytest

from runtimekit.supply_chain import go_binaries, inventory, package_databases

DPKG = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u10
Description: GNU C Library
 with: a colon in a continuation
Source: glibc

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: epoch
Status: install ok installed
Architecture: all
Version: 1:2.0~rc1-1
"""
APK = """\
C:Q1abc=
P:musl
V:1.2.5-r10
A:x86_64
L:MIT
F:lib
R:ld-musl-x86_64.so.1

P:busybox
V:1.37.0-r18
L:GPL-2.0-only
"""
GEMSPEC = """\
Gem::Specification.new do |s|
  s.name = "json".freeze
  s.version = "2.6.1"
  s.required_ruby_version = Gem::Requirement.new(">= 2.0".freeze)
  s.licenses = ["Ruby".freeze]
  s.rubygems_version = "3.3.3".freeze
"""


def jar(files: dict[str, str]) -> bytes:
    """A zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


NPM = json.dumps({"name": "@scope/tool", "version": "1.2.3", "license": {"type": "MIT"}})
COMPOSER = json.dumps({"packages": [{"name": "a/b", "version": "v1.0", "license": ["MIT", "GPL-3.0"]}]})
LOCK = (
    '[[package]]\nname = "us"\nversion = "0.1.0"\n[[package]]\nname = "serde"\nversion = "1.0.1"\nsource = "registry"\n'
)
POM = {"META-INF/maven/org.x/tool/pom.properties": "#c\ngroupId=org.x\r\nartifactId=tool\r\nversion=3.1\r\n"}


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        (
            "var/lib/dpkg/status",
            DPKG,
            ["pkg:deb/libc6@2.36-9%2Bdeb12u10?arch=amd64", "pkg:deb/epoch@1:2.0~rc1-1?arch=all"],
        ),
        ("var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12.4\n", ["pkg:deb/base-files@12.4"]),
        ("lib/apk/db/installed", APK, ["pkg:apk/musl@1.2.5-r10?arch=x86_64", "pkg:apk/busybox@1.37.0-r18"]),
        (
            "usr/lib/python3/dist-packages/Foo_Bar-1.0.dist-info/METADATA",
            "Metadata-Version: 2.4\nName: Foo_Bar\nVersion: 1.0\nLicense-Expression: MIT\n\nName: not this\n",
            ["pkg:pypi/foo-bar@1.0"],
        ),
        ("usr/lib/node_modules/@scope/tool/package.json", NPM, ["pkg:npm/%40scope/tool@1.2.3"]),
        ("a/node_modules/b/node_modules/c/package.json", '{"name":"c","version":"1"}', ["pkg:npm/c@1"]),
        ("usr/lib/ruby/gems/3.3.0/specifications/default/json-2.6.1.gemspec", GEMSPEC, ["pkg:gem/json@2.6.1"]),
        ("usr/src/x/vendor/composer/installed.json", COMPOSER, ["pkg:composer/a/b@v1.0"]),
        ("usr/src/x/Cargo.lock", LOCK, ["pkg:cargo/serde@1.0.1"]),
        ("usr/share/java/tool.jar", jar(POM), ["pkg:maven/org.x/tool@3.1"]),
        ("usr/share/java/commons-io-2.11.0.jar", jar({"a": ""}), ["pkg:maven/commons-io@2.11.0"]),
        ("usr/local/include/python3.13/patchlevel.h", '#define PY_VERSION "3.13.1"\n', ["pkg:generic/python@3.13.1"]),
        (
            "usr/local/include/node/node_version.h",
            "#define NODE_MAJOR_VERSION 22\n#define NODE_MINOR_VERSION 9\n#define NODE_PATCH_VERSION 1\n",
            ["pkg:generic/node@22.9.1"],
        ),
        ("usr/local/go/VERSION", "go1.24.4\ntime 2025\n", ["pkg:generic/go@1.24.4"]),
        ("usr/lib/jvm/java-21-amazon-corretto/release", 'JAVA_VERSION="21.0.5"\n', ["pkg:generic/java@21.0.5"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_database_is_read(path: str, data: str | bytes, expected: list[str]) -> None:
    """With names, versions and architectures as package URLs write them."""
    reader = package_databases.find_reader(path)
    assert reader is not None
    found = reader(path, data.encode() if isinstance(data, str) else data)
    assert [package.purl for package in found] == expected
    assert {package.found_in for package in found} == {path}


def test_licences_are_in_the_packages_own_words() -> None:
    """They need not be SPDX's."""
    for path, data, licence in (
        ("lib/apk/db/installed", APK, "MIT"),
        ("x/specifications/json-2.6.1.gemspec", GEMSPEC, "Ruby"),
        ("node_modules/@scope/tool/package.json", NPM, "MIT"),
        ("vendor/composer/installed.json", COMPOSER, "MIT OR GPL-3.0"),
    ):
        reader = package_databases.find_reader(path)
        assert reader is not None
        assert reader(path, data.encode())[0].licence == licence


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/doc/dpkg/status",
        "var/lib/dpkg/status-old",
        "var/lib/dpkg/status.d/base.md5sums",
        "usr/lib/node_modules/tool/lib/package.json",
        "node_modules/.bin/package.json/x",
        "usr/lib/os-release",
    ],
)
def test_other_files_are_no_databases(path: str) -> None:
    """Copies and examples are not what is installed."""
    assert package_databases.find_reader(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "x.jar",
        "node_modules/x/package.json",
        "a.dist-info/METADATA",
        "Cargo.lock",
        "var/lib/dpkg/status",
        "lib/apk/db/installed",
        "x/specifications/a.gemspec",
        "vendor/composer/installed.json",
    ],
)
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00 rubbish", b"{}", b"[1]", b"null", b"[" * 100_000, b"PK\x03\x04rubbish"]
)
def test_rubbish_holds_no_packages(path: str, data: bytes) -> None:
    """It may be the user's data. The other files still count."""
    reader = package_databases.find_reader(path)
    assert reader is not None
    assert reader(path, data) == []


def varint(text: bytes) -> bytes:
    """A string as Go's linker writes it: its length, seven bits a byte, then itself."""
    length, head = len(text), b""
    while length > 0x7F:
        head, length = head + bytes([length & 0x7F | 0x80]), length >> 7
    return head + bytes([length]) + text


MODULES = (
    "path\tx\nmod\tgithub.com/a/tool\t(devel)\t\n"
    "dep\tgolang.org/x/sys\tv0.1.0\th1:a=\ndep\told\tv1\n=>\tnew.org/fork\tv2\th\n"
)


def go_program(*, at: int, modules: str = MODULES) -> bytes:
    """A file with Go's build information ``at`` bytes from its beginning."""
    information = b"\xff Go buildinf:\x08\x02" + bytes(16) + varint(b"go1.24.4 X:exp")
    information += varint(b"0" * 16 + modules.encode() + b"1" * 16)
    return b"\x7fELF".ljust(at, b"\0") + information + b"\0" * 200_000


@pytest.mark.parametrize("at", [64, 1 << 20, (1 << 20) - 3, (1 << 20) + 4 - 20, 3_000_000])
def test_a_go_program_tells_its_modules(at: int) -> None:
    """Wherever the linker has put them, also across the border between two reads."""
    found = go_binaries.read("bin/tool", io.BytesIO(go_program(at=at)))
    assert [package.purl for package in found] == [
        "pkg:golang/stdlib@1.24.4",
        "pkg:golang/github.com/a/tool",
        "pkg:golang/golang.org/x/sys@v0.1.0",
        "pkg:golang/new.org/fork@v2",
    ]


def test_the_magic_word_as_a_constant_hides_nothing() -> None:
    """Programs that look for build information, such as `go` itself, hold it twice."""
    constant = b"\x7fELF" + b"\0" * 60 + b"\xff Go buildinf:" + b"\0" * 18
    found = go_binaries.read("bin/go", io.BytesIO(constant + go_program(at=64)[4:]))
    assert found[0].purl == "pkg:golang/stdlib@1.24.4"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#!/bin/sh\n",
        b"\x7fELF" + b"\0" * 200_000,
        b"\x7fELF" + b"\xff Go buildinf:",
        b"\x7fELF" + b"\xff Go buildinf:\x08\x00" + b"\0" * 100,
        b"\x7fELF" + b"\xff Go buildinf:\x08\x02" + b"\xff" * 100,
    ],
)
def test_other_programs_tell_nothing(data: bytes) -> None:
    """Neither do those that hold the magic word as a constant."""
    assert go_binaries.read("bin/x", io.BytesIO(data)) == []


def image(files: dict[str, bytes]) -> tarfile.TarFile:
    """A file system as `docker export` streams it."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o755
            archive.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("lib/apk/db/installed")
        link.type, link.linkname = tarfile.SYMTYPE, "elsewhere"
        archive.addfile(link)
    target.seek(0)
    return tarfile.open(fileobj=target, mode="r|")


def test_an_image_is_one_sorted_list_without_doubles() -> None:
    """A distribution's packages bear its name, wherever os-release stands in the stream."""
    files = {
        "node_modules/b/package.json": b'{"name":"b","version":"1"}',
        "a/node_modules/b/package.json": b'{"name":"b","version":"1"}',
        "var/lib/dpkg/status": DPKG.encode(),
        "usr/local/bin/tool": go_program(at=64),
        "usr/lib/os-release": b'PRETTY_NAME="Debian"\nID=debian\nVERSION_ID="12"\n',
    }
    found = inventory.read(image(files), ["NODE_VERSION=22.9.1", "NODE_VERSION_X=1", "PHP_VERSION=", "PATH=/bin"])
    purls = [package.purl for package in found]
    assert purls == sorted(set(purls))
    assert "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12" in purls
    assert "pkg:generic/node@22.9.1" in purls
    assert "pkg:golang/stdlib@1.24.4" in purls
    assert [package.found_in for package in found if package.name == "b"] == ["a/node_modules/b/package.json"]
    assert not any("php" in purl for purl in purls)


def test_a_file_tells_more_of_an_interpreter_than_the_environment() -> None:
    """So it is not listed twice."""
    files = {"usr/local/include/python3.13/patchlevel.h": b'#define PY_VERSION "3.13.1"\n'}
    found = inventory.read(image(files), ["PYTHON_VERSION=3.13"])
    assert [package.purl for package in found] == ["pkg:generic/python@3.13.1"]
