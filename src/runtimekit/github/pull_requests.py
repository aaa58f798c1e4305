"""What a task has changed → a branch and a pull request, by git and GitHub's own client (`gh`).

The token stays in the environment: git asks `gh` for it when it pushes, and nothing is written into its configuration.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runtimekit.errors import OptionError
from runtimekit.support import commands

if TYPE_CHECKING:
    from pathlib import Path

AUTHOR = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""Whom GitHub shows for what a workflow does."""
_BRANCH = re.compile(r"[a-z0-9]+([/-][a-z0-9]+)*")


def propose(root: Path, branch: str, title: str) -> str:
    """Commit everything that differs, push it to a branch that is ours alone, and open a pull request if none is open.

    Returns:
        The pull request's address; empty where nothing differs.

    Raises:
        OptionError: The branch's name is not a plain one.
        CommandError: git or gh failed. The branch or the pull request may be there already; doing it again is safe.
    """
    if not _BRANCH.fullmatch(branch):
        raise OptionError("branch", branch, ["lower-case words with '-' or '/' between them"])
    git = ("git", "-C", str(root))
    if not commands.run([*git, "status", "--porcelain"], doing="asking git for changes").stdout.strip():
        return ""
    name, address = AUTHOR
    commands.run([*git, "switch", "--quiet", "--force-create", branch], doing="making the branch")
    commands.run([*git, "add", "--all"], doing="adding the changes")
    identity = ("-c", f"user.name={name}", "-c", f"user.email={address}")
    commands.run([*git, *identity, "commit", "--quiet", f"--message={title}"], doing="committing the changes")
    # The first, empty helper puts those of the machine out of the way.
    helpers = ("-c", "credential.helper=", "-c", "credential.helper=!gh auth git-credential")
    commands.run([*git, *helpers, "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}"], doing="pushing")
    asked = ["gh", "pr", "list", f"--head={branch}", "--state=open", "--json=url", "--jq=.[].url"]
    if is_open := commands.run(asked, doing="asking for an open pull request", cwd=root).stdout.strip():
        return is_open
    created = ["gh", "pr", "create", f"--head={branch}", f"--title={title}", "--body-file=-"]
    body = commands.run([*git, "show", "--stat", "--format="], doing="listing the changes").stdout
    text = f"Made by a workflow. What has changed:\n\n```\n{body.strip()}\n```\n"
    return commands.run(created, doing="opening the pull request", cwd=root, data=text.encode()).stdout.strip()
