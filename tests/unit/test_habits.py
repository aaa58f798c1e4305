"""What contributors are told: pre-commit's hooks, editors' settings, and the names in documents."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PROGRAMS = {"lint-imports": "import-linter"}
"""Programs whose package has another name."""
WITH_TABS = ("*.go", "*.go.in", "*.s", "go.mod", "*/go.mod", "*.md")
"""Documents show Go."""
LONGEST = {"README.md": 80, "docs/architecture.md": 120, "docs/glossary.md": 40}
"""Lines."""


def tracked(*patterns: str) -> list[str]:
    """The files that git knows, and that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


DOCUMENTS = tracked("*.md", ":!starters/*/*")


def hooks() -> list[dict[str, Any]]:
    """The hooks of all repositories that the configuration names."""
    read = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [each["repo"] for each in read["repos"]] == ["local"], "hooks from elsewhere are fetched"
    return list(read["repos"][0]["hooks"])


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_a_hook_calls_a_program_of_this_environment(hook: dict[str, Any]) -> None:
    """Nothing is fetched, and the version is the one that CI has."""
    path = Path(hook["entry"].split()[0])
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extra = settings["project"]["optional-dependencies"]["dev"]
    assert hook["language"] == "system"
    assert path.parent == Path(".venv/bin")
    assert PROGRAMS.get(path.name, path.name) in {re.split(r"[^\w-]", each)[0] for each in extra}


def test_the_editors_settings_are_json_and_know_the_line_length() -> None:
    """Comments would be allowed there, but other tools read these files, too."""
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    json.loads((ROOT / ".vscode" / "extensions.json").read_text(encoding="utf-8"))
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert settings["[python]"]["editor.rulers"] == [ruff["line-length"]]
    assert f"max_line_length = {ruff['line-length']}" in (ROOT / ".editorconfig").read_text(encoding="utf-8")


def test_files_are_as_editorconfig_says() -> None:
    """UTF-8, line feeds, one at the end, no blanks before it, tabs only in Go and assembly."""
    wrong = []
    for name in tracked(":!tests/resources"):
        data = (ROOT / name).read_bytes()
        tabs = data.startswith(b"\t") or b"\n\t" in data
        if b"\0" in data or (not data.endswith(b"\n") and data):
            wrong.append(f"{name}: is no text, or lacks the last line feed")
        elif b"\r" in data or re.search(rb"[ \t]\n", data):
            wrong.append(f"{name}: has a carriage return, or blanks at the end of a line")
        elif tabs and not any(fnmatch(name, pattern) for pattern in WITH_TABS):
            wrong.append(f"{name}: is indented with tabs")
    assert not wrong


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    """Files, and headings of documents."""
    text = (ROOT / document).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, heading = target.partition("#")
        found = (ROOT / document).parent / path if path else ROOT / document
        assert found.exists(), f"{document} links to {target}"
        if heading:
            titles = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}, target


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", *tracked("docs/*.md")])
def test_sessions_that_documents_name_exist(document: str) -> None:
    """``nox -s`` with something that noxfile.py does not have helps nobody."""
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    known = set(re.findall(r"^@nox\.session.*\ndef (\w+)", noxfile, re.MULTILINE))
    known |= set(re.findall(r'^@nox\.session\(name="([\w-]+)"\)', noxfile, re.MULTILINE))
    known |= {f"test-{path.name}" for path in (ROOT / "runtimes").iterdir()}
    text = (ROOT / document).read_text(encoding="utf-8")
    for line in re.findall(r"nox -s ([a-z0-9 .\-]*[a-z0-9])", text):
        names = line.partition(" -- ")[0].split()
        made_up = {name for name in names if name.startswith(("test-ecma", "test-node-26"))}
        assert {*names} - known - made_up - {"test"} == set(), f"{document}: nox -s {line}"


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "SECURITY.md", *tracked("docs/*.md")])
def test_sources_that_documents_name_exist(document: str) -> None:
    """A document may leave out folders: ``engine/buildx.py``. Absolute paths are an image's, ``index.*`` a user's."""
    files = [f"/{name}" for name in tracked("*.py", "*.go", "*.sh")]
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`([\w./-]+\.(?:py|go|sh))`", text)
    ours = {name for name in named if not name.startswith(("/", "index."))}
    missing = {name for name in ours if not any(file.endswith(f"/{name}") for file in files)}
    assert not missing


@pytest.mark.parametrize("document", LONGEST)
def test_pages_that_are_read_first_are_short(document: str) -> None:
    """What does not fit has a page of its own."""
    assert len((ROOT / document).read_text(encoding="utf-8").splitlines()) <= LONGEST[document]
