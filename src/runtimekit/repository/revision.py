"""The repository's commit and its time, which images record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runtimekit.support import commands

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Revision:
    """A commit. Outside a git repository: ``unknown`` and the epoch, so that builds stay the same."""

    commit: str = "unknown"
    epoch: int = 0

    @property
    def created(self) -> str:
        """The commit's time as OCI's `created` wants it (RFC 3339)."""
        return datetime.fromtimestamp(self.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """This moment, as :attr:`Revision.created` writes times."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of(root: Path) -> Revision:
    """The commit that is checked out at ``root``."""
    answer = commands.run(
        ["git", "-C", str(root), "log", "-1", "--format=%H %ct"], doing="asking git for the commit", check=False
    )
    commit, _, epoch = answer.stdout.strip().partition(" ")
    return Revision(commit, int(epoch)) if answer.returncode == 0 and epoch.isdigit() else Revision()
