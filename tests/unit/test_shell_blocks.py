"""Commands that documents show: they exist, and each block is run by a test or says why not."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
import shellblocks

from runtimekit.cli.arguments import invoke_arguments
from runtimekit.cli.tasks import namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = {"README.md", "docs/adding-a-runtime.md", "docs/contract.md", "docs/run.md"}
"""The documents with blocks that tests/system/test_documents.py runs; README's two commands are tests/newcomer's."""
FILLED_IN = ("TASK", "…", "N ")
"""What stands for something else: such a command is a form, and cannot be looked up."""
CONTEXTS = {str(context.name): context for context in namespace.to_contexts()}


def documents() -> list[str]:
    """Those that people read, as git knows them or will."""
    patterns = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/*.md")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=shellblocks.ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(name for name in listed.stdout.splitlines() if (shellblocks.ROOT / name).is_file())


def commands(document: str) -> Iterator[str]:
    """What a document shows of ``./dev``, in blocks and in the text."""
    text = (shellblocks.ROOT / document).read_text(encoding="utf-8").replace("\\|", "|")
    for block in shellblocks.blocks(document):
        joined = block.text.replace("\\\n", " ")
        yield from (line for line in shellblocks.commands(joined) if line.startswith("./dev "))
    for found in re.findall(r"`(\./dev [^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)):
        yield found.partition(" | ")[0]


@pytest.mark.parametrize("document", documents())
def test_shell_blocks_are_run_or_marked(document: str) -> None:
    """``<!-- not run: why -->`` above a block is a mark; a block of README's own lines is run with README."""
    assert document in RUN or not shellblocks.to_run(document), f"{document}: run its blocks in a test, or mark them"


@pytest.mark.parametrize("document", sorted(RUN))
def test_documents_whose_blocks_are_run_have_some(document: str) -> None:
    """A test of none would pass."""
    assert shellblocks.to_run(document)


@pytest.mark.parametrize("document", documents())
def test_commands_exist_with_their_options(document: str) -> None:
    """Of ``./dev``: its tasks and their options."""
    for command in commands(document):
        if any(form in command for form in FILLED_IN):
            continue
        words = shlex.split(command)[1:]
        if words[0].startswith("-"):
            assert words[0] in {"--list", "--help", "--version"}, command
            continue
        task, *rest = invoke_arguments(words, namespace)
        assert task in CONTEXTS, f"{document}: {command}"
        options = {f"--{name}" for argument in CONTEXTS[task].args.values() for name in argument.names} | {"--help"}
        used = {word.partition("=")[0] for word in rest if word.startswith("--")}
        assert used <= options, f"{document}: {command}"


def test_a_mark_and_readmes_lines_are_known() -> None:
    """Comments behind a command do not count."""
    assert shellblocks.commands("a  # one\n\n# two\nb --c d#e\n") == ["a", "b --c d#e"]
    marked = [block for block in shellblocks.blocks("docs/index.md") if block.not_run_because]
    assert len(marked) == 1
    assert marked[0].text.startswith("git clone ")
