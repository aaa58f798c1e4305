"""``./dev`` before Python's part of it begins: an environment is set up with whatever Python works."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BROKEN = """#!/bin/sh
# Has every module by name, as a Python whose bundled pip is missing has.
case "$*" in
    --version) echo Python 3.11.0 ;;
    -c*) ;;
    *) echo "no bundled pip" >&2; exit 1 ;;
esac
"""
WORKING = """#!/bin/sh
case "$*" in
    --version) echo Python 3.14.0 ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip "*) echo "installed with pip" >&2 ;;
    "-m runtimekit "*) echo "ran ${*#-m runtimekit }"; echo "$RUNTIMEKIT_CWD" >user-folder ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with ``dev``, and ``bin`` as the only place where it finds a Python."""
    for name in ("dev", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    return tmp_path


def dev(checkout: Path, cwd: Path | None = None, **pythons: str) -> subprocess.CompletedProcess[str]:
    """Run ``./dev list`` in a folder, where these Pythons are found first."""
    for name, text in pythons.items():
        program = checkout / "bin" / name.replace("_", ".")
        program.write_text(text)
        program.chmod(0o755)
    for name in ("cat", "cksum", "cp", "dirname", "flock", "mkdir", "rm", "sh", "id"):
        (checkout / "bin" / name).symlink_to(shutil.which(name) or "/nowhere")
    environment = {"PATH": str(checkout / "bin"), "PYTHON": "python3"}
    argv = [str(checkout / "dev"), "list"]
    return subprocess.run(argv, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_python_that_cannot_make_an_environment_is_passed_over(checkout: Path) -> None:
    """The next one is taken; what the first one lacks is said."""
    ran = dev(checkout, python3=BROKEN, python3_14=WORKING)
    assert (ran.returncode, ran.stdout) == (0, "ran list\n"), ran.stderr
    assert "bin/python3 cannot set up an environment" in ran.stderr
    assert "no bundled pip" in ran.stderr


def test_nothing_is_installed_where_no_environment_could_be_made(checkout: Path) -> None:
    """The failure is told once, not followed by pip's complaint that it is not there."""
    (checkout / "bin" / "uv").write_text("#!/bin/sh\necho uv failed >&2\nexit 1\n")
    (checkout / "bin" / "uv").chmod(0o755)
    ran = dev(checkout, python3=WORKING)
    assert ran.returncode == 4
    assert ran.stderr.splitlines()[-2:] == ["uv failed", "dev: setting up .venv failed; the lines above say why"]


def test_the_folder_in_which_it_was_typed_is_told(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It changes to its own folder, and paths on the command line are relative to the other one."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    ran = dev(checkout, elsewhere, python3=WORKING)
    assert ran.returncode == 0, ran.stderr
    assert (checkout / "user-folder").read_text() == f"{elsewhere}\n"
