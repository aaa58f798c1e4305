"""The form of CHANGELOG.md: Keep a Changelog, and which runtimes an entry affects."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from fnmatch import filter as matching
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""In this order, each at most once in a version."""
ABOUT_RUNTIMES = ("Runtimes", "Security")
"""Groups and kinds whose entries say what they affect."""
_VERSION = re.compile(r"^## \[(Unreleased|\d+\.\d+\.\d+)\](?: - (\d{4}-\d\d-\d\d))?$")


def changelog() -> str:
    """The file."""
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def mistakes(text: str, runtimes: list[str]) -> list[str]:
    """What is wrong with a changelog, a line each."""
    body = re.sub(r"^\[.*", "", text, flags=re.MULTILINE)  # without the addresses at its end
    parts = re.split(r"^(?=## )", body, flags=re.MULTILINE)[1:]
    wrong, versions = [], []
    for part in parts:
        head = part.partition("\n")[0]
        if found := _VERSION.match(head):
            versions.append((found[1], found[2] or ""))
        else:
            wrong.append(f"{head}: write ## [1.2.3] - 2026-11-29, or ## [Unreleased]")
        wrong += _kinds(part, runtimes)
    return wrong + _versions(versions, text)


def _kinds(version: str, runtimes: list[str]) -> list[str]:
    """What is wrong in the part of one version."""
    sections = re.split(r"^### (.*)\n", version, flags=re.MULTILINE)[1:]
    names, texts = sections[::2], sections[1::2]
    wrong = []
    if [each for each in KINDS if each in names] != names:
        wrong.append(f"{', '.join(names)}: the kinds are {', '.join(KINDS)}, in this order, each once")
    for name, text in zip(names, texts, strict=True):
        groups = re.split(r"^\*\*(.*)\*\*$", f"**{name}**\n{text}", flags=re.MULTILINE)[1:]
        for group, entries in zip(groups[::2], groups[1::2], strict=True):
            if {name, group} & {*ABOUT_RUNTIMES}:
                wrong += [each for entry in _entries(entries) for each in _affected(entry, runtimes)]
    return wrong


def _entries(text: str) -> list[str]:
    """The entries of a list, their lines without indentation."""
    entries = re.findall(r"^- .*(?:\n  .*)*", text, re.MULTILINE)
    return ["\n".join(line.strip() for line in entry.splitlines()) for entry in entries]


def _affected(entry: str, runtimes: list[str]) -> list[str]:
    first, last = entry.splitlines()[0], entry.splitlines()[-1]
    found = re.fullmatch(r"Affected: (all|none; .+|`[^`]+`(?:, `[^`]+`)*)\.", last)
    if not found:
        return [f"{first}: its last line says what is affected, as in: Affected: `node-*`, `go-1.27`."]
    named = re.findall(r"`([^`]+)`", last) if found[1].startswith("`") else []
    return [f"{first}: no runtime is called {each}" for each in named if not matching(runtimes, each)]


def _versions(versions: list[tuple[str, str]], text: str) -> list[str]:
    wrong = []
    names, days = [name for name, _ in versions], [day for _, day in versions]
    if names[:1] != ["Unreleased"] or "Unreleased" in names[1:] or days[:1] != [""]:
        wrong.append("the first version is ## [Unreleased], without a day")
    numbers = [Version(name) for name in names if name != "Unreleased"]
    if numbers != sorted(set(numbers), reverse=True):
        wrong.append("versions stand in order, the newest first")
    for name, day in versions:
        if f"\n[{name}]: https://" not in text:
            wrong.append(f"[{name}] has no address at the end of the file")
        if name != "Unreleased":
            try:
                dt.date.fromisoformat(day)
            except ValueError:
                wrong.append(f"{name} has no day, or none of the calendar")
    return wrong


def test_the_changelog_has_its_form() -> None:
    """Each entry about runtimes names some that exist, or all."""
    assert mistakes(changelog(), [path.name for path in (ROOT / "runtimes").iterdir()]) == []


GOOD = """# Changelog

## [Unreleased]

### Added

**Runtimes**

- One
  thing.
  Affected: `go-*`.

**Building**

- Another.

### Security

- A third.
  Affected: all.

## [1.2.0] - 2026-11-29

### Fixed

- A fourth.

[Unreleased]: https://example.org
[1.2.0]: https://example.org
"""


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("", "", ""),
        ("  Affected: `go-*`.\n", "", "- One: its last line says what is affected"),
        ("  Affected: all.\n", "", "- A third.: its last line"),
        ("`go-*`", "`gone-*`", "no runtime is called gone-*"),
        ("### Added", "### New", "the kinds are Added"),
        ("### Security", "### Added", "the kinds are Added"),
        ("[1.2.0] - 2026-11-29", "[1.2.0]", "1.2.0 has no day"),
        ("2026-11-29", "2026-11-31", "1.2.0 has no day"),
        ("## [1.2.0]", "## 1.2.0", "write ## [1.2.3]"),
        ("[1.2.0]: https", "[1.1.0]: https", "[1.2.0] has no address"),
        ("## [Unreleased]", "## [1.3.0] - 2026-11-30", "the first version is"),
        ("## [1.2.0] -", "## [1.1.0] - 2026-01-01\n\n## [1.2.0] -", "versions stand in order"),
    ],
)
def test_each_mistake_is_noticed(old: str, new: str, mistake: str) -> None:
    """The check of the form can fail."""
    found = mistakes(GOOD.replace(old, new, 1) if old else GOOD, ["go-1.27"])
    assert any(mistake in each for each in found) if mistake else found == []


def test_versions_without_tags_begin_after_the_newest_release() -> None:
    """What pyproject.toml has as the fallback of a shallow clone is not older than what was released."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    fallback = Version(settings["tool"]["hatch"]["version"]["fallback-version"])
    released = [Version(number) for number in re.findall(r"^## \[(\d[^\]]*)\]", changelog(), re.MULTILINE)]
    assert fallback.dev == 0
    assert all(Version(fallback.base_version) > each for each in released)
