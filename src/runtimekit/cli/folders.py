"""Folders and files as the user names them."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "RUNTIMEKIT_CWD"
"""Where ``dev`` says in which folder the user was: it changes to the repository's before Python starts."""

_user: dict[str, str] = {}


def take_variable() -> None:
    """Remember where the user was, and take the variable away: what this process starts was typed nowhere."""
    _user["folder"] = os.environ.pop(VARIABLE, "")


def from_user(path: str) -> Path:
    """The absolute path of a folder or file that was typed: relative to where the user typed the command."""
    return Path(_user.get("folder") or os.environ.get(VARIABLE) or Path.cwd(), path).resolve()
