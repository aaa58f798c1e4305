"""Folders and files as the user names them."""

from __future__ import annotations

import os
from pathlib import Path


def from_user(path: str) -> Path:
    """The absolute path of a folder or file that was typed: relative to where the user typed the command.

    ``dev`` changes to the repository's folder before it starts Python, and says in ``RUNTIMEKIT_CWD`` where it was.
    """
    return Path(os.environ.get("RUNTIMEKIT_CWD") or Path.cwd(), path).resolve()
