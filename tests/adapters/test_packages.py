"""packages.sh: system packages on top of an image. tests/system/test_serve.py installs Debian's for real."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, list[str]]]
TOOLS = {
    "apt-get": 'echo "apt-get $*" >>"$LOG"',
    "apt-cache": '[ "$2" = gone ] || echo "$2 | 1.0 | main"',
    "apk": 'if [ "$1" = search ]; then [ "$3" = gone ] || echo "$3"; else echo "apk $*" >>"$LOG"; fi',
}
"""Stand-ins: they know every package but `gone`, and note what they are told to do."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs packages.sh in an image that has these tools: exit code, what it says, and what the tools were told."""

    def run(tools: tuple[str, ...], *packages: str) -> tuple[int, str, list[str]]:
        tmp_path.joinpath("bin").mkdir()
        for name in tools:
            (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{TOOLS[name]}\n")
            (tmp_path / "bin" / name).chmod(0o755)
        (tmp_path / "bin" / "sh").symlink_to("/bin/sh")
        shutil.copy(ROOT / "adapters/common/packages.sh", tmp_path)
        (tmp_path / "fetch.sh").write_text('exec "$@"\n')
        (tmp_path / "prepare.sh").write_text('echo prepared >>"$LOG"\n')
        (tmp_path / "os-release").write_text('PRETTY_NAME="Some Linux v3"\n')
        log = tmp_path / "log"
        environment = {"PATH": str(tmp_path / "bin"), "LOG": str(log), "OS_RELEASE": str(tmp_path / "os-release")}
        ended = subprocess.run(
            ["/bin/sh", tmp_path / "packages.sh", *packages],
            env=environment, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        return ended.returncode, ended.stderr, log.read_text().splitlines() if log.exists() else []

    return run


def test_debian(run: Run) -> None:
    """Lists first, then the packages, then the image's hygiene."""
    code, said, told = run(("apt-get", "apt-cache"), "jq", "libvips42")
    assert (code, said) == (0, "")
    assert told == ["apt-get update", "apt-get install -y --no-install-recommends jq libvips42", "prepared"]


def test_alpine(run: Run) -> None:
    """The same with apk."""
    code, said, told = run(("apk",), "jq")
    assert (code, said) == (0, "")
    assert told == ["apk update", "apk add jq", "prepared"]


@pytest.mark.parametrize("tools", [("apt-get", "apt-cache"), ("apk",)])
def test_a_package_that_does_not_exist(run: Run, tools: tuple[str, ...]) -> None:
    """One line that names it, and nothing is installed."""
    code, said, told = run(tools, "jq", "gone")
    assert code == 1
    assert said.startswith("packages.sh: Some Linux v3 has no package 'gone'; look for its name with: ap")
    assert len(said.splitlines()) == 1
    assert not any("install" in line or " add " in line for line in told)


def test_an_image_without_packages(run: Run) -> None:
    """A distribution that has neither tool."""
    code, said, _told = run((), "jq")
    assert (code, "neither apt-get nor apk" in said) == (1, True)
