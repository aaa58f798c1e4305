"""Pins: what is written into Dockerfiles, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtimekit.errors import BasesUnansweredError, CommandError
from runtimekit.repository import catalogue, configuration, dockerfiles
from runtimekit.repository.recipes import find_base, load_recipes
from runtimekit.supply_chain.pins import bases_of, compare, pinned, renew

ROOT = Path(__file__).parents[3]
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM node:22\n", f"FROM node:22@{NEW}\n"),
        (f"FROM node:22@{OLD}\n", f"FROM node:22@{NEW}\n"),
        ("# FROM node:22\nFROM  node:22  AS x\n", f"# FROM node:22\nFROM  node:22@{NEW}  AS x\n"),
        ("FROM x:1\nRUN --mount=from=node:22 echo node:22", f"FROM x:1\nRUN --mount=from=node:22@{NEW} echo node:22"),
        ("from --platform=$BUILDPLATFORM node:22 as a\r\n", f"from --platform=$BUILDPLATFORM node:22@{NEW} as a\r\n"),
        ("ARG V=22\nFROM node:${V}", f"ARG V=22\nFROM node:${{V}}@{NEW}"),
        ("FROM node:22\nFROM node:22-slim\n", f"FROM node:22@{NEW}\nFROM node:22-slim\n"),
        ("FROM x:1\nCOPY --from=node:22 /a /node:22\n", f"FROM x:1\nCOPY --from=node:22@{NEW} /a /node:22\n"),
        (
            "FROM x:1\nRUN --mount=type=bind,from=node:22,target=/n \\\n  # from=node:22\n  true\n",
            f"FROM x:1\nRUN --mount=type=bind,from=node:22@{NEW},target=/n \\\n  # from=node:22\n  true\n",
        ),
        (
            "FROM node:22 AS a\nFROM a\nRUN <<E\nFROM node:22\nE\n",
            f"FROM node:22@{NEW} AS a\nFROM a\nRUN <<E\nFROM node:22\nE\n",
        ),
    ],
)
def test_only_the_reference_changes(text: str, expected: str) -> None:
    """Comments, spacing, line ends, here-documents and other images stay byte for byte."""
    assert pinned(text, {"node:22": NEW}) == expected
    assert pinned(expected, {"node:22": NEW}) == expected


def test_every_dockerfile_of_the_repository_can_be_pinned() -> None:
    """And builds on the same bases then, for each of which the recipe is still found."""
    recipes = load_recipes(ROOT / "bases")
    files = bases_of(ROOT, catalogue.load(configuration.load(ROOT)).all, gateway=True)
    assert len(files) == len([*ROOT.glob("runtimes/*/Dockerfile"), ROOT / "gateway/Dockerfile"])
    for file, wanted in files.items():
        before = file.read_text()
        after = pinned(before, dict.fromkeys(wanted, NEW))
        found = [source.reference for source in dockerfiles.sources(after) if "@" in source.reference]
        assert list(dict.fromkeys(found)) == [f"{base}@{NEW}" for base in wanted]
        assert after.replace(f"@{NEW}", "") == before
        for base in wanted:
            assert find_base(f"{base}@{NEW}", recipes) == find_base(base, recipes)


def write(folder: Path, **texts: str) -> dict[Path, tuple[str, ...]]:
    """Dockerfiles, one in a folder each, with their bases."""
    files = {}
    for name, text in texts.items():
        file = folder / name / "Dockerfile"
        file.parent.mkdir()
        file.write_text(text)
        files[file] = dockerfiles.read(text, ()).bases
    return files


def test_renewing_writes_what_the_registry_says_and_asks_once_for_each_tag(tmp_path: Path) -> None:
    """What is up to date is not written again."""
    files = write(tmp_path, a="FROM node:22\n", b=f"FROM node:22@{OLD}\n", c=f"FROM node:22@{NEW}\n")
    asked: list[str] = []

    def digest_of(tag: str) -> str:
        asked.append(tag)
        return NEW

    pins = compare(files, digest_of)
    assert [pin.is_behind for pin in pins] == [True, True, False]
    assert renew(pins) == list(files)[:2]
    assert [file.read_text() for file in files] == [f"FROM node:22@{NEW}\n"] * 3
    assert asked == ["node:22"]


def test_nothing_is_written_while_one_tag_is_unanswered(tmp_path: Path) -> None:
    """Nobody wants half-renewed pins."""
    files = write(tmp_path, a="FROM node:22\n", b="FROM gone:1\n")

    def digest_of(tag: str) -> str:
        if tag == "gone:1":
            raise CommandError("asking", "docker", 1, "noise\ngone:1: not found\n")
        return NEW

    pins = compare(files, digest_of)
    with pytest.raises(BasesUnansweredError, match="gone:1: gone:1: not found"):
        renew(pins)
    assert next(iter(files)).read_text() == "FROM node:22\n"
