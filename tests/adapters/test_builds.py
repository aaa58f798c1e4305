"""What build.sh says before any tool of the language runs: files that it does not read, an entrypoint elsewhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = [
    "bun",
    "deno",
    "elixir",
    "php",
    "ruby",
    "perl",
    "lua5.4",
    "luac5.4",
    "swiftc",
    "dune",
    "cmake",
    "javac",
    "dart",
    "rustc",
]
"""What this machine may lack. Here they do nothing, and that well."""
ENTRYPOINTS = {
    "bun": "index.js",
    "cpp": "index.cpp",
    "dart": "index.dart",
    "deno": "index.ts",
    "elixir": "index.ex",
    "go": "index.go",
    "java": "Index.java",
    "lua": "index.lua",
    "node": "index.js",
    "ocaml": "index.ml",
    "perl": "index.pl",
    "php": "index.php",
    "python": "index.py",
    "ruby": "index.rb",
    "rust": "index.rs",
    "swift": "index.swift",
}
TEXTS = {"php": "<?php\n", "go": "package function\n", "python": "", "node": ""}
REFUSED = [
    (
        "node",
        {"bun.lock": "", "package.json": "{}"},
        "bun.lock is not read by this runtime; install with npm, Yarn or pnpm",
    ),
    ("node", {"deno.lock": ""}, "deno.lock is not read by this runtime; install with npm, Yarn or pnpm"),
    ("node", {"package-lock.json": "", "yarn.lock": ""}, "package-lock.json and yarn.lock may say different things"),
    ("node", {"npm-shrinkwrap.json": "", "pnpm-lock.yaml": ""}, "npm-shrinkwrap.json and pnpm-lock.yaml may say"),
    ("node", {"yarn.lock": ""}, "yarn.lock is there without the package.json that it belongs to"),
    ("bun", {"npm-shrinkwrap.json": ""}, "npm-shrinkwrap.json is not read by this runtime; make a bun.lock"),
    ("bun", {"deno.lock": ""}, "deno.lock is not read by this runtime; make a bun.lock"),
    ("bun", {"bun.lock": "", "yarn.lock": ""}, "bun.lock and yarn.lock may say different things"),
    ("bun", {"bun.lock": ""}, "bun.lock is there without the package.json that it belongs to"),
    *(
        ("deno", {name: ""}, f"{name} is not read by this runtime; make a deno.lock")
        for name in ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb")
    ),
    ("deno", {"deno.lock": "", "package-lock.json": ""}, "deno.lock and package-lock.json may say different things"),
    ("python", {"pdm.lock": ""}, "pdm.lock is not read by this runtime; export it with 'pdm export'"),
    ("python", {"Pipfile": ""}, "Pipfile is not read by this runtime; make a Pipfile.lock with 'pipenv lock'"),
    ("python", {"requirements.txt": "", "uv.lock": ""}, "requirements.txt and uv.lock may say different things"),
    ("python", {"poetry.lock": "", "pylock.toml": ""}, "poetry.lock and pylock.toml may say different things"),
    ("php", {"composer.lock": ""}, "composer.lock is not read by this runtime; add the composer.json"),
    ("ruby", {"Gemfile.lock": ""}, "Gemfile.lock is not read by this runtime; add the Gemfile"),
    ("ruby", {"gems.locked": ""}, "gems.locked is not read by this runtime; add the gems.rb"),
    ("ruby", {"gems.rb": "", "Gemfile": ""}, "Gemfile is not read by this runtime; keep one of gems.rb and Gemfile"),
    ("go", {"go.sum": ""}, "go.sum is not read by this runtime; add the go.mod"),
    ("rust", {"Cargo.lock": ""}, "Cargo.lock is not read by this runtime; add the Cargo.toml"),
    ("dart", {"pubspec.lock": ""}, "pubspec.lock is not read by this runtime; add the pubspec.yaml"),
    ("elixir", {"mix.lock": ""}, "mix.lock is not read by this runtime; add the mix.exs"),
    ("perl", {"cpanfile.snapshot": ""}, "cpanfile.snapshot is not read by this runtime; add the cpanfile"),
    ("lua", {"luarocks.lock": ""}, "luarocks.lock is not read by this runtime; add the rockspec"),
    ("swift", {"Package.resolved": ""}, "Package.resolved is not read by this runtime; add the Package.swift"),
    (
        "ocaml",
        {"function.opam.locked": ""},
        "function.opam.locked is not read by this runtime; nothing is installed for",
    ),
    ("ocaml", {"dune.lock/lock.dune": ""}, "dune.lock/lock.dune is not read by this runtime; nothing is installed for"),
    ("cpp", {"conan.lock": ""}, "conan.lock is not read by this runtime; no package manager is run for C++"),
    *(
        (
            "java",
            {name: ""},
            f"{name} is not read by this runtime; Gradle is not run here: declare the dependencies in pom",
        )
        for name in ("gradle.lockfile", "build.gradle", "build.gradle.kts", "deps.gradle")
    ),
]
"""A language, files of a function, and the line that refuses them."""


def run(folder: Path, language: str, files: dict[str, str], **tools_do: str) -> subprocess.CompletedProcess[str]:
    """Run a language's build.sh on a function, both in folders of our own, with tools that are shell scripts."""
    code, sources, tools = folder / "code", folder / "src", folder / "tools"
    for name, text in files.items():
        (code / name).parent.mkdir(parents=True, exist_ok=True)
        (code / name).write_text(text)
    sources.mkdir()
    common = (ROOT / "adapters/common/common.sh").read_text().replace("code=/usr/code", f"code={code}")
    (sources / "common.sh").write_text(common)
    build = (ROOT / "adapters" / language / "build.sh").read_text()
    (sources / "build.sh").write_text(build.replace("/usr/local/src/", f"{sources}/"))
    (sources / "fetch.sh").write_text('#!/bin/sh\nexec "$@"\n')
    (sources / "fetch.sh").chmod(0o755)
    tools.mkdir()
    for tool in {*TOOLS, *tools_do}:
        (tools / tool).write_text(f"#!/bin/sh\n{tools_do.get(tool, '')}\n")
        (tools / tool).chmod(0o755)
    return subprocess.run(
        ["sh", "build.sh"],
        cwd=sources,
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}", "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def said(folder: Path, language: str, files: dict[str, str]) -> str:
    """The last line of a build that must fail."""
    done = run(folder, language, files)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("language", "files", "line"), REFUSED, ids=lambda value: "+".join(value) if isinstance(value, dict) else None
)
def test_a_lock_file_that_is_not_honoured_is_refused(
    tmp_path: Path, language: str, files: dict[str, str], line: str
) -> None:
    """In one line with the file and the way out (contract L2)."""
    function = {ENTRYPOINTS[language]: TEXTS.get(language, "")}
    assert said(tmp_path, language, function | files).startswith(f"build.sh: {line}")


