"""``invoke create``: a function to begin with, written whole or not at all."""

from __future__ import annotations

import errno
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import (
    DiskFullError,
    FolderInUseError,
    NoStarterError,
    OptionError,
    OptionsConflictError,
    UnknownNameError,
    WritingError,
)
from runtimekit.functions import create, runtime_toml
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from runtimekit.repository.catalogue import Runtime

ROOT = Path(__file__).parents[3]
CATALOGUE = catalogue.load(configuration.load(ROOT))
PYTHON = CATALOGUE.get("python-3.13")
STARTED = (*CATALOGUE.newest, *CATALOGUE.of(Protocol.V5).newest)
"""Every starter has one of these."""
WITHOUT_RUBY = replace(CATALOGUE, second=tuple(each for each in CATALOGUE.second if each.id.language != "ruby"))
"""As if Ruby had only the contract's protocol."""


def make(folder: Path, runtime: Runtime = PYTHON, root: Path = ROOT) -> create.Created:
    """A function in a folder, as if its name had been typed."""
    words = create.command_words(CATALOGUE, runtime, folder.name)
    return create.create(root, runtime, folder, words=words, source="https://example.org/x/")


@pytest.mark.parametrize("runtime", STARTED, ids=str)
def test_every_language_has_a_starter(runtime: Runtime, tmp_path: Path) -> None:
    """Its entrypoint, a README of a title and five lines with the commands, and no name left to be filled in."""
    made = make(tmp_path / "my function", runtime)
    entrypoint = {"python-v5": "main.py"}.get(runtime.starter, runtime.entrypoint)
    assert {".gitignore", "README.md", entrypoint} < {*made.files}
    assert runtime_toml.protocol(made.folder) is (runtime.protocol if runtime.first else None)
    assert sorted(made.files) == sorted(
        str(path.relative_to(made.folder)) for path in made.folder.rglob("*") if path.is_file()
    )
    text = "\n".join((made.folder / name).read_text() for name in made.files)
    assert not re.findall(r"@[A-Z]+@", text)
    readme = (made.folder / "README.md").read_text()
    assert len([line for line in readme.splitlines() if line]) == 6
    assert f"{runtime.name} {runtime.version}" in readme
    assert "`./dev serve 'my function'`" in readme
    assert "`./dev call 'my function' --payload" in readme
    linked = re.findall(r"\]\(https://example.org/x/blob/main/([^)]+)\)", readme)
    page = "docs/protocol-v5.md" if runtime.first else "docs/contract.md"
    assert linked == [page, f"runtimes/{runtime.id.folder}/README.md"]
    assert all((ROOT / name).is_file() for name in linked)


WITHOUT_VERSION = {"deno", "ocaml"}
"""Their files for dependencies have no place for the language's version."""


@pytest.mark.parametrize("runtime", STARTED, ids=str)
def test_the_file_for_dependencies_names_the_version(runtime: Runtime, tmp_path: Path) -> None:
    """So that the runtime can be told from the folder."""
    made = make(tmp_path / "function", runtime)
    naming = [
        name
        for name in made.files
        if re.search(rf"(?<![\d.]){re.escape(runtime.version)}(?!\d)", (made.folder / name).read_text())
    ]
    expected = 1 if runtime.id.language in WITHOUT_VERSION else 2
    assert len(naming) == expected, naming


def test_another_version_than_the_newest_may_be_named(tmp_path: Path) -> None:
    """The file for dependencies then names that."""
    chosen = create.choose_runtime(CATALOGUE, "python", "python-3.13")
    make(tmp_path / "function", chosen)
    project = tomllib.loads((tmp_path / "function/pyproject.toml").read_text())["project"]
    assert project["requires-python"] == "==3.13.*"
    assert "`./dev serve function --runtime python-3.13`" in (tmp_path / "function/README.md").read_text()


