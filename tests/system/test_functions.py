"""Functions that cannot be built: the compiler's words, and which phase failed (contract L3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit import functions, packaging
from runtimekit.engine.emulation import native
from runtimekit.errors import FunctionBuildError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.needs_docker

BROKEN = {
    "python-3.10": ("index.py", "def main(req, res):\n    return res.json({)\n", "index.py", "line 2"),
    "node-22": ("index.js", "module.exports = (req, res) => {\n  res.json({;\n};\n", "index.js:2", "SyntaxError"),
    "go-1.24": (
        "index.go",
        "package function\n\nfunc Main(req Request, res Response) Response {\n\treturn nothing\n}\n",
        "index.go:4",
        "undefined: nothing",
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
    packaging.pack(folder, tmp_path / "code.tar.gz")
    with pytest.raises(FunctionBuildError) as caught:
        functions.build(
            engine,
            runtimes.get(name),
            source=tmp_path / "code.tar.gz",
            target=tmp_path / "built.tar.gz",
            platform=f"linux/{native()}",
        )
    for words in expected:
        assert words in str(caught.value)
    assert not (tmp_path / "built.tar.gz").exists()
