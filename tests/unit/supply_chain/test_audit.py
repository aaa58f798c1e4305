"""The findings of an audit on a given day: versions, newer versions, bases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from runtimekit.errors import ConfigurationError
from runtimekit.repository import catalogue, configuration, end_of_life
from runtimekit.repository.identifiers import RuntimeId
from runtimekit.supply_chain import audit
from runtimekit.supply_chain.audit import Verdict
from runtimekit.supply_chain.pins import Pin

ROOT = Path(__file__).parents[3]
TODAY = dt.date(2026, 11, 21)
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "a" * 64


def test_the_repositorys_table_knows_its_languages() -> None:
    """A single version that is not in it yet is a finding of the audit; a language is a table to be written."""
    known = {version.language for version in end_of_life.load(ROOT).versions}
    runtimes = catalogue.load(configuration.load(ROOT)).all
    assert {runtime.id.language for runtime in runtimes} <= known


LIFETIMES = """\
checked = 2026-11-01
[python]
source = "https://example.org"
"3.9" = 2025-10-31
"3.10" = 2026-12-31
"3.14" = 2030-10-31
"3.15" = "maintained"
[go]
source = "https://example.org"
"1.24" = 2026-11-21
[ubuntu]
source = "https://example.org"
"24.04" = 2029-05-31
"25.10" = 2026-07-01
"""


def verdicts(repository: Path, today: dt.date = TODAY) -> dict[tuple[str, str], tuple[Verdict, str]]:
    """What is found, by subject and kind."""
    found = catalogue.load(configuration.load(repository)).all
    rows = audit.versions(found, end_of_life.load(repository), today)
    return {(row.subject, row.about): (row.verdict, row.found) for row in rows}


def test_a_version_is_compared_with_the_day(repository: Path) -> None:
    """The end of life is past, near or unknown. Unknown is not ok."""
    (repository / "lifetimes.toml").write_text(LIFETIMES)
    assert verdicts(repository) == {
        ("python-3.9", "version"): (Verdict.DUE, "ended 2025-10-31, 386 days ago"),
        ("python-3.10", "version"): (Verdict.NOTE, "ends 2026-12-31, in 40 days"),
        ("go-1.24", "version"): (Verdict.NOTE, "ends 2026-11-21, in 0 days"),
        ("alpine-3.22", "version"): (Verdict.DUE, "no end of life is recorded"),
        ("ubuntu-24.04", "version"): (Verdict.OK, "maintained until 2029-05-31"),
        ("python", "newer"): (Verdict.NOTE, "there is 3.15; ours is 3.10"),
    }


def test_the_day_after_its_last_one_a_version_is_over(repository: Path) -> None:
    """A newer version past its end of life is not recommended."""
    (repository / "lifetimes.toml").write_text(LIFETIMES)
    found = verdicts(repository, TODAY + dt.timedelta(days=1))
    assert found["go-1.24", "version"] == (Verdict.DUE, "ended 2026-11-21, 1 days ago")
    assert ("ubuntu", "newer") not in found


def test_an_old_table_of_lifetimes_is_mentioned(repository: Path) -> None:
    """An old table may lack new versions."""
    (repository / "lifetimes.toml").write_text(LIFETIMES)
    assert ("lifetimes.toml", "data") not in verdicts(repository, dt.date(2027, 1, 30))
    verdict, found = verdicts(repository, dt.date(2027, 1, 31))["lifetimes.toml", "data"]
    assert verdict is Verdict.NOTE
    assert "91 days ago" in found


def test_all_mistakes_in_the_table_are_told_at_once(tmp_path: Path) -> None:
    """Also those of form."""
    (tmp_path / "lifetimes.toml").write_text(
        'checked = "soon"\nperl = 1\n[python]\n"3.10" = 2026-10-31\n'
        '[go]\nsource = ""\n"1.x" = "maintained"\n"1.1" = 2026\n'
    )
    with pytest.raises(ConfigurationError) as caught:
        end_of_life.load(tmp_path)
    texts = [problem.text for problem in caught.value.problems]
    assert [text.partition(" ")[0] for text in texts] == ["'checked'", "[perl]", "[python]", "go-1.x:", "go-1.1:"]


def test_a_table_that_is_no_toml_is_a_mistake_in_a_file(tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "lifetimes.toml").write_text("[")
    with pytest.raises(ConfigurationError):
        end_of_life.load(tmp_path)


def test_another_monorepo_need_not_have_the_table(tmp_path: Path) -> None:
    """Its versions are unknown then."""
    assert end_of_life.load(tmp_path).versions == {}
    assert end_of_life.load(tmp_path).newest("python", TODAY) is None


def test_the_newest_is_by_number() -> None:
    """3.10 comes after 3.9."""
    life = end_of_life.Lifetime(None)
    known = end_of_life.Lifetimes(TODAY, {RuntimeId("x", version): life for version in ("3.9", "3.10", "3.2")})
    assert known.newest("x", TODAY) == RuntimeId("x", "3.10")


@pytest.mark.parametrize(
    ("held", "current", "verdict"),
    [
        (NEW, NEW, Verdict.OK),
        (OLD, NEW, Verdict.DUE),
        (None, NEW, Verdict.NOTE),
        (OLD, None, Verdict.UNKNOWN),
        (None, None, Verdict.UNKNOWN),
    ],
)
def test_a_base_is_compared_with_its_tag(held: str | None, current: str | None, verdict: Verdict) -> None:
    """A registry that does not answer makes nothing ok."""
    pin = Pin(Path("runtimes/node-22/Dockerfile"), "node:22", held, current, "no such host")
    other = Pin(Path("runtimes/node-23/Dockerfile"), "node:22", held, current, "no such host")
    (finding,) = audit.bases([pin, other])
    assert finding.verdict is verdict
    assert ("no such host" in finding.found) == (current is None)
