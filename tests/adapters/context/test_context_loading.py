"""How files with functions that take a context are loaded, or refused (docs/protocol-v5.md, V33)."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import pytest
from context_forms import COMMANDS, FUNCTIONS, JAVASCRIPT, SHARED
from contexts import ask, serving
from workers import ERROR, FAILED, ROOT, forked, needs
from workers import started as workers_started

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("language", "file", "text"),
    [
        *((language, "javascript/module.mjs", b"module") for language in JAVASCRIPT),
        ("python", "python/function/deep/module.py", b"function.deep.module"),
    ],
)
def test_modules_are_loaded(language: str, file: str, text: bytes) -> None:
    """ES modules; in Python, modules of the package that the function's folder is."""
    if language != "python":
        needs(language)
    folder = FUNCTIONS / ("python/function" if language == "python" else "javascript")
    with serving(COMMANDS[language], FUNCTIONS / file, folder) as started:
        assert started.raw() == SHARED
        assert ask(started).result()[2] == text


@pytest.mark.parametrize(("language", "name"), [("js", "index.js"), ("python", "main.py")])
def test_the_documents_examples_work(language: str, name: str, tmp_path: Path) -> None:
    """The functions on the protocol's page."""
    page = (ROOT / "docs" / "protocol-v5.md").read_text(encoding="utf-8")
    found = re.search(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found
    folder = tmp_path / "function"
    folder.mkdir()
    (folder / name).write_text(found[1])
    if language == "js":
        needs("node")
    with contextlib.ExitStack() as stack:
        worker = stack.enter_context(serving(COMMANDS[{"js": "node"}.get(language, language)], folder / name))
        worker.raw()
        if language == "python":
            worker, _pipes = stack.enter_context(forked(worker))
            worker.raw()
        outcome = ask(worker, query={"name": "you"})
        headers = [("x-made-by", "a function"), ("content-type", "application/json")]
        assert outcome.result() == (200, headers, b'{"hello":"you"}')
        assert outcome.logs == ["called with GET /"]


@pytest.mark.parametrize(
    ("language", "file"),
    [
        *((language, "javascript/no_function.cjs") for language in JAVASCRIPT),
        ("python", "python/function/no_function.py"),
    ],
)
def test_a_file_without_a_function_is_refused(language: str, file: str) -> None:
    """FAILED says what is missing (V33)."""
    _, _, name = file.partition("/")
    if language != "python":
        needs(language)
    with serving(COMMANDS[language], FUNCTIONS / file) as started:
        frame = started.next()
        assert frame.kind == FAILED
        code, message = frame.message()
        assert code == 404
        assert message.startswith(name.removeprefix("function/"))
        assert message.endswith("(context). Did you forget to export a 'main' function?")


FAILING = {"2021": "(context) => context.res.json(1)", "v5": "(req, res) => res.json(1)"}
"""Functions of JavaScript that fail when the protocol calls them, since they are for the other one."""


@pytest.mark.parametrize("own", FAILING)
@pytest.mark.parametrize("language", JAVASCRIPT)
def test_a_failed_function_of_javascript_is_told_of_the_other_protocol(tmp_path: Path, language: str, own: str) -> None:
    """Its parameters do not decide whether it is loaded, but they may explain why it has failed (design D2)."""
    needs(language)
    file, command = tmp_path / "index.cjs", COMMANDS[language]
    for function, is_told in ((FAILING[own], True), ("(...given) => given.at(7).json(1)", False)):
        file.write_text(f"module.exports = {function};\n")
        opened = serving(command, file) if own == "v5" else workers_started(command, file, tmp_path)
        with opened as worker:
            assert worker.next().kind != FAILED
            last = ask(worker).last if own == "v5" else worker.call()
            assert last.kind == ERROR
            message = last.message()[1]
            assert message.startswith("TypeError: ")
            assert ("contract of 2021" in message, "open-runtimes protocol (v5)" in message) == (is_told, is_told)
