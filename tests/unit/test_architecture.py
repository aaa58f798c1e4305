"""The picture in docs/architecture.md, compared with the folders, import-linter's contract and Go's imports."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "src" / "runtimekit"
GO = ROOT / "gateway" / "internal"
BESIDE = {"client", "tasks"}
"""Modules beside the layers: the public façade."""
TEST_ONLY = {"e2e", "testconn", "testworker"}
"""Go packages that only tests import."""

Layers = list[frozenset[str]]


def picture(title: str) -> Layers:
    """The layers below a title of the picture, from the top: the names of each line, up to the text about them."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"^```text\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert block, "docs/architecture.md has no picture (a ```text block)"
    part = re.search(rf"^{re.escape(title)}\n((?:  .*\n)+)", block[1], re.MULTILINE)
    assert part, f"the picture has no part {title!r}"
    return [names(re.split(r" {2,}", line.strip())[0], r"[|,]") for line in part[1].splitlines()]


def names(text: str, separator: str) -> frozenset[str]:
    """The names in one layer. import-linter puts optional ones in parentheses."""
    return frozenset(name.strip().strip("()").removeprefix("runtimekit.") for name in re.split(separator, text))


def folders(parent: Path, pattern: str) -> set[str]:
    """The folders that hold sources; empty ones may be left over from another branch."""
    return {path.name for path in parent.iterdir() if path.is_dir() and any(path.rglob(pattern))}


def contract() -> dict[str, Any]:
    """import-linter's contract about the layers of the package."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"].get("importlinter", {}).get("contracts", [])
    found = [each for each in contracts if {"cli", "errors"} <= names("|".join(each.get("layers", [])), r"[|:]")]
    assert len(found) == 1, "pyproject.toml has no contract of import-linter from cli to errors, or several"
    return found[0]


def test_the_picture_has_the_layers_of_the_import_contract() -> None:
    """The same names in the same order; the façade may be in the contract, the picture leaves it out."""
    layers = [names(layer, r"[|:]") - BESIDE for layer in contract()["layers"]]
    assert [layer for layer in layers if layer] == picture("src/runtimekit")


def test_every_folder_of_the_package_is_in_the_picture() -> None:
    """And nothing else: no room without a layer, no layer without a room."""
    assert frozenset().union(*picture("src/runtimekit")) == folders(PYTHON, "*.py")


def test_no_module_stands_outside_the_rooms() -> None:
    """But the façade, and what Python itself asks for."""
    modules = {path.stem for path in PYTHON.glob("*.py")} - {"__init__", "__main__"}
    assert modules <= BESIDE


def test_every_package_of_the_gateway_is_in_the_picture() -> None:
    """What only tests use is not."""
    assert frozenset().union(*picture("gateway/internal")) == folders(GO, "*.go") - TEST_ONLY


def test_the_gateways_packages_import_what_stands_below_them() -> None:
    """Packages of one line may import each other: Go itself refuses circles."""
    height = {name: row for row, layer in enumerate(picture("gateway/internal")) for name in layer}
    wrong = [
        f"{path.relative_to(ROOT)} imports {imported}"
        for path in sorted(GO.rglob("*.go"))
        if not path.name.endswith("_test.go") and (package := path.relative_to(GO).parts[0]) in height
        for imported in re.findall(r'"runtimekit/gateway/internal/(\w+)', path.read_text(encoding="utf-8"))
        if height.get(imported, -1) < height[package]
    ]
    assert not wrong


@pytest.mark.parametrize("line", ["cli", "github | console", "(a) : runtimekit.b"])
def test_layers_are_read_as_import_linter_writes_them(line: str) -> None:
    """Siblings by ``|`` or ``:``, optional ones in parentheses, with or without the package's name."""
    expected = {"cli": {"cli"}, "github | console": {"github", "console"}, "(a) : runtimekit.b": {"a", "b"}}
    assert names(line, r"[|:]") == expected[line]
