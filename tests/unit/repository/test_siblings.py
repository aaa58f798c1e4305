"""Versions of one language differ only in what must differ: the version itself, and what they are built on."""

from __future__ import annotations

import re
from itertools import groupby, zip_longest
from pathlib import Path

import pytest

from runtimekit.repository.identifiers import RuntimeId

RUNTIMES = Path(__file__).parents[3] / "runtimes"


def families() -> dict[str, list[RuntimeId]]:
    """The runtimes by language, oldest version first; only languages with several versions."""
    found = sorted(RuntimeId.parse(folder.name) for folder in RUNTIMES.iterdir() if folder.is_dir())
    grouped = {language: list(versions) for language, versions in groupby(found, key=lambda each: each.language)}
    return {language: versions for language, versions in grouped.items() if len(versions) > 1}


def plain(dockerfile: str, version: str) -> list[str]:
    """The lines, without the version and without what FROM names but for the stages of this file."""
    text = re.sub(rf"(?<![\d.]){re.escape(version)}(?![\d.]*\d)", "<version>", dockerfile)
    return re.sub(r"^(FROM (?:--\S+ )*)\S+[/:]\S+", r"\1<base>", text, flags=re.MULTILINE).splitlines()


def differences(first: tuple[str, str], second: tuple[str, str]) -> list[str]:
    """Every line in which two Dockerfiles (version and text of each) differ though they need not, as both have it."""
    pairs = zip_longest(*(plain(text, version) for version, text in (first, second)), fillvalue="(no such line)")
    return [
        f"line {number}: {ours!r} in {first[0]}, {theirs!r} in {second[0]}"
        for number, (ours, theirs) in enumerate(pairs, 1)
        if ours != theirs
    ]


@pytest.mark.parametrize(("language", "versions"), families().items())
def test_siblings_differ_only_in_version_and_base(language: str, versions: list[RuntimeId]) -> None:
    """Each Dockerfile against that of the newest version; every other difference is named."""
    *older, newest = [(each.version, (RUNTIMES / str(each) / "Dockerfile").read_text()) for each in versions]
    found = [difference for each in older for difference in differences(each, newest)]
    assert not found, f"Dockerfiles of {language} differ where they need not:\n" + "\n".join(found)


def test_a_difference_is_named_with_its_line() -> None:
    """Both sides of it; the version and the base are none."""
    first = "# Lang 1.9\nFROM lang:1.9-slim\nRUN one\n"
    second = "# Lang 2.10\nFROM other/lang:debian-2.10.3\nRUN two\nUSER 0\n"
    assert differences(("1.9", first), ("2.10", second)) == [
        "line 3: 'RUN one' in 1.9, 'RUN two' in 2.10",
        "line 4: '(no such line)' in 1.9, 'USER 0' in 2.10",
    ]


def test_a_version_is_not_found_inside_another_number() -> None:
    """`20` is not in `2001:2000`."""
    assert plain("USER 2001:2000\nENV A=20\n", "20") == ["USER 2001:2000", "ENV A=<version>"]


def test_stages_and_options_of_from_still_count() -> None:
    """Only the image's name may differ."""
    assert plain("FROM --platform=linux lang:1 AS warm\nFROM warm\n", "1") == [
        "FROM --platform=linux <base> AS warm",
        "FROM warm",
    ]