@pytest.mark.parametrize("language", ENTRYPOINTS)
def test_an_archive_of_a_folder_is_understood(tmp_path: Path, language: str) -> None:
    """Who packed the folder instead of what is in it hears which file was probably meant (contract L3)."""
    entrypoint = ENTRYPOINTS[language]
    line = said(tmp_path, language, {f"myfunction/{entrypoint}": "", f"node_modules/thing/{entrypoint}": ""})
    assert f"no file '{entrypoint}', but 'myfunction/{entrypoint}'" in line
    assert f"set ENTRYPOINT_NAME to 'myfunction/{entrypoint}'" in line


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ({}, "index.js"),
        ({"INTERNAL_RUNTIME_ENTRYPOINT": "a.js"}, "a.js"),
        ({"INTERNAL_RUNTIME_ENTRYPOINT": "a.js", "APPWRITE_ENTRYPOINT_NAME": "b.js"}, "b.js"),
        (
            {"INTERNAL_RUNTIME_ENTRYPOINT": "a.js", "APPWRITE_ENTRYPOINT_NAME": "b.js", "ENTRYPOINT_NAME": "c.js"},
            "c.js",
        ),
        ({"INTERNAL_RUNTIME_ENTRYPOINT": "a.js", "APPWRITE_ENTRYPOINT_NAME": "", "ENTRYPOINT_NAME": ""}, "a.js"),
        ({"INTERNAL_RUNTIME_ENTRYPOINT": ""}, "index.js"),
    ],
)
def test_the_entrypoint_has_three_names(tmp_path: Path, given: dict[str, str], chosen: str) -> None:
    """The first of its variables that says something counts (contract L1)."""
    for name in ("index.js", "a.js", "b.js", "c.js"):
        (tmp_path / name).touch()
    script = '. "$1"; code=$2; find_entrypoint index.js; printf %s "$entrypoint"'
    common = ROOT / "adapters" / "common" / "common.sh"
    argv = ["sh", "-c", script, "build.sh", str(common), str(tmp_path)]
    done = subprocess.run(argv, env=given | {"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, chosen), done.stderr


@pytest.mark.parametrize(("files", "words"), [({"mix.lock": "%{}"}, " --check-locked"), ({}, "")])
def test_mix_is_told_to_keep_to_its_lock_file(tmp_path: Path, files: dict[str, str], words: str) -> None:
    """All that can be tested of it where no Hex packages can be had."""
    done = run(tmp_path, "elixir", {"index.ex": "", "mix.exs": ""} | files, mix='echo "<$*>"')
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"<deps.get --only prod{words}>"
