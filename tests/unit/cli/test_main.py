"""What ``./dev`` prints: each test runs it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import devcommand
import pytest

from runtimekit.cli.tasks import namespace
from runtimekit.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

CONTEXTS = {context.name: context for context in namespace.to_contexts()}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``./dev``."""
    return devcommand.make(tmp_path_factory.mktemp("dev"))


def without_spaces(text: str) -> str:
    """Lines may end anywhere, also at a hyphen."""
    return "".join(text.split())


def test_alone_it_shows_what_people_want(folder: Path) -> None:
    """Short, and no list of all tasks."""
    code, out, err = devcommand.run(folder)
    assert (code, err) == (0, "")
    heads = [line.split()[0] for line in out.splitlines() if line and line[0].isalpha()]
    assert heads == ["Usage:", "Function", "Build", "Test", "Publish", "Look", "CI", "Engine"]
    assert max(map(len, out.splitlines())) <= 80
    assert len(out.splitlines()) < len(CONTEXTS)


def test_list_shows_all_tasks_in_alphabetical_order(folder: Path) -> None:
    """Groups of two words come last."""
    code, out, _ = devcommand.run(folder, "--list")
    shown = [line.split()[0] for line in out.splitlines() if line.startswith("  ") and line[2] != " "]
    assert code == 0
    assert set(shown) == set(CONTEXTS)
    assert shown == sorted(shown, key=lambda name: ("." in name, name))


@pytest.mark.parametrize("name", sorted(CONTEXTS))
def test_help_shows_every_option_with_its_text(folder: Path, name: str) -> None:
    """invoke's tasks lose the texts at the first call of ``get_arguments``; ours keep them."""
    code, out, err = devcommand.run(folder, *name.split("."), "--help")
    assert (code, err) == (0, "")
    assert without_spaces(namespace[name].__doc__ or "?") in without_spaces(out)
    arguments = CONTEXTS[name].args.values()
    for argument in arguments:
        shown = argument.names[0].upper() if argument.positional else f"--{argument.names[0]}"
        assert shown in out.split("\n\n")[2].replace("=", " ").split()
        assert without_spaces(argument.help) in without_spaces(out)


@pytest.mark.parametrize("words", ["--help build", "help build", "-h build", "build -h", "build --platfrom --help"])
def test_help_is_found_wherever_it_is_asked_for(folder: Path, words: str) -> None:
    """Even next to mistakes."""
    code, out, _ = devcommand.run(folder, *words.split())
    assert code == 0
    assert out.startswith("Usage: ./dev build [NAME …]")


def test_help_of_dev_itself_shows_the_overview_and_what_invoke_takes(folder: Path) -> None:
    """Both, because no other command shows the second."""
    code, out, _ = devcommand.run(folder, "--help")
    assert code == 0
    assert "./dev build --local" in out
    assert "--list-format" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("buidl", 2, "no task is called 'buidl'. Perhaps you meant 'build' or 'bundle'?"),
        ("engine strat", 2, "no task is called 'engine strat'. Perhaps you meant 'engine start'"),
        ("engin start", 2, "no task is called 'engin'. Perhaps you meant 'engine'"),
        ("help buidl", 2, "no task is called 'buidl'. Perhaps you meant 'build' or 'bundle'?"),
        ("doctor zzz", 2, "no task is called 'zzz'. `./dev --list` shows all."),
        ("build --platfrom x", 2, "`./dev build` has no option --platfrom. Perhaps you meant '--platform'?"),
        ("build --platfrom=x", 2, "`./dev build` has no option --platfrom. Perhaps you meant '--platform'?"),
        ("build -platform x", 2, "`./dev build` has no option -platform. Perhaps you meant '--platform'?"),
        ("engine start --forse", 2, "`./dev engine start` has no option --forse. `./dev engine start --help`"),
        ("--lsit", 2, "`./dev` has no option --lsit. Perhaps you meant '--list'?"),
        ("build --jobs", 2, "`./dev build` needs a value for --jobs."),
        ("build --jobs --local", 2, "`./dev build` needs a value for --jobs."),
        ("build --jobs many", 2, "--jobs cannot be 'many'; it can be a whole number."),
        ("build --dry-run=yes", 2, "--dry-run takes no value; it got 'yes'."),
        ("new node", 2, "`./dev new` needs a value for VERSION."),
        ("conform image", 2, "`./dev conform` needs a value for --code and --entrypoint."),
        ("completion ksh", 2, "--shell cannot be 'ksh'; it can be bash, zsh, fish."),
        ("--list-depth deep", 2, "--list-depth cannot be 'deep'; it can be a whole number."),
        ("--echo --help nothing", 2, "No idea what 'nothing' is. `./dev --help` shows"),
        ("list pyton", 3, "no runtime is called 'pyton'. Perhaps you meant 'python-*'"),
        ("build pyton", 3, "no runtime is called 'pyton'. Perhaps you meant 'python-*'"),
        ("build pyton-3.13", 3, "no runtime is called 'pyton-3.13'. Perhaps you meant 'python-3.13'"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_was_meant(folder: Path, words: str, code: int, said: str) -> None:
    """Nothing is done. Exit code 1 would mean that a build failed."""
    ended, out, err = devcommand.run(folder, *words.split())
    assert err.startswith(f"error: {said}")
    assert err.count("\n") == 1
    assert (ended, out) == (code, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["--list", "--help", "build --help", "list", "--complete -- build p", ""])
def test_a_reader_that_goes_away_is_no_failure(folder: Path, words: str, unbuffered: str) -> None:
    """As with `| head`, whether lines are written one by one or all at the end."""
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(  # a real one: how Python itself ends is part of it
        [folder / "dev", *words.split()],
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("task", ["build", "plan", "matrix"])
def test_changes_outside_of_a_git_repository_are_one_line(folder: Path, task: str) -> None:
    """`git diff` alone would print all its options."""
    code, out, err = devcommand.run(folder, task, "--changed-since", "HEAD~1")
    assert (code, out) == (ExitCode.CONFIGURATION, "")
    assert err.startswith("error: git cannot tell what has changed since 'HEAD~1': not a git repository")
    assert err.count("\n") == 1


def test_an_unknown_revision_is_one_line(tmp_path: Path) -> None:
    """In a repository, git's own reason."""
    folder = devcommand.make(tmp_path)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    code, out, err = devcommand.run(folder, "matrix", "--changed-since", "nothing-of-this-name")
    assert (code, out) == (ExitCode.CONFIGURATION, "")
    assert "bad revision 'nothing-of-this-name'. Without the option everything is taken." in err
    assert err.count("\n") == 1
