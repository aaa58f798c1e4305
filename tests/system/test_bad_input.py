"""Bad input gets one clear error and an exit code that means something (docs/errors.md)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_a_misspelt_runtime_is_told_the_near_name(cli) -> None:
    """Exit 3; nothing is built."""
    code, output = cli.run("build", "--local", "pyhton-3.10")
    assert code == 3
    assert "Perhaps you meant 'python-3.10'" in output
    assert "Traceback" not in output


def test_every_mistake_of_platforms_toml_is_told_with_its_line(cli_in, tmp_path: Path) -> None:
    """Exit 2, all at once."""
    text = (ROOT / "platforms.toml").read_text()
    text = text.replace('kind = "compiled"', 'kind = "complied"').replace('entrypoint = "index.js"', "entrypiont = 3")
    (tmp_path / "platforms.toml").write_text(text)
    shutil.copytree(ROOT / "runtimes", tmp_path / "runtimes")
    shutil.copy(ROOT / "tasks.py", tmp_path)
    code, output = cli_in(tmp_path).run("list")
    assert code == 2
    lines = text.splitlines()
    for wrong in ('kind = "complied"', "entrypiont = 3"):
        assert f"platforms.toml:{lines.index(wrong) + 1}:" in output
    assert "Perhaps you meant 'entrypoint'?" in output


def test_an_option_with_a_value_that_it_cannot_have(cli) -> None:
    """Exit 2, with the values that it can have."""
    code, output = cli.run("build", "--bases", "homemade", "--dry-run")
    assert code == 2
    assert "auto, registry, bootstrap" in output


@pytest.mark.skipif(shutil.which("docker") is None, reason="needs a docker client; without one the message is another")
def test_an_engine_that_is_named_but_does_not_answer(cli, tmp_path: Path) -> None:
    """Exit 4: what was tried and what to do. It is not replaced by another one silently."""
    code, output = cli.run("build", "--dry-run", DOCKER_HOST=f"unix://{tmp_path}/nobody.sock")
    assert code == 4
    assert "unset DOCKER_HOST" in output


def test_outside_of_a_repository(cli_in, tmp_path: Path) -> None:
    """Exit 2 where a task is called in a folder without platforms.toml."""
    shutil.copy(ROOT / "tasks.py", tmp_path)
    code, output = cli_in(tmp_path).run("list")
    assert code == 2
    assert "platforms.toml" in output


def test_output_into_a_pipe_that_closes_keeps_the_exit_code(cli) -> None:
    """`| head` ends the reading, not the work."""
    process = cli.start("list")
    os.close(os.dup(process.stdout.fileno()))
    process.stdout.close()
    assert process.wait(60) == 0


def test_no_control_characters_without_a_terminal(cli) -> None:
    """Nothing but text in files and pipes."""
    for environment in ({}, {"TERM": "dumb"}, {"NO_COLOR": "1"}):
        _, output = cli.run("list", **environment)
        assert "\x1b" not in output


def test_packing_gives_the_same_bytes_wherever_it_runs(cli, cli_in, tmp_path: Path) -> None:
    """Owner, times and order of the files do not matter."""
    _, first = cli.run("package")
    for folder in ("src", "tests", "runtimes", "adapters", "gateway"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.tar.gz", "__pycache__"))
    for name in ("platforms.toml", "tasks.py"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(["chmod", "-R", "go-rwx", tmp_path / "tests"], check=True)
    _, second = cli_in(tmp_path).run("package")
    assert first == second
    assert "tests/resources/python.tar.gz" in first
