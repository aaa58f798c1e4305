"""Building functions (contract L2, L3): what is recorded, what a failure says, dependencies, the README's example."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import (
    CaseFailedError,
    Subject,
    Target,
    case,
    expect,
    expect_contains,
    expect_json,
    expect_that,
    starters,
)
from runtimekit.errors import DeadlineError, FunctionBuildError
from runtimekit.functions import caches
from runtimekit.functions.archive import pack
from runtimekit.functions.create import create
from runtimekit.functions.function import build
from runtimekit.functions.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtimekit.functions.function import Function

BROKEN = {
    "go": "package function\n\nfunc Main(req Request, res Response) Response {\n\treturn undefined\n}\n",
}
"""Programs that do not compile, where something else is refused before the compiler sees it."""
REGISTRY_ATTEMPTS = 3
REGISTRY_SECONDS = 100.0
"""How long an attempt may take, but for the last one: several times as long as one does to which a registry answers."""
STARTERS = Path(__file__).with_name("starters")
"""What the images need to test starters, and what else they can check, by language."""
NO_PROGRAM = "\n\nthis is (no program in any language\n"


def failing_build(target: Target, name: str, files: dict[str, str], entrypoint: str = "") -> str:
    """Build a function that must fail to build. Returns what build.sh prints."""
    source = target.environment.folder / name
    source.mkdir(exist_ok=True)
    for file, text in files.items():
        (source / file).write_text(text, encoding="utf-8")
    packed, built_archive = source.with_suffix(".tar.gz"), source.with_suffix(".built.tar.gz")
    pack(source, packed)
    environment = target.environment
    try:
        output = build(
            environment.engine,
            environment.runtime,
            source=packed,
            target=built_archive,
            platform=environment.platform,
            entrypoint=entrypoint,
        )
    except FunctionBuildError as error:
        return error.output
    raise CaseFailedError("building it", "a failure", output)


def built(target: Target, name: str, source: Path, **more: Any) -> Path:
    """Build a function from a folder. Returns the built archive."""
    environment = target.environment
    packed, built_archive = environment.folder / f"{name}.tar.gz", environment.folder / f"{name}.built.tar.gz"
    pack(source, packed)
    build(
        environment.engine,
        environment.runtime,
        source=packed,
        target=built_archive,
        platform=environment.platform,
        **more,
    )
    return built_archive


@contextmanager
def launched(target: Target, archive: Path) -> Iterator[Function]:
    """A built function, launched."""
    environment = target.environment
    key = secrets.token_hex(32)
    with environment.launch_with({"INTERNAL_RUNTIME_KEY": key}, key, archive=archive) as function:
        yield target.watched(function)


@case("build.readme", rule="I1", core=True, bench=Subject.OWN)
def readme(target: Target) -> None:
    """The runtime's README begins with a function that works as it stands there, and gives the documented answer."""
    text = (target.runtime.folder / "README.md").read_text(encoding="utf-8")
    example = re.search(r"^```[a-z+]+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    expect_that(example, "the README", "a function in a fenced block", text[:500])
    code = example[1] if example else ""
    named = re.search(r"\b[\w-]+\.\w+\b", code.partition("\n")[0])  # a comment: # index.py
    entrypoint = named[0] if named else target.runtime.entrypoint
    source = target.environment.folder / "readme"
    source.mkdir(exist_ok=True)
    (source / entrypoint).write_text(code, encoding="utf-8")
    with launched(target, built(target, "readme", source, entrypoint=entrypoint)) as function:
        answer = function.call(seconds=target.deadline(20), env={"ENV1": "one"}, payload="p")
    expect_json(answer, {"normal": "Hello World!", "env1": "one", "payload": "p"})


def installed(target: Target, source: Path) -> Path:
    """The function with a dependency, built. A registry may fail or fall silent: not each attempt has to succeed.

    What an earlier run has downloaded is not downloaded again.
    """
    cache = caches.volume(target.environment.engine, target.runtime, read(source).dependencies())
    for _ in range(REGISTRY_ATTEMPTS - 1):
        with suppress(FunctionBuildError, DeadlineError):
            return built(target, "dependency", source, seconds=REGISTRY_SECONDS, cache=cache)
    return built(target, "dependency", source, cache=cache)


@case("build.dependency", rule="L2", bench=Subject.OWN, optional=True)
def dependency(target: Target) -> None:
    """What the function declares is installed from the language's own registry, and is there when it runs."""
    source = target.environment.resources / "dependency" / target.runtime.id.language
    text = (source / "README.md").read_text(encoding="utf-8")
    said = re.search(r"the payload `([^`]+)` is answered with `([^`]+)`", text)
    expect_that(said, "the function's README", "the payload `…` is answered with `…`", text)
    assert said is not None
    with launched(target, installed(target, source)) as function:
        expect_json(function.call(seconds=target.deadline(20), payload=said[1]), json.loads(said[2]))


@case("build.of-2022", rule="F8", bench=Subject.OWN, optional=True)
def of_2022(target: Target) -> None:
    """A function as they were written in 2022 works unchanged, and so does its request."""
    source = target.environment.resources / "2022" / target.runtime.id.language
    with launched(target, built(target, "of-2022", source)) as function:
        answer = function.call(
            seconds=target.deadline(20),
            variables={"GREETING": "Good day"},
            payload='{"name": "you"}',
            headers={"user-agent": "a test"},
        )
    expect_json(answer, {"message": "Good day, you!", "client": "a test"})


@case("build.starter", rule="L2", bench=Subject.OWN)
def starter(target: Target) -> None:
    """What `create` writes is built without a network, answers, and passes its own test in the language's own tools."""
    environment = target.environment
    folder = environment.folder / "starter"
    shutil.rmtree(folder, ignore_errors=True)
    root = environment.resources.parents[1]
    create(root, target.runtime, folder, words="starter", source="https://example.org")
    with ThreadPoolExecutor(1) as pool:
        archive = pool.submit(built, target, "starter", folder, profile=starters.OFFLINE)
        starters.check(target, folder, STARTERS)
    asked = {"payload": '{"name": "you"}', "env": {"GREETING": "Good day"}, "headers": {"user-agent": "a test"}}
    seconds = target.deadline(20)
    with launched(target, archive.result()) as function:
        expect_json(function.call(seconds=seconds), {"message": "Hello, World!", "client": "unknown"})
        expect_json(function.call(seconds=seconds, **asked), {"message": "Good day, you!", "client": "a test"})
        for payload in ("no JSON", "[1]", "null", "0", '"name"'):
            answer = function.call(seconds=seconds, payload=payload)
            expect(400, answer.status, f"the status for the payload {payload}")
            expect({"error": 'send a JSON object, such as {"name": "you"}'}, answer.json(), "the answer")


@case("build.no-program", rule="L3", bench=Subject.OWN)
def no_program(target: Target) -> None:
    """What is no program is refused in the compiler's words, with the user's file and line."""
    entrypoint = target.runtime.entrypoint
    output = failing_build(target, "no-program", {entrypoint: BROKEN.get(target.runtime.id.language, NO_PROGRAM)})
    named = re.search(rf"{re.escape(entrypoint)}\D{{1,20}}\d", output)
    expect_that(named, "what build.sh printed", f"{entrypoint} and a line's number", output)


@case("build.missing-entrypoint", rule="L3", bench=Subject.OWN)
def missing_entrypoint(target: Target) -> None:
    """An entrypoint that is not there is named."""
    output = failing_build(target, "missing-entrypoint", {"README.md": "# No function\n"}, "elsewhere.file")
    expect_contains(output, ["elsewhere.file"], "what build.sh printed")


@case("build.records-entrypoint", rule="L2", bench=Subject.OWN)
def records_entrypoint(target: Target) -> None:
    """The built archive says which file is the entrypoint: the language's default where none was named."""
    with tarfile.open(target.environment.archives["hello"]) as archive:
        recorded = archive.extractfile("./.entrypoint" if "./.entrypoint" in archive.getnames() else ".entrypoint")
        text = recorded.read().decode() if recorded else ""
    expect(target.runtime.entrypoint, text.strip(), ".entrypoint in the built archive")
