"""What a repository has to be called by its workflows: tasks, sessions, rows, machines."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from runtimekit import catalogue, commands, configuration, planning
from runtimekit.tasks import namespace
from runtimekit.workflows.checking import Facts
from runtimekit.workflows.commands import Known

if TYPE_CHECKING:
    from pathlib import Path


def facts_of(root: Path) -> Facts:
    """Ask the tools themselves; nothing is listed twice."""
    loaded = configuration.load(root)
    rows = planning.matrix(dict.fromkeys(catalogue.load(loaded).all, ""))
    return Facts(
        known=Known(namespace, sessions(root)),
        matrix_keys=frozenset(key for row in rows for key in row),
        runners=frozenset(platform.runner for platform in loaded.platforms),
    )


def sessions(root: Path) -> frozenset[str]:
    """The names of all nox sessions."""
    argv = [sys.executable, "-m", "nox", "--noxfile", str(root / "noxfile.py"), "--list", "--json", "-k", "not nothing"]
    answer = commands.run(argv, doing="asking nox for its sessions", cwd=root, deadline=60)
    return frozenset(row["session"] for row in json.loads(answer.stdout))
