"""Workers of every language, started by hand: the tests play the gateway (docs/worker-protocol.md)."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

from workers import ADAPTERS, FORMS, PROBES, SHARED_FORMS, Worker, example, forked, needs, opened_form


@pytest.fixture(scope="session")
def go_runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go probe, compiled as adapters/go/build.sh lays it out, but with files instead of an overlay."""
    needs("go")
    folder = tmp_path_factory.mktemp("go")
    shutil.copytree(PROBES / "go", folder, dirs_exist_ok=True)
    shutil.copytree(ADAPTERS / "go" / "worker", folder / "runtime_worker")
    (folder / "go.mod").write_text("module function\n\ngo 1.24\n")
    names = {"@MODULE@": "function", "@PACKAGE@": "function", "@ENTRYPOINT@": str(folder / "index.go")}
    for source, target in {"types.go.in": "runtime_types.go", "main.go.in": "runtime_main/main.go"}.items():
        text = (ADAPTERS / "go" / source).read_text()
        for name, value in names.items():
            text = text.replace(name, value)
        (folder / target).parent.mkdir(exist_ok=True)
        (folder / target).write_text(text)
    subprocess.run(
        ["go", "build", "-o", "runtime", "./runtime_main"],
        cwd=folder,
        env={**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"},
        check=True,
    )
    return folder / "runtime"


@pytest.fixture(scope="session")
def dart_runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Dart probe, compiled as adapters/dart/build.sh does, but with the libraries of this machine."""
    needs("dart")
    folder = tmp_path_factory.mktemp("dart")
    worker = {"name": "runtime", "rootUri": (ADAPTERS / "dart" / "runtime").as_uri(), "packageUri": "lib/"}
    packages = {"configVersion": 2, "packages": [worker | {"languageVersion": "3.10"}]}
    (folder / "packages.json").write_text(json.dumps(packages))
    main = (ADAPTERS / "dart" / "main.dart.in").read_text()
    main = main.replace("@ENTRYPOINT@", str(PROBES / "dart" / "index.dart")).replace("@NAME@", "main")
    (folder / "main.dart").write_text(main)
    command = ["dart", "--suppress-analytics", "compile", "exe", "--packages=packages.json", "--output=runtime"]
    subprocess.run([*command, "main.dart"], cwd=folder, check=True)
    return folder / "runtime"


@pytest.fixture(scope="session")
def java_probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Java probe as adapters/java/build.sh leaves it, and beside it the worker's own classes."""
    needs("javac")
    folder = tmp_path_factory.mktemp("java") / "function"
    shutil.copytree(PROBES / "java", folder)
    worker, classes = folder.with_name("worker"), folder / ".classes"
    sources = [str(path) for path in (ADAPTERS / "java" / "src").rglob("*.java")]
    subprocess.run(["javac", "-d", str(worker), *sources], check=True)
    names = ("Index.java", "other_form.java", "wrong_shape.java", "throws_at_import.java")
    together = ["javac", "-d", str(classes / names[0]), "-cp", str(worker), *(str(folder / name) for name in names)]
    subprocess.run(together, check=True)
    for name in names[1:]:
        (classes / name).symlink_to(names[0])
    (classes / "broken_syntax.java").mkdir()
    (classes / "broken_syntax.java" / "refusal").write_text("broken_syntax.java:3: error: ')' expected\n")
    return folder


@pytest.fixture(scope="session")
def ready_workers(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Worker]]:
    """Gives the worker of a form, which all tests share; of a template, a fork."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def ready(name: str) -> Worker:
            worker = stack.enter_context(opened_form(name, request))
            worker.next()
            if FORMS[name].is_template:
                worker, _pipes = stack.enter_context(forked(worker))
                worker.next()
            return worker

        yield ready


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, ready_workers: Callable[[str], Worker]) -> tuple[str, Worker]:
    """Language and worker of each form of each language."""
    return FORMS[request.param].language, ready_workers(request.param)


@pytest.fixture(params=SHARED_FORMS)
def shared(request: pytest.FixtureRequest) -> Iterator[Worker]:
    """A fresh worker in shared mode."""
    with opened_form(request.param, request) as worker:
        assert worker.raw() == example("READY")
        yield worker
