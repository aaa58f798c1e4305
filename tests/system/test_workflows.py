"""`./dev actionlint`: this repository's workflows are right, and each kind of mistake in a copy is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runtimekit.github.workflows import actionlint

ROOT = Path(__file__).parents[2]
BREAKS = {
    "an unknown context": ("images", "needs.plan.outputs.rows", "need.plan.outputs.rows", 'undefined variable "need"'),
    "an unknown variable": ("images", "vars.CACHE", "vars.CASH", 'undefined configuration variable "cash"'),
    "a need that is no job": ("images", "needs: [plan, image]", "needs: [plan, images]", "which does not exist"),
    "jobs that wait for each other": (
        "check",
        "    name: unit tests\n",
        "    name: unit tests\n    needs: [checked]\n",
        "cyclic dependencies",
    ),
    "a bad expression": ("check", "toJSON(needs)", "toJSON(needs", "unexpected end of input"),
    "an unknown function": ("check", "if: always()", "if: alway()", 'undefined function "alway"'),
    "an output that does not exist": ("images", "needs.plan.outputs.rows", "needs.plan.outputs.row", 'property "row"'),
    "an output of a job that is not needed": (
        "images",
        "    needs: [plan]\n    strategy",
        "    strategy",
        'property "plan" is not defined',
    ),
    "a step that is not there": ("images", "steps.matrix.", "steps.matrices.", 'property "matrices"'),
    "a misspelt key": ("images", "timeout-minutes: 90", "timeout-minute: 90", 'unexpected key "timeout-minute"'),
    "a wrong type": ("images", "timeout-minutes: 90", "timeout-minutes: soon", "float number literal"),
    "a key that stands there twice": ("check", "permissions: {}", "permissions: {}\npermissions: {}", "is duplicated"),
    "no YAML": ("check", "permissions: {}", "permissions: {", "could not parse as YAML"),
}


@pytest.fixture(scope="module")
def program() -> Path:
    """Built by the task, which finds nothing in this repository."""
    answer = subprocess.run(
        [sys.executable, "-m", "runtimekit", "actionlint"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return actionlint.program_path(ROOT)


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_copy_is_noticed(program: Path, tmp_path: Path, name: str) -> None:
    """With a sentence of actionlint's that says what is wrong, and where."""
    stem, right, wrong, said = BREAKS[name]
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    file = tmp_path / ".github/workflows" / f"{stem}.yml"
    text = file.read_text()
    assert right in text, "the break does not fit the workflow any more"
    file.write_text(text.replace(right, wrong))
    output, files = actionlint.check(tmp_path, program)
    assert files == [f".github/workflows/{stem}.yml"]
    assert said in output
