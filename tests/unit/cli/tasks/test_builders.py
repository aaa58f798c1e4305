"""``builder create`` checks its options before it contacts a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import forked
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
    environment = {"DOCKER_HOST": f"unix://{tmp_path}/none", "RUNTIMEKIT_HOME": str(tmp_path)}
    code, _, errors = forked.run(arguments.split(), repository, environment)
    assert code == 2, errors
    assert message in errors
    assert "Traceback" not in errors
