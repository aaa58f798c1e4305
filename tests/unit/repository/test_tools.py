"""The tools that build.sh fetches for lock files: each has one version, and a hash of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NODE = ROOT / "adapters/node"
PYTHON = ROOT / "adapters/python"
LOCKED = json.loads((NODE / "tools/package-lock.json").read_text())["packages"]
DECLARED = json.loads((NODE / "tools/package.json").read_text())["dependencies"]
OLDEST_NODE = min(int(path.name.partition("-")[2]) for path in (ROOT / "runtimes").glob("node-*"))


def test_node_tools_are_those_that_are_declared() -> None:
    """`npm ci` would refuse another version."""
    assert LOCKED[""]["dependencies"] == DECLARED
    assert {name.removeprefix("node_modules/") for name in LOCKED if name} == set(DECLARED)


@pytest.mark.parametrize("tool", DECLARED)
def test_a_node_tool_is_one_version_with_its_hash(tool: str) -> None:
    """From whichever registry the user has, so no address; and nothing comes with it that has no hash here."""
    entry = LOCKED[f"node_modules/{tool}"]
    assert f"npm:{entry['name']}@{entry['version']}" == DECLARED[tool]
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", entry["integrity"])
    assert not entry.keys() & {"resolved", "dependencies", "optionalDependencies"}


@pytest.mark.parametrize("tool", DECLARED)
def test_a_node_tool_runs_with_every_node(tool: str) -> None:
    """With the oldest one, too."""
    wanted = LOCKED[f"node_modules/{tool}"]["engines"]["node"]
    needed = [int(major) for major in re.findall(r">=? ?(\d+)", wanted)]
    assert needed
    assert min(needed) <= OLDEST_NODE, f"{tool} needs Node {wanted}; build.sh would have to refuse its lock file"


def test_node_tools_are_those_that_are_used() -> None:
    """None is missing, none too many."""
    assert set(re.findall(r"\bfetched ([a-z]+-\d+)", (NODE / "build.sh").read_text())) == set(DECLARED)


@pytest.mark.parametrize("file", sorted((PYTHON / "tools").iterdir()), ids=lambda path: path.stem)
def test_a_python_tool_is_of_versions_with_hashes(file: Path) -> None:
    """All that comes with it, too; and the tool is used."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    requirements = re.split(r"\n(?=\S)", "\n".join(lines))
    for requirement in requirements:
        first, *hashes = requirement.split("\\\n")
        assert re.match(r"[a-z0-9-]+==[\w.]+ ", first), first
        assert hashes
        assert all(re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64} ?", each.rstrip("\n")) for each in hashes), first
    assert any(requirement.startswith(f"{file.stem}==") for requirement in requirements)
    assert f"tool {file.stem} " in (PYTHON / "build.sh").read_text()
