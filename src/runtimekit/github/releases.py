"""A release on GitHub: the wheel, the changelog's part about it as its notes, and a signature beside the wheel."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from runtimekit.errors import ConfigurationError, OptionError, Problem
from runtimekit.support import atomic_files, commands

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runtimekit.supply_chain.signing import Signer

CHANGELOG = "CHANGELOG.md"
NOTES = "notes.md"
BUILD_SECONDS = 300
_TAG = re.compile(r"v(\d+\.\d+\.\d+)")


def version_of(tag: str) -> str:
    """The version of a tag.

    Raises:
        OptionError: It is none of a version.
    """
    found = _TAG.fullmatch(tag)
    if not found:
        raise OptionError("tag", tag, ["the tag of a version, such as v1.2.3"])
    return found[1]


def notes(root: Path, version: str) -> str:
    """What the changelog says of a version, without its head.

    Raises:
        ConfigurationError: It says nothing of it.
    """
    file = root / CHANGELOG
    parts = re.split(r"^## \[(.*?)\].*\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    told = dict(zip(parts[::2], parts[1::2], strict=True)).get(version, "")
    text = re.sub(r"^\[[^\]]+\]: .*\n?", "", told, flags=re.MULTILINE).strip()  # without the addresses at its end
    if not text:
        what = f"says nothing of {version}; write `## [{version}] - YYYY-MM-DD` and what has changed, then tag again"
        raise ConfigurationError([Problem(file, None, what)])
    return f"{text}\n"


def make(root: Path, tag: str, folder: Path) -> Path:
    """Write the notes and build the wheel into a folder; the wheel.

    Raises:
        OptionError: The tag is none of a version.
        ConfigurationError: The changelog says nothing of it, or what is checked out is another version.
        CommandError: The wheel does not build.
    """
    version = version_of(tag)
    text = notes(root, version)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl*"):
        old.unlink()
    argv = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(root)]
    commands.run(argv, doing="building the wheel", deadline=BUILD_SECONDS)
    atomic_files.write_text(folder / NOTES, text)
    return wheel_in(folder, version)


def wheel_in(folder: Path, version: str) -> Path:
    """The wheel of exactly this version.

    Raises:
        ConfigurationError: There is another one, or none.
    """
    found = sorted(folder.glob("*.whl"))
    if len(found) == 1 and found[0].name.split("-")[1] == version:
        return found[0]
    names = ", ".join(file.name for file in found) or "no wheel"
    what = f"holds {names}, not one of {version}; check out the tag, with its history and nothing changed"
    raise ConfigurationError([Problem(folder, None, what)])


def create(root: Path, tag: str, folder: Path, signer: Signer | None) -> str:
    """Sign what :func:`make` has left, and make the release on GitHub, by `gh`; its address.

    Raises:
        ConfigurationError: The folder does not hold what was made for this tag.
        SigningError: It cannot be signed; there is no release then.
        CommandError: gh failed. A release of this tag may exist.
    """
    wheel = wheel_in(folder, version_of(tag))
    files: Sequence[Path] = [wheel, *([signer.sign_file(wheel)] if signer else ())]
    argv = ["gh", "release", "create", tag, "--verify-tag", f"--title={tag}", f"--notes-file={folder / NOTES}"]
    return commands.run([*argv, *map(str, files)], doing="making the release", cwd=root).stdout.strip()