def test_the_runtime_is_the_languages_newest() -> None:
    """Unless one is named; a runtime's name says its language. Of protocol v5 where the language has it."""
    newest = {each.id.language: each for each in CATALOGUE.newest}
    choose = create.choose_runtime
    assert choose(WITHOUT_RUBY, "ruby") is newest["ruby"]
    assert choose(CATALOGUE, "node", protocol="2021") is newest["node"]
    assert choose(CATALOGUE, "node").first is newest["node"]
    assert str(choose(CATALOGUE, "", "node-22")) == "node-22-v5"
    assert str(choose(CATALOGUE, "", "node-22-v5")) == "node-22-v5"
    assert str(choose(CATALOGUE, "", "node-22-v5", "2021")) == "node-22"
    with pytest.raises(OptionsConflictError, match=r"ruby-.* does not speak it"):
        choose(WITHOUT_RUBY, "ruby", protocol="v5")
    with pytest.raises(OptionError, match="--protocol"):
        choose(CATALOGUE, "node", protocol="v4")


def test_words_name_the_version_in_its_protocol() -> None:
    """The newest needs none."""
    named = [create.choose_runtime(CATALOGUE, "", name) for name in ("node-22", "node-24")]
    assert [create.command_words(CATALOGUE, each, "x") for each in named] == ["x --runtime node-22", "x"]


@pytest.mark.parametrize(
    ("language", "runtime", "error", "words"),
    [
        ("", "", OptionsConflictError, "needs --language"),
        ("pyhton", "", UnknownNameError, "'python'"),
        ("python", "python-3.31", UnknownNameError, "'python-3.13'"),
        ("python", "node-22", OptionsConflictError, "none of --language python"),
        ("", "alpine-3.22", OptionsConflictError, "several languages"),
    ],
)
def test_what_cannot_be_chosen_is_refused(language: str, runtime: str, error: type[Exception], words: str) -> None:
    """With near names where there are some."""
    with pytest.raises(error, match=words):
        create.choose_runtime(CATALOGUE, language, runtime)


def test_an_empty_folder_is_filled_and_folders_above_are_made(tmp_path: Path) -> None:
    """Both are usual: `mkdir` first, or not."""
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a/b/c"):
        make(folder)
        assert (folder / "index.py").exists()


@pytest.mark.parametrize(("name", "shown"), [("index.py", "index.py"), (".git/config", ".git")])
def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, name: str, shown: str) -> None:
    """What is in it is named."""
    path = tmp_path / "used" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(FolderInUseError, match=re.escape(f"it holds {shown};")):
        make(tmp_path / "used")
    assert [each for each in (tmp_path / "used").rglob("*") if each.is_file()] == [path]
    assert path.read_text() == "mine"


def test_of_many_files_some_are_named(tmp_path: Path) -> None:
    """The message stays one line."""
    for number in range(9):
        (tmp_path / f"{number}").touch()
    with pytest.raises(FolderInUseError, match="0, 1, 2, 3, 4 and 4 more"):
        make(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Nor is anything below it."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FolderInUseError, match="is a file"):
        make(tmp_path / "file")
    with pytest.raises(WritingError, match="cannot be written"):
        make(tmp_path / "file/inner")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (OSError(errno.EIO, "Input/output error"), WritingError),
        (OSError(errno.ENOSPC, "No space left on device"), DiskFullError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
    ids=["fault", "disk full", "Ctrl-C"],
)
@pytest.mark.parametrize("was_there", ["", "an empty folder"])
def test_nothing_is_left_of_half_a_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: BaseException, error: type[BaseException], was_there: str
) -> None:
    """An empty folder of the user's stays; folders of ours go."""
    folder = tmp_path / "above/function"
    if was_there:
        folder.mkdir(parents=True)
    written: list[Path] = []
    write = Path.write_bytes

    def failing(path: Path, content: bytes) -> int:
        written.append(path)
        if len(written) > 2:
            write(path, content[:1])
            raise failure
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises(error):
        make(folder, CATALOGUE.get("perl-5.40"))
    assert len(written) == 3
    assert sorted(tmp_path.rglob("*")) == ([tmp_path / "above", folder] if was_there else [])


def test_the_repositorys_own_starter_comes_before_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another monorepo may have its own, for some of its languages."""
    packaged, theirs = tmp_path / "packaged", tmp_path / "theirs"
    shutil.copytree(ROOT / "starters/python", packaged / "python")
    monkeypatch.setattr(create, "PACKAGED_STARTERS", packaged)
    assert create.starter_folder(theirs, "python") == packaged / "python"
    shutil.copytree(ROOT / "starters/python", theirs / "starters/python")
    assert create.starter_folder(theirs, "python") == theirs / "starters/python"
    with pytest.raises(NoStarterError, match="theirs/starters/ecma"):
        create.starter_folder(theirs, "ecma")
