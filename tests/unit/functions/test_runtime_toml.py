"""runtime.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError
from runtimekit.functions.runtime_toml import Needs, read
from runtimekit.images.with_packages import derived_name

if TYPE_CHECKING:
    from pathlib import Path


def test_none(tmp_path: Path) -> None:
    """Without the file nothing is needed."""
    assert not read(tmp_path)


def test_both_kinds(tmp_path: Path) -> None:
    """Sorted, each once; two files together need what either needs."""
    (tmp_path / "runtime.toml").write_text('packages = ["libvips42", "jq", "jq"]\nbuild-packages = ["g++"]\n')
    needs = read(tmp_path)
    assert needs == Needs(("jq", "libvips42"), ("g++",))
    assert needs | Needs(("curl",)) == Needs(("curl", "jq", "libvips42"), ("g++",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("packages = [", "no valid TOML"),
        ('package = ["jq"]', "'package', which means nothing; it may have packages and build-packages"),
        ('packages = "jq"', "must be a list"),
        ('packages = ["jq; rm -rf /"]', "is no package's name"),
        ('packages = ["--force"]', "is no package's name"),
        ("packages = [1]", "is no package's name"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, said: str) -> None:
    """One line, with the file."""
    (tmp_path / "runtime.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=f"runtime.toml: .*{said}"):
        read(tmp_path)


def test_a_derived_images_name() -> None:
    """It changes with the image and with the packages, not with their order."""
    name = derived_name("node-runtime:22", "sha256:1", ["a", "b"])
    assert name.startswith("node-runtime:22-with-")
    assert name == derived_name("node-runtime:22", "sha256:1", ["b", "a"])
    assert name != derived_name("node-runtime:22", "sha256:2", ["a", "b"])
    assert name != derived_name("node-runtime:22", "sha256:1", ["a"])
