"""actionlint, which checks workflow files: built once from ``tools/actionlint``, then kept in ``RUNTIMEKIT_HOME``.

``go.mod`` there pins its version, and ``go.sum`` the contents of all its modules. Only the build needs an engine.
"""

from __future__ import annotations

import functools
import re
import shutil
from typing import TYPE_CHECKING

from runtimekit.errors import CommandError, ConfigurationError, Problem
from runtimekit.images.tools import build_tool
from runtimekit.support import commands, machine
from runtimekit.support.folders import folder_digest
from runtimekit.support.home import home, locked

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.images.build import Builder

KEY = "actionlint"
"""The name of its build in progress reports, and of its lock and folders."""
MODULE = "github.com/rhysd/actionlint"
CHECK_SECONDS = 60
EXIT_CLEAN, EXIT_FINDINGS = 0, 1
"""actionlint's exit codes after a check. Any other means that it could not check."""
ACTIONLINT_OPTIONS = ("-no-color", "-shellcheck=", "-pyflakes=", "-config-file", ".github/actionlint.yaml")
"""Options for the same findings on every machine, with or without shellcheck and git."""


def program_path(root: Path) -> Path:
    """Return the program's path in ``RUNTIMEKIT_HOME``, built or not. Version, platform and sources determine it.

    Raises:
        ConfigurationError: ``go.mod`` does not name actionlint's version.
    """
    folder = _folder(root)
    found = re.search(rf"{re.escape(MODULE)} v(\S+)", (folder / "go.mod").read_text(encoding="utf-8"))
    if found is None:
        raise ConfigurationError([Problem(folder / "go.mod", None, f"{MODULE} is missing")])
    name = f"{found[1]}-linux-{machine.native()}-{folder_digest(folder)[:12]}"
    return home() / "cache" / KEY / name / KEY


def build(builder: Builder) -> Path:
    """Build the program unless it is there, and return its path.

    Raises:
        ImageBuildError: It does not compile, or a module cannot be downloaded.
    """
    root = builder.configuration.root
    target = program_path(root)
    waiting = functools.partial(builder.tracker.show_waiting, KEY, "waits for another run that builds it")
    with locked(KEY, builder.cancelled, waiting):
        if target.exists():
            builder.tracker.end_waiting(KEY, "is built by now")
            return target
        part = target.parent.with_name(f".{target.parent.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        build_tool(builder, KEY, output=f"type=local,dest={part}")
        part.rename(target.parent)
    return target


def check(root: Path, actionlint: Path) -> tuple[str, list[str]]:
    """Check every workflow of a repository.

    Args:
        root: The repository's folder.
        actionlint: The program's path.

    Returns:
        actionlint's output, and the files in which it found problems.

    Raises:
        CommandError: actionlint could not check them.
    """
    files = [str(path.relative_to(root)) for path in sorted((root / ".github/workflows").glob("*.y*ml"))]
    argv = [str(actionlint), *ACTIONLINT_OPTIONS, *files]
    answer = commands.run(argv, doing="checking the workflows", cwd=root, deadline=CHECK_SECONDS, check=False)
    if answer.returncode not in {EXIT_CLEAN, EXIT_FINDINGS}:
        raise CommandError(
            "checking the workflows", commands.quoted(argv), answer.returncode, answer.stderr or answer.stdout
        )
    found = {line.partition(":")[0] for line in answer.stdout.splitlines()}
    return answer.stdout, [file for file in files if file in found]


def _folder(root: Path) -> Path:
    return root / "tools" / KEY
