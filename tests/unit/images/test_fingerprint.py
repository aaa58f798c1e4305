"""The hash of an image changes with each of its inputs and with nothing else."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import pytest

from runtimekit.images.fingerprint import DOCUMENTATION, fingerprint, inputs
from runtimekit.repository import catalogue, configuration
from runtimekit.support.folders import folder_digest

if TYPE_CHECKING:
    from pathlib import Path

BASES = {"python:3.10-slim": "sha256:1", "golang:1.24": "sha256:2"}


def of(root: Path, name: str = "python-3.10", platform: int = 0, **facts: str) -> str:
    """The fingerprint of one image in a repository."""
    found = configuration.load(root)
    return fingerprint(catalogue.load(found).get(name), found.platforms[platform], BASES, facts)


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("runtimes/python-3.10/Dockerfile", True),
        ("runtimes/python-3.10/new", True),
        ("adapters/python/file", True),
        ("adapters/go/file", False),
        ("adapters/common/file", False),
        ("gateway/file", False),
        ("runtimes/python-3.9/README.md", False),
        ("runtimes/python-3.10/README.md", False),
        ("adapters/python/__pycache__", False),
        ("README.md", False),
    ],
)
def test_only_an_images_own_folders_matter(repository: Path, file: str, matters: bool) -> None:  # noqa: FBT001
    """Its own, and the contexts that its Dockerfile uses."""
    before = of(repository)
    with (repository / file).open("a") as stream:
        stream.write("\n# changed\n")
    assert (of(repository) != before) is matters


def test_platform_bases_and_facts_matter(repository: Path) -> None:
    """Whatever else decides what is in the image."""
    found = configuration.load(repository)
    runtime, platform = catalogue.load(found).get("python-3.10"), found.platforms[0]
    newer_base = fingerprint(runtime, platform, BASES | {"python:3.10-slim": "sha256:3"}, {})
    other_base = fingerprint(runtime, platform, BASES | {"golang:1.24": "sha256:3"}, {})
    hashes = [of(repository), of(repository, platform=1), of(repository, revision="abc"), newer_base]
    assert len(set(hashes)) == len(hashes)
    assert other_base == of(repository)


def test_the_place_of_the_repository_does_not_matter(repository: Path) -> None:
    """Two clones have the same fingerprints."""
    before = of(repository)
    assert of(repository.rename(repository.with_name("elsewhere"))) == before


def test_a_base_without_a_digest_is_a_defect(repository: Path) -> None:
    """Leaving it out would call an old image fresh."""
    found = configuration.load(repository)
    with pytest.raises(KeyError):
        fingerprint(catalogue.load(found).get("python-3.10"), found.platforms[0], {}, {})


def test_the_inputs_can_be_shown(repository: Path) -> None:
    """By name, so that a difference explains itself."""
    found = configuration.load(repository)
    runtime = catalogue.load(found).get("python-3.10")
    digest = functools.cache(folder_digest)
    assert inputs(runtime, found.platforms[0], BASES, {"a": "b"}, digest=digest) == {
        "runtime": "python-3.10",
        "platform": "linux/amd64",
        "folder": folder_digest(runtime.folder, without=DOCUMENTATION),
        "contexts": {"adapter": folder_digest(repository / "adapters" / "python")},
        "bases": {"python:3.10-slim": "sha256:1"},
        "facts": {"a": "b"},
    }


def test_a_folders_digest_is_of_what_clones_have_in_common(tmp_path: Path) -> None:
    """Contents, names, executable bits and links; not times, nor the rest of the mode."""
    file = tmp_path / "a"
    file.write_text("1")
    seen = [folder_digest(tmp_path)]
    os.utime(file, (1, 1))
    file.chmod(0o600)
    (tmp_path / "empty").mkdir()
    assert folder_digest(tmp_path) == seen[0]
    file.chmod(0o700)
    seen.append(folder_digest(tmp_path))
    file.write_text("2")
    seen.append(folder_digest(tmp_path))
    file.rename(tmp_path / "b")
    seen.append(folder_digest(tmp_path))
    (tmp_path / "link").symlink_to("b")
    seen.append(folder_digest(tmp_path))
    (tmp_path / "link").unlink()
    (tmp_path / "link").write_text("b")
    seen.append(folder_digest(tmp_path))
    assert len(set(seen)) == len(seen)
