"""runtime.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError
from runtimekit.functions.runtime_toml import Needs, protocol, read
from runtimekit.images.with_packages import derived_name
from runtimekit.repository.identifiers import Protocol

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
        ('package = ["jq"]', "'package', which means nothing; it may have packages, build-packages and protocol"),
        ('packages = "jq"', "must be a list"),
        ('packages = ["jq; rm -rf /"]', "is no package's name"),
        ('packages = ["--force"]', "is no package's name"),
        ("packages = [1]", "is no package's name"),
        ('protocol = "v6"', 'must be one of 2021, v5, as in protocol = "v5"'),
        ("protocol = 2021", "must be one of 2021, v5"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, said: str) -> None:
    """One line, with the file."""
    (tmp_path / "runtime.toml").write_text(text)
    for reading in (read, protocol):
        with pytest.raises(ConfigurationError, match=f"runtime.toml: .*{said}"):
            reading(tmp_path)


def test_a_protocol(tmp_path: Path) -> None:
    """It is nothing that the image needs."""
    assert protocol(tmp_path) is None
    (tmp_path / "runtime.toml").write_text('protocol = "v5"\npackages = ["jq"]\n')
    assert protocol(tmp_path) is Protocol.V5
    assert read(tmp_path) == Needs(("jq",))
    (tmp_path / "runtime.toml").write_text('protocol = "2021"\n')
    assert (protocol(tmp_path), bool(read(tmp_path))) == (Protocol.V2021, False)


def test_a_derived_images_name() -> None:
    """It changes with the image and with the packages, not with their order."""
    name = derived_name("node-runtime:22", "sha256:1", ["a", "b"])
    assert name.startswith("node-runtime:22-with-")
    assert name == derived_name("node-runtime:22", "sha256:1", ["b", "a"])
    assert name != derived_name("node-runtime:22", "sha256:2", ["a", "b"])
    assert name != derived_name("node-runtime:22", "sha256:1", ["a"])
