"""What was typed: refused where it makes no sense, before anything is done."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from runtimekit.cli import publish_options
from runtimekit.errors import OptionError, OptionsConflictError, PublishRefusedError
from runtimekit.repository.identifiers import Platform
from runtimekit.support import redaction

DECLARED = (Platform("amd64", "linux/amd64", "one"), Platform("arm64", "linux/arm64", "two"))


def ask(**given: Any) -> publish_options.Wishes:
    """The options, most of them as they are when nothing is typed."""
    options: dict[str, Any] = {
        "registry": "localhost:5000/acme",
        "only": (),
        "platforms": (),
        "digests": "",
        "merge": (),
        "skip_tests": False,
        "because": "",
        "bootstrapped_allowed": False,
        "username": "",
        "password_stdin": False,
        "dry_run": False,
    }
    return publish_options.parse(DECLARED, **(options | given))


@pytest.fixture(autouse=True)
def _no_logins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def test_a_plain_wish_is_for_all_platforms() -> None:
    """And for nothing unusual."""
    wishes = ask()
    assert (wishes.platforms, wishes.digests, wishes.without_tests, wishes.login) == (None, None, "", None)
    assert publish_options.warnings(wishes) == []


def test_a_part_names_its_platforms_as_docker_does() -> None:
    """The short name will do."""
    wishes = ask(platforms=["arm64"], digests="file.json")
    assert wishes.platforms == ["linux/arm64"]
    assert wishes.digests == Path("file.json")


@pytest.mark.parametrize(
    "given",
    [
        {"registry": ""},
        {"merge": ["a"], "only": ["node-22"]},
        {"merge": ["a"], "platforms": ["amd64"]},
        {"merge": ["a"], "skip_tests": True, "because": "x"},
        {"digests": "file"},
        {"because": "nothing is skipped"},
        {"username": "me"},
        {"password_stdin": True},
    ],
)
def test_options_that_do_not_go_together_are_exit_code_2(given: dict[str, Any]) -> None:
    """With what to type instead."""
    with pytest.raises(OptionsConflictError, match="Nothing was done") as caught:
        ask(**given)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"skip_tests": True}, "--because"),
        ({"skip_tests": True, "because": "  "}, "--because"),
        ({"platforms": ["amd64"]}, "--digests FILE"),
        ({"platforms": ["sparc"], "digests": "f"}, "no platform is called 'sparc'"),
        ({"platforms": ["arm46"], "digests": "f"}, "Perhaps you meant 'arm64'"),
    ],
)
def test_what_must_not_be_published_is_exit_code_5(given: dict[str, Any], says: str) -> None:
    """With the way out."""
    with pytest.raises(PublishRefusedError, match="way out") as caught:
        ask(**given)
    assert caught.value.exit_code == 5
    assert says in str(caught.value)


def test_an_address_that_is_none_is_refused() -> None:
    """Before any login is looked for."""
    with pytest.raises(OptionError):
        ask(registry="nowhere")


def test_a_password_comes_from_standard_input_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first line; it is a secret at once."""
    monkeypatch.setattr("sys.stdin", io.StringIO("top-secret\nmore\n"))
    login = ask(username="me", password_stdin=True).login
    assert login is not None
    assert (login.username, login.password) == ("me", "top-secret")
    assert redaction.redact("top-secret") == redaction.MARK
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(OptionsConflictError, match="no password"):
        ask(username="me", password_stdin=True)


def test_a_dry_run_reads_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs none."""
    monkeypatch.setattr("sys.stdin", None)
    assert ask(username="me", password_stdin=True, dry_run=True).login is None


def test_what_must_not_be_overlooked_is_loud() -> None:
    """In capitals."""
    loud = publish_options.warnings(ask(bootstrapped_allowed=True, skip_tests=True, because="a reason"))
    assert len(loud) == 2
    assert "TESTS ARE SKIPPED, because: a reason" in loud[1]
