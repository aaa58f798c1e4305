"""Shell completion: the candidates, and the scripts of the shells."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import devcommand
import pytest
from invoke.parser.context import ParserContext

from runtimekit.cli import completion
from runtimekit.cli.program import Dev
from runtimekit.cli.tasks import namespace

ROOT = Path(__file__).parents[3]
RUNTIMES = {path.name for path in (ROOT / "runtimes").iterdir()}


def offered(*words: str, root: Path = ROOT) -> list[str]:
    """The completions of the last word."""
    contexts = {context.name or "": context for context in namespace.to_contexts()}
    core = ParserContext(args=Dev().core_args())
    return [word for word, _ in completion.candidates(words, namespace, contexts, core, root)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("bui", {"build", "builder"}),
        ("engine st", {"start", "stop", "status"}),
        ("build --pl", {"--platform"}),
        ("build --platform linux/", {"linux/amd64", "linux/arm64"}),
        ("build --platform=linux/arm", {"--platform=linux/arm64"}),
        ("build --platform = linux/arm", {"linux/arm64"}),  # so bash takes it apart
        ("build --platform =", {"linux/amd64", "linux/arm64"}),
        ("build --local --platform linux/arm64 node-2", {name for name in RUNTIMES if name.startswith("node-2")}),
        ("build --dry-run --dry", set()),
        ("build --tag jvm --ta", {"--tag"}),
        ("list --arch a", {"amd64", "arm64"}),
        ("list --tag jv", {"jvm"}),
        ("build --bases ", {"auto", "registry", "bootstrap"}),
        ("build --jobs ", set()),
        ("package pyth", {"python"}),
        ("new nod", {"node"}),
        ("new node ", set()),
        ("new ecma 1 --like node-2", {name for name in RUNTIMES if name.startswith("node-2")}),
        ("completion ", {"bash", "zsh", "fish"}),
        ("doctor ", {"--help"}),
        ("--list-f", {"--list-format"}),
        ("--echo doct", {"doctor"}),
        ("nothing ", set()),
        ("engine nothing ", set()),
    ],
)
def test_what_fits_is_offered(typed: str, expected: set[str]) -> None:
    """Tasks, then their options, values and runtimes."""
    assert set(offered(*typed.split(" "))) == expected


def test_all_runtimes_are_offered_by_language_and_version() -> None:
    """Those that are named already are not."""
    words = offered("build", "node-22", "")
    assert set(words) == RUNTIMES - {"node-22"}
    assert words.index("python-3.10") < words.index("python-3.11")


def test_the_first_word_is_a_task_or_a_group() -> None:
    """All of them."""
    assert set(offered("")) == {*namespace.tasks, *namespace.collections}


def test_completion_prints_no_error_of_the_repository(tmp_path: Path) -> None:
    """Tasks report it. Completion still offers tasks and options."""
    (tmp_path / "platforms.toml").write_text("nonsense")
    assert offered("build", "--platform", "", root=tmp_path) == []
    assert offered("build", "--pl", root=tmp_path) == ["--platform"]


def test_values_are_those_of_options_that_exist() -> None:
    """A renamed option must not lose its values."""
    options = {(context.name, name) for context in namespace.to_contexts() for name in context.args}
    for key in completion.VALUES_BY_OPTION:
        task, dashes, name = key.rpartition(" --")
        assert (task, name) in options if dashes else name in {option for _, option in options}, key


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_script_asks_dev_itself(shell: str, tmp_path: Path) -> None:
    """So that it never becomes stale; and it asks no other program that is called dev."""
    folder = devcommand.make(tmp_path)
    code, script, _ = devcommand.run(folder, "completion", shell)
    assert code == 0
    assert "--complete -- " in script
    assert "/platforms.toml" in script
    assert devcommand.run(folder, f"--print-completion-script={shell}") == (0, script, "")


COMPLETE = """
eval "$("$DEV" completion bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
complete -p dev | grep -q -- '-F _runtimekit_dev' && _runtimekit_dev "$1" "${@: -1}" "${@: -2:1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed_by_bash(folder: Path, *words: str, cwd: Path | None = None) -> list[str]:
    """What bash would offer for the last word."""
    ended = subprocess.run(
        ["bash", "--norc", "-c", COMPLETE, "bash", *words],
        cwd=cwd or folder,
        env=os.environ | {"DEV": str(folder / "dev"), "HOME": str(folder.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stderr == ""
    return ended.stdout.split()


def test_bash_completes(tmp_path: Path) -> None:
    """Its own function, with the words as bash gives them to it."""
    folder = tmp_path / "work"
    folder.mkdir()
    devcommand.make(folder)
    assert completed_by_bash(folder, "./dev", "buil") == ["build", "builder"]
    assert completed_by_bash(folder, "./dev", "build", "--platform", "=", "linux/ar") == ["linux/arm64"]
    assert completed_by_bash(folder, "~/work/dev", "engine", "star", cwd=ROOT) == ["start"]
    assert set(completed_by_bash(folder, "./dev", "verify", "")) == RUNTIMES


def test_another_program_of_the_name_is_not_run(tmp_path: Path) -> None:
    """A key in a foreign folder must not start what stands there."""
    folder = tmp_path / "work"
    folder.mkdir()
    devcommand.make(folder)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "dev").write_text("#!/bin/sh\ntouch was-run\necho build\n")
    (foreign / "dev").chmod(0o755)
    assert completed_by_bash(folder, "./dev", "buil", cwd=foreign) == []
    assert not (foreign / "was-run").exists()


def test_a_key_sets_nothing_up(tmp_path: Path) -> None:
    """A .venv that is out of date is made anew by a task, not in the middle of a line."""
    folder = devcommand.make(tmp_path)
    (folder / ".venv/made-from").write_text("something else")
    assert devcommand.run_script(folder, "--complete", "--", "buil") == (0, "", "")
    assert (folder / ".venv/made-from").read_text() == "something else"
