"""platforms.toml is read completely or refused with every mistake in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError, ExitCode, NoRepositoryError
from runtimekit.repository.configuration import Kind, find_root, load
from runtimekit.repository.identifiers import RuntimeId

if TYPE_CHECKING:
    from pathlib import Path


def mistakes(root: Path, *changes: tuple[str, str]) -> list[str]:
    """What is said about platforms.toml after some changes, as ``line: text``."""
    path = root / "platforms.toml"
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(root)
    assert caught.value.exit_code == ExitCode.CONFIGURATION
    assert all(problem.file == path for problem in caught.value.problems)
    return [f"{problem.line}: {problem.text}" for problem in caught.value.problems]


def test_everything_in_the_file_is_there(repository: Path) -> None:
    """With defaults where the file says nothing."""
    configuration = load(repository)
    assert configuration.root == repository
    assert configuration.project.title == "Test runtimes"
    assert [platform.docker for platform in configuration.platforms] == ["linux/amd64", "linux/arm64"]
    assert configuration.platforms[1].runner == "ubuntu-24.04-arm"
    python, go = configuration.languages["python"], configuration.languages["go"]
    assert (python.kind, python.memory, python.run_image, python.also_runs_on) == (Kind.INTERPRETED, "256m", None, ())
    assert (go.kind, go.memory, go.run_image, go.also_runs_on) == (
        Kind.COMPILED,
        "512m",
        "alpine-3.22",
        ("ubuntu-24.04",),
    )
    assert configuration.run_images["ubuntu-24.04"].glibc == "2.36"
    assert configuration.run_images["alpine-3.22"].glibc is None


def test_a_runtime_lacks_the_platforms_of_its_exceptions(repository: Path) -> None:
    """The others have all."""
    configuration = load(repository)
    assert [p.name for p in configuration.platforms_of(RuntimeId.parse("python-3.9"))] == ["amd64"]
    assert [p.name for p in configuration.platforms_of(RuntimeId.parse("python-3.10"))] == ["amd64", "arm64"]


def test_the_real_file_is_right() -> None:
    """The one of this repository."""
    from pathlib import Path  # noqa: PLC0415  # the module's own import is for types only

    assert load(find_root(Path(__file__))).languages


def test_the_root_is_found_from_any_folder_below(repository: Path) -> None:
    """As git finds its own."""
    assert find_root(repository / "runtimes" / "go-1.24") == repository


def test_outside_of_a_repository_there_is_no_root(tmp_path: Path) -> None:
    """Exit code 2, and the message says what marks a root."""
    with pytest.raises(NoRepositoryError, match=r"no platforms\.toml in"):
        find_root(tmp_path)
    with pytest.raises(NoRepositoryError):
        load(tmp_path)


def test_all_mistakes_are_shown_at_once_in_the_order_of_their_lines(repository: Path) -> None:
    """Syntax, duplicates, unknown names, wrong types and missing keys together."""
    found = mistakes(
        repository,
        ('title = "Test runtimes"', "title = Test"),
        ('runner = "ubuntu-24.04"', 'runner = "a"\nrunner = "b"'),
        ('entrypoint = "index.py"', 'entrypont = "index.py"'),
        ('memory = "512m"', "memory = 512"),
        ('because = "a test says so"', ""),
    )
    assert found == [
        "2: Invalid value. The text: 'title = Test'",
        "9: 'runner' is there twice; the other is on line 8",
        "15: [languages.python] needs 'entrypoint': a relative file name such as 'index.js'",
        "18: unknown key 'entrypont' in [languages.python]. Perhaps you meant 'entrypoint'?",
        "24: 'memory' must be an amount such as '256m' or '1g', not 512",
        "35: [[exceptions]] needs 'because': why, in one line: every exception has a reason",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[project]", "[projekt]", "1: unknown table 'projekt' in the file. Perhaps you meant 'project'?"),
        ("[languages.python]", "[languages.Python]", "14: 'Python' cannot be a language's name"),
        ("[languages.python]", '[languages."../x"]', "14: '../x' cannot be a language's name"),
        (
            "[languages.python]",
            "[languages]\npython = 1\n[x]",
            "15: 'python' must be a table, [languages.python], not 1",
        ),
        ('kind = "interpreted"', 'kind = "interpeted"', "16: 'kind' must be one of 'interpreted', 'compiled', not"),
        ('kind = "interpreted"', 'kind = "run-image"', "16: 'kind' must be one of 'interpreted', 'compiled', not"),
        ('kind = "interpreted"', "", "14: [languages.python] needs 'kind'"),
        ('"index.py"', '"../index.py"', "17: 'entrypoint' must be a relative file name"),
        ('"index.py"', '"/etc/passwd"', "17: 'entrypoint' must be a relative file name"),
        ('"512m"', '"512"', "23: 'memory' must be an amount such as '256m' or '1g', not '512'"),
        ('"512m"', '"0g"', "23: 'memory' must be an amount"),
        ('"index.py"', '"index.py"\nadapter = "../x"', "18: 'adapter' must be the language whose adapter it uses"),
        ('run-image = "alpine-3.22"', "", "19: [languages.go] needs 'run-image'"),
        ('"alpine-3.22"', '"alpine-3.21"', "24: no run image is called 'alpine-3.21'"),
        ('"alpine-3.22"', '"alpine-3.21"', "Perhaps you meant 'alpine-3.22'?"),
        ('["ubuntu-24.04"]', '"ubuntu-24.04"', "25: 'also-runs-on' must be a list of run images"),
        ('["ubuntu-24.04"]', '["ubuntu-22.04"]', "25: no run image is called 'ubuntu-22.04'"),
        ('"index.py"', '"index.py"\nrun-image = "alpine-3.22"', "18: an interpreted language has no 'run-image'"),
        ('[run-images."alpine-3.22"]', '[run-images."alpine-03"]', "27: 'alpine-03' is no runtime's name"),
        ('"2.36"', "2.36", "32: 'glibc' must be a version of glibc as text"),
        ('"linux/arm64"', '"linux/arm64,x"', "11: 'docker' must be docker's name for it"),
        ('"linux/arm64"', '"linux/amd64"', "11: 'linux/amd64' is the platform 'amd64' already"),
        ("[platforms.arm64]", "[platforms.ARM]", "10: 'ARM' cannot be a platform's name"),
        ('["arm64"]', '["arm46"]', "36: no platform is called 'arm46'. Perhaps you meant 'arm64'?"),
        ('["arm64"]', '["arm64", "amd64"]', "36: 'python-3.9' would have no platform left"),
        ('["arm64"]', "[]", "36: 'without' must name at least one platform"),
        ('"python-3.9"', '"python"', "35: 'python' is no runtime's name"),
        ("[[exceptions]]", "[exceptions]", "34: 'exceptions' must be written as [[exceptions]]"),
        ('"a test says so"', '" "', "37: 'because' must be why"),
        ('"https://example.org/runtimes"', '"ftp://x"', "3: 'source' must be the repository's web address"),
        ("[languages.go]", "[languages.go", "19: "),
    ],
)
def test_a_mistake_is_shown_with_its_line(repository: Path, old: str, new: str, expected: str) -> None:
    """Each kind of mistake that the file can have."""
    found = mistakes(repository, (old, new))
    assert any(expected in each for each in found), found


def test_a_wrong_value_is_not_also_missing(repository: Path) -> None:
    """One mistake is one line."""
    assert len(mistakes(repository, ('entrypoint = "index.py"', "entrypoint = index.py"))) == 1


def test_a_second_exception_for_the_same_runtime_is_refused(repository: Path) -> None:
    """Two reasons in two places would be read as one."""
    again = '[[exceptions]]\nruntime = "python-3.9"\nwithout = ["arm64"]\nbecause = "again"\n\n[[exceptions]]'
    assert any("has an exception already" in each for each in mistakes(repository, ("[[exceptions]]", again)))


def test_an_empty_file_lacks_its_tables(tmp_path: Path) -> None:
    """And says which."""
    (tmp_path / "platforms.toml").write_text("")
    text = "\n".join(mistakes(tmp_path))
    assert "the table [project] is missing" in text
    assert "no platform is declared" in text
