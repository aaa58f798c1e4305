"""Building functions (contract L2, L3): what is recorded, what a failure says, dependencies, the README's example."""

from __future__ import annotations

import json
import re
import secrets
import tarfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import (
    Bench,
    CaseFailedError,
    Suite,
    case,
    expect,
    expect_contains,
    expect_json,
    expect_that,
)
from runtimekit.errors import DeadlineError, FunctionBuildError
from runtimekit.functions.archive import pack
from runtimekit.functions.function import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtimekit.functions.function import Function

BROKEN = {
    "go": "package function\n\nfunc Main(req Request, res Response) Response {\n\treturn undefined\n}\n",
}
"""Programs that do not compile, where something else is refused before the compiler sees it."""
REGISTRY_ATTEMPTS = 3
REGISTRY_SECONDS = 100.0
"""How long an attempt may take, but for the last one: several times as long as one does to which a registry answers."""
NO_PROGRAM = "\n\nthis is (no program in any language\n"


def failing_build(suite: Suite, name: str, files: dict[str, str], entrypoint: str = "") -> str:
    """What build.sh prints when it fails, as it must."""
    source = suite.site.folder / name
    source.mkdir(exist_ok=True)
    for file, text in files.items():
        (source / file).write_text(text, encoding="utf-8")
    packed, target = source.with_suffix(".tar.gz"), source.with_suffix(".built.tar.gz")
    pack(source, packed)
    site = suite.site
    try:
        output = build(
            site.engine, site.runtime, source=packed, target=target, platform=site.platform, entrypoint=entrypoint
        )
    except FunctionBuildError as error:
        return error.output
    raise CaseFailedError("building it", "a failure", output)


def built(suite: Suite, name: str, source: Path, **more: Any) -> Path:
    """Another function than the suite's own, built from a folder."""
    site = suite.site
    packed, target = site.folder / f"{name}.tar.gz", site.folder / f"{name}.built.tar.gz"
    pack(source, packed)
    build(site.engine, site.runtime, source=packed, target=target, platform=site.platform, **more)
    return target


@contextmanager
def launched(suite: Suite, archive: Path) -> Iterator[Function]:
    """A built function, launched."""
    site = suite.site
    key = secrets.token_hex(32)
    with site.launch_with({"INTERNAL_RUNTIME_KEY": key}, key, archive=archive) as function:
        yield function


@case("build.readme", rule="I1", core=True, bench=Bench.OWN)
def readme(suite: Suite) -> None:
    """The runtime's README begins with a function that works as it stands there, and gives the documented answer."""
    text = (suite.runtime.folder / "README.md").read_text(encoding="utf-8")
    example = re.search(r"^```[a-z+]+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    expect_that(example, "the README", "a function in a fenced block", text[:500])
    code = example[1] if example else ""
    named = re.search(r"\b[\w-]+\.\w+\b", code.partition("\n")[0])  # a comment: # index.py
    entrypoint = named[0] if named else suite.runtime.entrypoint
    source = suite.site.folder / "readme"
    source.mkdir(exist_ok=True)
    (source / entrypoint).write_text(code, encoding="utf-8")
    with launched(suite, built(suite, "readme", source, entrypoint=entrypoint)) as function:
        answer = function.call(seconds=suite.deadline(20), env={"ENV1": "one"}, payload="p")
    expect_json(answer, {"normal": "Hello World!", "env1": "one", "payload": "p"})


def installed(suite: Suite, source: Path) -> Path:
    """The function with a dependency, built. A registry may fail or fall silent: not each attempt has to succeed."""
    for _ in range(REGISTRY_ATTEMPTS - 1):
        with suppress(FunctionBuildError, DeadlineError):
            return built(suite, "dependency", source, seconds=REGISTRY_SECONDS)
    return built(suite, "dependency", source)


@case("build.dependency", rule="L2", bench=Bench.OWN, optional=True)
def dependency(suite: Suite) -> None:
    """What the function declares is installed from the language's own registry, and is there when it runs."""
    source = suite.site.resources / "dependency" / suite.runtime.id.language
    text = (source / "README.md").read_text(encoding="utf-8")
    said = re.search(r"the payload `([^`]+)` is answered with `([^`]+)`", text)
    expect_that(said, "the function's README", "the payload `…` is answered with `…`", text)
    assert said is not None
    with launched(suite, installed(suite, source)) as function:
        expect_json(function.call(seconds=suite.deadline(20), payload=said[1]), json.loads(said[2]))


@case("build.no-program", rule="L3", bench=Bench.OWN)
def no_program(suite: Suite) -> None:
    """What is no program is refused in the compiler's words, with the user's file and line."""
    entrypoint = suite.runtime.entrypoint
    output = failing_build(suite, "no-program", {entrypoint: BROKEN.get(suite.runtime.id.language, NO_PROGRAM)})
    named = re.search(rf"{re.escape(entrypoint)}\D{{1,20}}\d", output)
    expect_that(named, "what build.sh printed", f"{entrypoint} and a line's number", output)


@case("build.missing-entrypoint", rule="L3", bench=Bench.OWN)
def missing_entrypoint(suite: Suite) -> None:
    """An entrypoint that is not there is named."""
    output = failing_build(suite, "missing-entrypoint", {"README.md": "# No function\n"}, "elsewhere.file")
    expect_contains(output, ["elsewhere.file"], "what build.sh printed")


@case("build.records-entrypoint", rule="L2", bench=Bench.OWN)
def records_entrypoint(suite: Suite) -> None:
    """The built archive says which file is the entrypoint: the language's default where none was named."""
    with tarfile.open(suite.site.archives["hello"]) as archive:
        recorded = archive.extractfile("./.entrypoint" if "./.entrypoint" in archive.getnames() else ".entrypoint")
        text = recorded.read().decode() if recorded else ""
    expect(suite.runtime.entrypoint, text.strip(), ".entrypoint in the built archive")
