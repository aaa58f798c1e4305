"""Libraries that are installed: each must run on the oldest Python that a user may have."""

from __future__ import annotations

from importlib.metadata import distributions

from packaging.specifiers import SpecifierSet

DEBIAN_12 = "3.11.2"


def test_each_library_runs_on_debian_12() -> None:
    """README promises Debian's own Python; a machine that has a newer patch release does not notice."""
    wanted = {each.name: each.metadata.get("Requires-Python") or "" for each in distributions()}
    assert [f"{name} needs Python {text}" for name, text in wanted.items() if DEBIAN_12 not in SpecifierSet(text)] == []
