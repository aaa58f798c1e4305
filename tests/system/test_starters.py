"""Starters checked by tools that their images do not have. The case `build.starter` does the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runtimekit.engine import containers
from runtimekit.functions.archive import pack
from runtimekit.functions.create import create
from runtimekit.support.machine import native

ROOT = Path(__file__).parents[2]
TYPESCRIPT, NODE_TYPES = "typescript@5.9.3", "@types/node@24.10.1"
ATTEMPTS = 3
"""A registry may fail."""


@pytest.mark.parametrize(("runtime", "entrypoint"), [("python-3.14", "index.py"), ("python-3.14-v5", "main.py")])
def test_pythons_starter_has_strict_types_and_the_usual_form(
    runtimes, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, runtime: str, entrypoint: str
) -> None:
    """As mypy and ruff, with their defaults, see it; a wrong use of the response is noticed."""
    folder = tmp_path / "function"
    create(ROOT, runtimes.get(runtime), folder, words="function", source="https://example.org")
    cache = tmp_path_factory.getbasetemp() / "mypy"
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.14", "--cache-dir", str(cache), "."]
    ruff = [sys.executable, "-m", "ruff", "--isolated"]
    for words in (mypy, [*ruff, "check", "--no-cache"], [*ruff, "format", "--check", "--no-cache"]):
        checked = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        assert checked.returncode == 0, checked.stdout
    index = folder / entrypoint
    index.write_text(index.read_text().replace("res.json(", "res.jsn(", 1))
    checked = subprocess.run(mypy, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert '"Response" has no attribute "jsn"' in checked.stdout


@pytest.mark.needs_docker
def test_the_starters_of_node_and_bun_have_types(cli, engine, runtimes, tmp_path: Path) -> None:
    """As TypeScript's compiler reads them from comments; a wrong use of the response is noticed, in both protocols."""
    node = runtimes.get("node-24")
    code, output = cli.run("build", "--local", str(node))
    assert code == 0, output
    folder = tmp_path / "functions"
    v5 = runtimes.get(f"{node}-v5")
    made = {"node": node, "bun": runtimes.get("bun-1.4"), "v5": v5, "wrong": node, "wrong-v5": v5}
    for name, runtime in made.items():
        create(ROOT, runtime, folder / name, words=name, source="https://example.org")
        if name.startswith("wrong"):
            index = folder / name / "index.js"
            index.write_text(index.read_text().replace("return res.json(", "return res.jsn(", 1))
    pack(folder, tmp_path / "functions.tar.gz")
    install = f"npm install --silent --no-audit --no-fund {TYPESCRIPT} {NODE_TYPES}"
    check = f"for each in {' '.join(made)}; do echo $each; npx tsc -p $each/jsconfig.json; done"
    unpack = "mkdir /tmp/all && cd /tmp/all && tar -xzf /tmp/code.tar.gz"
    script = f"{unpack} && ({' || '.join([install] * ATTEMPTS)}) && {check}"
    with containers.running(
        engine,
        node.build_image,
        ["sh", "-c", script],
        name="types",
        platform=f"linux/{native()}",
        profile=containers.BUILD_PROFILE,
        files={"/tmp/code.tar.gz": tmp_path / "functions.tar.gz"},
    ) as container:
        container.wait(240)
        said = container.logs()
    assert said.startswith("node\nbun\nv5\nwrong\n"), said
    assert said.count("Property 'jsn' does not exist") == 2, said
