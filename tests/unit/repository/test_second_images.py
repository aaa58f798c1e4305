"""The scripts that make images of the second protocol."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtimekit.repository import configuration, second_images

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("language", "script", "entrypoint"),
    [("java", "java.sh", "Index.java"), ("kotlin", "kotlin.sh", "Index.kt"), ("node", "node.sh", "index.js")],
)
def test_a_language_with_another_ones_adapter_may_have_a_script_of_its_own(
    language: str, script: str, entrypoint: str
) -> None:
    """Kotlin's functions have another default entrypoint than Java's."""
    found = configuration.load(ROOT).languages[language]
    assert second_images.script(found, ROOT).name == script
    assert second_images.entrypoint(found, ROOT) == entrypoint


def test_without_one_its_adapters_is_taken(tmp_path: Path) -> None:
    """As long as there is none, that is the file which is missing."""
    kotlin = configuration.load(ROOT).languages["kotlin"]
    assert second_images.script(kotlin, tmp_path).name == "java.sh"
