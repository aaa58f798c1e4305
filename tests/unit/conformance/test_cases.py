"""The cases that there are: every rule has some, and the README says so."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtimekit.conformance import collect, known_failures, probes, rule_table
from runtimekit.conformance.cases import Scope, Subject
from runtimekit.conformance.suite_runner import choose
from runtimekit.errors import ConfigurationError
from runtimekit.repository.identifiers import Kind, RuntimeId

if TYPE_CHECKING:
    from runtimekit.conformance.cases import Case

ROOT = Path(__file__).parents[3]
TESTS = ROOT / "tests"
LANGUAGES = tomllib.loads((ROOT / "platforms.toml").read_text())["languages"]
PROBES = TESTS / "resources" / "probe"
AT_LEAST = 120
WITHOUT_CASES = {"L4", "S1", "S2", "S3"}
"""L4 is the adapters' own tests'; speed is the benchmark's."""


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """All of them."""
    return collect.load(TESTS)


def test_there_are_enough(cases: tuple[Case, ...]) -> None:
    """As many as were promised, for each kind of language."""
    for kind in (Kind.INTERPRETED, Kind.COMPILED):
        assert sum(kind in each.kinds for each in cases) >= AT_LEAST


def test_every_rule_has_a_case_and_every_case_a_rule(cases: tuple[Case, ...]) -> None:
    """The contract and the cases know the same numbers."""
    known = set(rule_table.rules((ROOT / "docs" / "contract.md").read_text(encoding="utf-8")))
    checked = {each.rule for each in cases}
    assert known - checked == WITHOUT_CASES
    assert checked <= known


def test_the_readme_holds_the_table_as_it_is(cases: tuple[Case, ...]) -> None:
    """``python -m runtimekit.conformance.rule_table`` writes it anew."""
    readme = (TESTS / "conformance" / "README.md").read_text(encoding="utf-8")
    assert rule_table.replaced(readme, cases) == readme


def test_known_failures_fit(cases: tuple[Case, ...]) -> None:
    """Each entry names a runtime and a case that are there."""
    runtimes = [path.parent.name for path in (ROOT / "runtimes").glob("*/Dockerfile")]
    known_failures.load(TESTS / "conformance" / collect.KNOWN_FAILURES, runtimes, [each.id for each in cases])


def test_core_is_small_and_says_the_most_important(cases: tuple[Case, ...]) -> None:
    """The documented answer, keys, errors, a time-out, a second request, ten at once, and the image."""
    core = {each.id for each in cases if each.core}
    assert {"answer.documented", "answer.second-request", "answer.ten-at-once", "answer.timeout"} < core
    assert {"answer.no-key", "answer.wrong-key", "answer.no-such-file", "answer.throws", "image.user"} < core
    assert len(core) < 40


def test_a_compiled_language_has_no_file_cases(cases: tuple[Case, ...]) -> None:
    """But one: that they are disregarded."""

    class Compiled:
        kind = Kind.COMPILED
        id = RuntimeId("go", "1.24")

    probe = probes.load(PROBES / "go.toml", Kind.COMPILED, cases)
    chosen = {each.id for each in choose(cases, Compiled(), probe, Scope.FULL)}  # type: ignore[arg-type]
    assert {name for name in chosen if name.startswith("file.")} == {"file.disregarded"}
    assert "errors.nil-map" in chosen
    assert "errors.system-exit" not in chosen


@pytest.mark.parametrize("path", sorted(PROBES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_languages_words_fit_the_table(path: Path, cases: tuple[Case, ...]) -> None:
    """Each case gets the words that it asks for, and no word is left over."""
    language = LANGUAGES[path.stem]
    probe = probes.load(path, Kind(language["kind"]), cases)
    assert {"answer.throws", "errors.error"} <= probe.starts.keys()
    assert path.with_suffix("").is_dir()


def test_a_language_that_does_not_fit_the_table_is_told_everything(cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Words that are missing, of no case, of the wrong kind; a case that is not optional."""
    path = tmp_path / "go.toml"
    path.write_text(
        'optinal = []\noptional = ["answer.documented"]\n[starts]\n"errors.erorr" = ""\n"errors.abort" = ""\n'
    )
    with pytest.raises(ConfigurationError) as caught:
        probes.load(path, Kind.COMPILED, cases)
    text = str(caught.value)
    assert all(
        word in text for word in ("optinal", "answer.documented", "errors.erorr", "errors.abort", "errors.error")
    )


def test_a_language_without_a_file_is_told_to_write_one(cases: tuple[Case, ...], tmp_path: Path) -> None:
    """A new language would else be held to nothing."""
    with pytest.raises(ConfigurationError, match="missing"):
        probes.load(tmp_path / "go.toml", Kind.COMPILED, cases)


def test_much_can_be_asked_of_any_function(cases: tuple[Case, ...]) -> None:
    """For ``invoke conform``: transport, key and body, on one launched function."""
    anybody = [each for each in cases if each.any_function and each.bench in {Subject.PROBE, Subject.SLOW}]
    assert {each.area for each in anybody} >= {"transport", "key", "body", "file"}
    assert len(anybody) >= AT_LEAST


def test_all_mistakes_in_the_cases_are_shown_at_once(tmp_path: Path) -> None:
    """With the file and the case."""
    folder = tmp_path / "conformance"
    folder.mkdir()
    twice = '[[case]]\nid = "a.b"\nrule = "R1"\nexpect.status = 1\n'
    (folder / "a.toml").write_text(twice + twice + '[[case]]\nid = "a.c"\nrule = "R1"\nexpect.stauts = 1\n')
    (folder / "b.toml").write_text("[[case]")
    with pytest.raises(ConfigurationError) as caught:
        collect.load(tmp_path)
    text = str(caught.value)
    assert all(words in text for words in ("a.b is there twice", "a.c", "stauts", "b.toml"))


def test_no_case_at_all_is_a_mistake(tmp_path: Path) -> None:
    """A suite without cases proves nothing."""
    with pytest.raises(ConfigurationError, match="holds no case"):
        collect.load(tmp_path)


def test_without_a_repository_the_package_brings_its_cases(tmp_path: Path) -> None:
    """The repository's own come first."""
    assert collect.tests_folder(tmp_path) == collect.PACKAGED_TESTS
    assert collect.tests_folder(None) == collect.PACKAGED_TESTS
    assert collect.tests_folder(ROOT) == TESTS
