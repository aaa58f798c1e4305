"""The notes of a release are the changelog's; its wheel is the tag's; without a signature there is no release."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError, OptionError, SigningError
from runtimekit.github import releases
from runtimekit.supply_chain.signing import Signer

if TYPE_CHECKING:
    from pathlib import Path

CHANGELOG = """\
# Changelog

## [Unreleased]

- later

## [0.2.0] - 2026-11-29

### Added

- more

## [0.1.0] - 2026-11-01

- first

[Unreleased]: https://example.org
[0.1.0]: https://example.org/1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a changelog."""
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    return tmp_path


def script(folder: Path, name: str, text: str) -> Path:
    """A program that is a shell script."""
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return program


def test_the_notes_are_what_the_changelog_says_of_the_version(root: Path) -> None:
    """Neither its neighbours' nor the addresses at its end."""
    assert releases.notes(root, "0.2.0") == "### Added\n\n- more\n"
    assert releases.notes(root, "0.1.0") == "- first\n"
    with pytest.raises(ConfigurationError, match=r"says nothing of 0\.3\.0"):
        releases.notes(root, "0.3.0")


@pytest.mark.parametrize("tag", ["0.1.0", "v1", "v1.2.3-rc1", "v1.2.3\n"])
def test_other_tags_are_refused(tag: str) -> None:
    """They would find no part of the changelog."""
    with pytest.raises(OptionError):
        releases.version_of(tag)


def test_the_wheel_must_be_of_the_tag(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout that is not the tag has another version."""
    folder = root / "release"
    build = script(root, "python", 'touch "$7/runtimekit-$VERSION-py3-none-any.whl"')
    monkeypatch.setattr(sys, "executable", str(build))
    monkeypatch.setenv("VERSION", "0.1.1.dev3")
    with pytest.raises(ConfigurationError, match=r"holds runtimekit-0\.1\.1\.dev3.*not one of 0\.1\.0"):
        releases.make(root, "v0.1.0", folder)
    monkeypatch.setenv("VERSION", "0.1.0")
    assert releases.make(root, "v0.1.0", folder).name == "runtimekit-0.1.0-py3-none-any.whl"
    assert (folder / releases.NOTES).read_text() == "- first\n"


def test_it_is_signed_and_then_made(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both files are given to gh; without a valid signature it is not called."""
    folder = root / "release"
    folder.mkdir()
    (folder / "runtimekit-0.1.0-py3-none-any.whl").touch()
    said = root / "said"
    script(root, "gh", f'echo "gh $@" >> {said}; echo https://example.org/v0.1.0')
    cosign = script(root, "cosign", f'echo "cosign $@" >> {said}; [ "$1" != "$FAILS" ] || {{ echo no >&2; exit 1; }}')
    monkeypatch.setenv("PATH", str(cosign.parent), prepend=":")
    signer = Signer(str(cosign), identity="https://example.org/workflow")
    assert releases.create(root, "v0.1.0", folder, signer) == "https://example.org/v0.1.0"
    signed, verified, made = said.read_text().splitlines()
    assert signed.startswith("cosign sign-blob --yes --bundle ")
    assert verified.startswith("cosign verify-blob --certificate-identity https://example.org/workflow ")
    assert made.startswith("gh release create v0.1.0 --verify-tag ")
    assert made.endswith("/runtimekit-0.1.0-py3-none-any.whl.sigstore.json")
    said.unlink()
    monkeypatch.setenv("FAILS", "verify-blob")
    with pytest.raises(SigningError):
        releases.create(root, "v0.1.0", folder, signer)
    assert "gh" not in said.read_text().split()
