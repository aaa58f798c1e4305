"""Functions that cannot be built (the compiler's words, contract L3), and those of 2021, which can."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runtimekit.debian import packages
from runtimekit.errors import FunctionBuildError
from runtimekit.functions.archive import pack
from runtimekit.functions.function import build, launch
from runtimekit.support.home import home
from runtimekit.support.machine import native

pytestmark = pytest.mark.needs_docker

ROOT = Path(__file__).parents[2]

BROKEN = {
    "python-3.11": ("index.py", "def main(req, res):\n    return res.json({)\n", "index.py", "line 2"),
    "node-22": ("index.js", "module.exports = (req, res) => {\n  res.json({;\n};\n", "index.js:2", "SyntaxError"),
    "go-1.24": (
        "index.go",
        "package function\n\nfunc Main(req Request, res Response) Response {\n\treturn nothing\n}\n",
        "index.go:4",
        "undefined: nothing",
    ),
    "dart-3.13": (
        "index.dart",
        "import 'package:runtime/runtime.dart';\n\nvoid main(Request req, Response res) {\n  res.send(nothing);\n}\n",
        "index.dart:4",
        "'nothing'",
    ),
    "rust-1.97": (
        "index.rs",
        "use crate::{Request, Response};\n\npub fn main(req: Request, res: Response) -> Response {\n    nothing\n}\n",
        "index.rs:4",
        "cannot find value `nothing`",
    ),
    "cpp-23": (
        "index.cpp",
        '#include "runtime.h"\n\nruntime::Response runtime::main(Request req, Response res) { return nothing; }\n',
        "index.cpp:3",
        "'nothing' was not declared",
    ),
    "swift-6.2": (
        "index.swift",
        "func main(req: Request, res: Response) -> Response {\n    nothing\n}\n",
        "index.swift:2",
        "cannot find 'nothing' in scope",
    ),
    "lua-5.4": ("index.lua", "function main(req, res)\n    res:json({)\nend\n", "index.lua:2", "unexpected symbol"),
    "elixir-1.20": (
        "index.ex",
        "defmodule Index do\n  def main(_req, _res), do: nothing\nend\n",
        "index.ex:2",
        'undefined variable "nothing"',
    ),
    "ocaml-5.3": ("index.ml", "let main _req _res =\n  nothing\n", 'index.ml", line 2', 'Unbound value "nothing"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_function_that_does_not_compile_fails_with_the_compilers_words(
    cli, engine, runtimes, tmp_path: Path, name: str
) -> None:
    """With the user's own file and line; nothing is left behind and no archive appears."""
    code, output = cli.run("build", "--local", name)
    assert code == 0, output
    file, source, *expected = BROKEN[name]
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / file).write_text(source)
    pack(folder, tmp_path / "code.tar.gz")
    with pytest.raises(FunctionBuildError) as caught:
        build(
            engine,
            runtimes.get(name),
            source=tmp_path / "code.tar.gz",
            target=tmp_path / "built.tar.gz",
            platform=f"linux/{native()}",
        )
    message = str(caught.value)
    for words in expected:
        assert words in message, message
    assert not (tmp_path / "built.tar.gz").exists()


def test_typescript_is_refused_where_node_does_not_run_it(cli, engine, runtimes, tmp_path: Path) -> None:
    """When it is built, not when it is called."""
    code, output = cli.run("build", "--local", "node-20")
    assert code == 0, output
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "index.ts").write_text("export default (req: any, res: any) => res.send('');\n")
    pack(folder, tmp_path / "code.tar.gz")
    with pytest.raises(FunctionBuildError, match=r"index\.ts is TypeScript, which Node 20\S+ does not run"):
        build(
            engine,
            runtimes.get("node-20"),
            source=tmp_path / "code.tar.gz",
            target=tmp_path / "built.tar.gz",
            platform=f"linux/{native()}",
            entrypoint="index.ts",
        )


DEPENDING = {
    "go-1.27": ("1.4.0", {"version": "1.4.0", "compatible": True}),
    "dart-3.13": ("1.4.0", {"version": "1.4.0", "compatible": True}),
}
"""A payload for the function with a dependency, and its answer."""


def take_dart_packages_from_debian(function: Path, scratch: Path, names: list[str]) -> None:
    """Dart's own registry may be out of reach; Debian has some of what is there."""
    area = packages.Area(home() / "apt" / f"sid-{native()}", "sid", native())
    debian = [f"dart-{name.replace('_', '-')}" for name in names]
    packages.unpack(area.fetch(debian, scratch), scratch / "root")
    shutil.copytree(scratch / "root/usr/share/dart/packages", function / "packages")
    overrides = "".join(f"  {name}: {{path: packages/{name}}}\n" for name in names)
    (function / "pubspec_overrides.yaml").write_text(f"dependency_overrides:\n{overrides}")


@pytest.mark.parametrize("name", DEPENDING)
def test_a_function_gets_the_packages_that_it_declares(cli, engine, runtimes, tmp_path: Path, name: str) -> None:
    """From its language's registry, when it is built (contract L2); it then runs without a network."""
    code, output = cli.run("build", "--local", name)
    assert code == 0, output
    runtime = runtimes.get(name)
    folder, source, archive = tmp_path / "source", tmp_path / "source.tar.gz", tmp_path / "built.tar.gz"
    shutil.copytree(ROOT / "tests/resources/dependency" / runtime.id.language, folder)
    if runtime.id.language == "dart":
        take_dart_packages_from_debian(folder, tmp_path / "debian", ["pub_semver", "collection"])
    pack(folder, source)
    build(engine, runtime, source=source, target=archive, platform=f"linux/{native()}")
    payload, expected = DEPENDING[name]
    with launch(engine, runtime, archive=archive, platform=f"linux/{native()}", folder=tmp_path) as function:
        answer = function.call(payload=payload, timeout=5)
    assert answer.status == 200, answer.body
    assert answer.json() == expected


@pytest.mark.parametrize(
    "name", ["python-3.11", "node-22", "deno-2.9", "ruby-3.3", "php-8.4", "dart-3.13", "dotnet-3.1"]
)
def test_functions_of_2021_work_unchanged(cli, engine, runtimes, tmp_path: Path, name: str) -> None:
    """With their dependencies, and called as the executor of that time did."""
    code, output = cli.run("build", "--local", name)
    assert code == 0, output
    runtime = runtimes.get(name)
    source, archive = tmp_path / "source.tar.gz", tmp_path / "built.tar.gz"
    pack(ROOT / "tests/resources/2021" / runtime.id.language, source)
    build(engine, runtime, source=source, target=archive, platform=f"linux/{native()}")
    with launch(engine, runtime, archive=archive, platform=f"linux/{native()}", folder=tmp_path) as function:
        answer = function.call(path="/usr/code", file=runtime.entrypoint, env={"ENV1": "hello"}, payload="p", timeout=5)
    assert answer.status == 200, answer.body
    assert answer.json() == {"normal": "Hello World!", "env1": "hello", "payload": "p"}
