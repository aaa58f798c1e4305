"""One comment on a pull request, updated in place, by GitHub's command line (`gh`); GH_TOKEN is the right to do so.

What it says was made by the pull request's own code, so it is data here: nothing of it is run.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from runtimekit.errors import NotInActionsError, OptionError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REPOSITORY = "GITHUB_REPOSITORY"
MARK = "<!-- runtimekit: what this changes -->"
"""The first line of the comment, by which it is found again."""
AUTHOR = "github-actions[bot]"
MAX_CHARACTERS = 60_000
"""GitHub takes 65,536."""
CUT = "\n\nThe rest did not fit; the job's summary has all.\n"


def comment(root: Path, number: str, text: str, environ: Mapping[str, str] | None = None) -> str:
    """Write or update the comment; its address.

    Args:
        root: The repository's folder.
        number: The pull request's.
        text: Markdown.
        environ: Replaces the environment.

    Raises:
        NotInActionsError: GITHUB_REPOSITORY is not set.
        OptionError: ``number`` is none.
        CommandError: gh failed.
    """
    repository = (os.environ if environ is None else environ).get(REPOSITORY, "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise NotInActionsError(REPOSITORY)
    if not re.fullmatch(r"[1-9]\d*", number, re.ASCII):
        raise OptionError("number", number, ["a pull request's number"])
    of_all = f"repos/{repository}/issues/{number}/comments"
    chosen = f'.[] | select(.user.login == "{AUTHOR}" and (.body | startswith("{MARK}"))) | .id'
    found = commands.run(
        ["gh", "api", "--paginate", of_all, "--jq", chosen], doing="asking for the comment", cwd=root
    ).stdout.split()
    method, path = ("PATCH", f"repos/{repository}/issues/comments/{found[0]}") if found else ("POST", of_all)
    data = json.dumps({"body": body(text)}).encode()
    argv = ["gh", "api", "--method", method, path, "--input", "-", "--jq", ".html_url"]
    return commands.run(argv, doing="writing the comment", cwd=root, data=data).stdout.strip()


def body(text: str) -> str:
    """The comment: the mark, and the text, cut between lines if it is too long."""
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rpartition("\n")[0] + CUT
    return f"{MARK}\n{text}"
