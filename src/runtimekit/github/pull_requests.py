"""Opens a pull request with what a task has changed, by git and GitHub's command line (`gh`).

The token stays in the environment: git asks `gh` for it when it pushes, and writes it into no configuration file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runtimekit.errors import OptionError
from runtimekit.support import commands

if TYPE_CHECKING:
    from pathlib import Path

AUTHOR = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""The name and email under which GitHub shows commits of workflows."""
_BRANCH = re.compile(r"[a-z0-9]+([/-][a-z0-9]+)*")


def propose(root: Path, branch: str, title: str) -> str:
    """Commit all changes, push them to a branch, and open a pull request unless one is open.

    Args:
        root: The repository's folder.
        branch: A branch that only this task uses: the push overwrites it.
        title: Of the commit and the pull request.

    Returns:
        The pull request's URL; empty if there are no changes.

    Raises:
        OptionError: The branch's name has other characters than lower-case letters, digits, ``-`` and ``/``.
        CommandError: git or gh failed. The branch or the pull request may exist already; a second run is safe.
    """
    if not _BRANCH.fullmatch(branch):
        raise OptionError("branch", branch, ["lower-case words with '-' or '/' between them"])
    git = ("git", "-C", str(root))
    if not commands.run([*git, "status", "--porcelain"], doing="asking git for changes").stdout.strip():
        return ""
    name, email = AUTHOR
    commands.run([*git, "switch", "--quiet", "--force-create", branch], doing="making the branch")
    commands.run([*git, "add", "--all"], doing="adding the changes")
    identity = ("-c", f"user.name={name}", "-c", f"user.email={email}")
    commands.run([*git, *identity, "commit", "--quiet", f"--message={title}"], doing="committing the changes")
    # An empty helper makes git ignore the helpers that the machine has configured.
    helpers = ("-c", "credential.helper=", "-c", "credential.helper=!gh auth git-credential")
    commands.run([*git, *helpers, "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}"], doing="pushing")
    find_open = ["gh", "pr", "list", f"--head={branch}", "--state=open", "--json=url", "--jq=.[].url"]
    if url := commands.run(find_open, doing="asking for an open pull request", cwd=root).stdout.strip():
        return url
    create = ["gh", "pr", "create", f"--head={branch}", f"--title={title}", "--body-file=-"]
    body = commands.run([*git, "show", "--stat", "--format="], doing="listing the changes").stdout
    description = f"Made by a workflow. What has changed:\n\n```\n{body.strip()}\n```\n"
    return commands.run(create, doing="opening the pull request", cwd=root, data=description.encode()).stdout.strip()
