"""Names, globs, languages and platforms choose runtimes; what fits nothing is an error, never an empty run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.errors import ExitCode, NothingSelectedError, OptionError, UnknownNameError
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.select import of_protocols, select

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime


@pytest.fixture
def items(repository: Path) -> tuple[Runtime, ...]:
    """Everything in the small repository."""
    return catalogue.load(configuration.load(repository)).all


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "alpine-3.22 ubuntu-24.04 go-1.24 python-3.9 python-3.10"),
        ({"only": ["python-3.10"]}, "python-3.10"),
        ({"only": ["python-*"]}, "python-3.9 python-3.10"),
        ({"only": ["python-3.10", "go-*"]}, "go-1.24 python-3.10"),
        ({"only": ["python-3.10", "python-3.10"]}, "python-3.10"),
        ({"languages": ["go"]}, "go-1.24"),
        ({"tags": ["compiled"]}, "go-1.24"),
        ({"tags": ["interpreted", "go"]}, "go-1.24 python-3.9 python-3.10"),
        ({"arch": "arm64"}, "alpine-3.22 ubuntu-24.04 go-1.24 python-3.10"),
        ({"arch": "linux/arm64", "only": ["python-*"]}, "python-3.10"),
    ],
)
def test_every_filter_narrows_the_choice(items: tuple[Runtime, ...], filters: dict[str, Any], expected: str) -> None:
    """In the catalogue's order, each once."""
    assert [str(each) for each in select(items, **filters)] == expected.split()


def test_a_language_has_tags_of_its_own(repository: Path) -> None:
    """Whatever words its people want."""
    path = repository / "platforms.toml"
    path.write_text(path.read_text().replace('memory = "512m"', 'tags = ["fast"]'))
    everything = catalogue.load(configuration.load(repository)).all
    assert [str(each) for each in select(everything, tags=["fast"])] == ["go-1.24"]


@pytest.mark.parametrize(
    ("filters", "near", "message"),
    [
        ({"only": ["pyton-3.10"]}, "python-3.10", "no runtime is called 'pyton-3.10'"),
        ({"only": ["python"]}, "python-3.10", "no runtime is called 'python'"),
        ({"only": ["go-1.24", "pyton-*"]}, "python-3.9", r"no runtime is called 'pyton-\*'"),
        ({"languages": ["pyhton"]}, "python", "no language is called 'pyhton'"),
        ({"tags": ["intrepreted"]}, "interpreted", "no tag is called 'intrepreted'"),
        ({"arch": "amr64"}, "arm64", "no platform is called 'amr64'"),
    ],
)
def test_a_word_that_fits_nothing_is_an_error_with_near_names(
    items: tuple[Runtime, ...], filters: dict[str, Any], near: str, message: str
) -> None:
    """Exit code 3, also where other words fit something."""
    with pytest.raises(UnknownNameError, match=message) as caught:
        select(items, **filters)
    assert near in caught.value.near
    assert caught.value.exit_code == ExitCode.NOTHING_SELECTED


def test_filters_that_leave_nothing_together_are_an_error(items: tuple[Runtime, ...]) -> None:
    """It says which filters they were."""
    with pytest.raises(NothingSelectedError, match=r"--only python-3\.9 --arch arm64") as caught:
        select(items, only=["python-3.9"], arch="arm64")
    assert caught.value.exit_code == ExitCode.NOTHING_SELECTED


def test_an_empty_catalogue_is_an_error() -> None:
    """Nothing done is never a success."""
    with pytest.raises(NothingSelectedError, match="an empty catalogue"):
        select(())


@pytest.mark.parametrize(
    ("protocol", "only", "expected"),
    [
        ("", [], "alpine-3.22 ubuntu-24.04 go-1.24 python-3.9 python-3.10"),
        ("2021", ["python-3.9"], "python-3.9"),
        ("v5", [], "python-3.9-v5 python-3.10-v5"),
        ("v5", ["python-3.9"], "python-3.9-v5"),
        ("v5", ["python-3.9-v5"], "python-3.9-v5"),
        ("all", ["python-3.9"], "python-3.9 python-3.9-v5"),
        ("", ["python-3.9-v5"], "python-3.9-v5"),
        ("", ["python-*"], "python-3.9 python-3.10"),
    ],
)
def test_a_protocol_chooses_among_the_images_of_a_runtime(
    two_protocols: Path, protocol: str, only: list[str], expected: str
) -> None:
    """The first one if none is named; the full name of an image needs no option."""
    known = catalogue.load(configuration.load(two_protocols))
    found = select(of_protocols(known, protocol, only), only)
    assert [str(each) for each in found] == expected.split()


def test_what_has_no_such_image_is_told(two_protocols: Path) -> None:
    """Not silently nothing."""
    known = catalogue.load(configuration.load(two_protocols))
    with pytest.raises(NothingSelectedError, match=r"go-1\.24 --protocol v5: its language has no such protocol"):
        of_protocols(known, "v5", ["go-1.24"])
    with pytest.raises(OptionError, match="v4"):
        of_protocols(known, "v4", [])
