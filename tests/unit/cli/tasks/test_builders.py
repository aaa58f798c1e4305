"""``builder create`` checks its options before it contacts a machine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("builder create mine", "needs at least one node: --node ssh://user@host"),
        ("builder create mine --node there", "--node cannot be 'there'; it can be ssh://user@host"),
        ("builder create mine --driver dokcer --node ssh://a", "--driver cannot be 'dokcer'; it can be docker-"),
        ("builder create mine --node ssh://a --node ssh://a", "ssh://a is given twice"),
        ("builder create Mine --node ssh://a", "--name cannot be 'Mine'"),
        ("build --builder mine --cache-from r.test/a/b", "--cache-from and --cache-to go without --builder"),
    ],
)
def test_invalid_options_are_one_clear_error(repository: Path, tmp_path: Path, arguments: str, message: str) -> None:
    """Exit code 2. No engine is contacted: the configured one does not exist."""
    (repository / "tasks.py").write_text("from runtimekit.tasks import namespace\n")
    answer = subprocess.run(
        [sys.executable, "-m", "runtimekit", *arguments.split()],
        cwd=repository,
        env=os.environ | {"DOCKER_HOST": f"unix://{tmp_path}/none", "RUNTIMEKIT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 2, answer.stderr
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr
