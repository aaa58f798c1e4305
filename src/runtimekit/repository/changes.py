"""Decides which images a change of files concerns: a pure function of folders.

An image's inputs are its own folder, its adapter, ``adapters/common``, the gateway and its base (see ``fingerprints``).
Selecting too much costs time, selecting too little lets a broken image through: where in doubt, everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from runtimekit.errors import RevisionError
from runtimekit.repository import second_images
from runtimekit.repository.identifiers import Kind
from runtimekit.repository.recipes import find_base
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from runtimekit.repository.catalogue import Catalogue, Runtime
    from runtimekit.repository.recipes import Recipe

EVERYTHING = ("platforms.toml", "pyproject.toml", "constraints.txt", "src/", "adapters/common/", "gateway/")
"""Files on which all images depend."""

TESTS_OF_ALL = ("tests/conformance/", "tests/images/")


@dataclass(frozen=True)
class Selected:
    """A runtime that a change concerns."""

    runtime: Runtime
    reason: str
    """The first changed file that concerns it, and how."""
    build: bool
    """Whether its image may differ; else only its tests do."""


def since(root: Path, revision: str) -> tuple[str, ...]:
    """The files that differ from a revision: committed since, not yet committed, and new ones that git does not ignore.

    Raises:
        RevisionError: git does not know the revision, or this is no git repository.
    """
    git = ("git", "-C", str(root))
    place = commands.run([*git, "rev-parse", "--git-dir"], doing="asking git where it is", check=False)
    if place.returncode != 0:  # `git diff` would answer with all its options: it compares folders, too
        raise RevisionError(revision, _words(place.stderr))
    changed = commands.run(
        [*git, "diff", "--name-only", "--no-renames", "-z", revision, "--"], doing="asking git for changes", check=False
    )
    if changed.returncode != 0:
        raise RevisionError(revision, _words(changed.stderr))
    new = commands.run([*git, "ls-files", "--others", "--exclude-standard", "-z"], doing="asking git for new files")
    return tuple(sorted({*changed.stdout.split("\0"), *new.stdout.split("\0")} - {""}))


def _words(said: str) -> str:
    """Git's reason, for use inside a sentence."""
    return said.strip().removeprefix("fatal: ").rstrip(".")


def affected(files: Sequence[str], catalogue: Catalogue, recipes: Iterable[Recipe]) -> tuple[Selected, ...]:
    """The runtimes and run images that these changed files concern, each with a reason, in the catalogue's order."""
    known = tuple(recipes)
    selected = []
    for runtime in (*catalogue.all, *catalogue.second):
        reasons = [(_why_build(file, runtime, catalogue, known), True) for file in files]
        reasons += [(_why_test(file, runtime), False) for file in files]
        found = next(((why, build) for why, build in reasons if why), None)
        if found:
            selected.append(Selected(runtime, *found))
    return tuple(selected)


def _why_build(file: str, runtime: Runtime, catalogue: Catalogue, recipes: tuple[Recipe, ...]) -> str:
    """Why this file may change the runtime's image, or the run image that its functions need; empty if it cannot."""
    if PurePosixPath(file).suffix == ".md" and not file.startswith("adapters/"):
        return ""
    if file.startswith(EVERYTHING):
        return f"{file} concerns every image"
    language = runtime.language
    # Images of the second protocol run what they build.
    has_run_images = language and language.run_image and not runtime.first
    run_images = (language.run_image, *language.also_runs_on) if language and has_run_images else ()
    places = {f"runtimes/{runtime.id.folder}/": "is its own"}
    places |= {f"{second_images.FOLDER}/": "makes the images of its protocol"} if runtime.first else {}
    folders = {language.adapter, language.shares} - {None} if language else set()
    places |= {f"adapters/{folder}/": "is its adapter's" for folder in folders}
    places |= {
        f"runtimes/{name}/": f"changes {catalogue.get(str(name))}, where its functions run" for name in run_images
    }
    places |= {f"bases/{name}/": "makes its base" for name in _recipes_of(runtime, recipes)}
    return next((f"{file} {how}" for place, how in places.items() if file.startswith(place)), "")


def _recipes_of(runtime: Runtime, recipes: tuple[Recipe, ...]) -> set[str]:
    """The recipes that its bases are made with, and those below them."""
    names: set[str] = set()
    wanted = list(runtime.outside)
    while wanted:
        base = find_base(wanted.pop(), recipes)
        if base and base.recipe.name not in names:
            names.add(base.recipe.name)
            wanted += [base.on] if base.on else []
    return names


def _why_test(file: str, runtime: Runtime) -> str:
    """Why this file changes the runtime's tests, though not its image."""
    if runtime.kind is Kind.RUN_IMAGE:
        return ""
    if file.startswith(TESTS_OF_ALL):
        return f"{file} is in every runtime's tests"
    path = PurePosixPath(file)
    if path.parts[:2] == ("starters", runtime.starter):
        return f"{file} is its starter's"
    if path.parts[:2] == ("tests", "resources") and {*runtime.probes} & {*path.parts[2:4], path.stem}:
        return f"{file} is its test function's"
    return ""
