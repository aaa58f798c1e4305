"""Options of ``publish`` are checked before anything is done."""

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


def parsed(**given: Any) -> publish_options.PublishOptions:
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


def test_without_options_all_platforms_are_published() -> None:
    """With tests, and without bases made from packages."""
    requested = parsed()
    assert (requested.platforms, requested.digests, requested.without_tests, requested.login) == (None, None, "", None)
    assert publish_options.warnings(requested) == []


def test_platforms_get_docker_names() -> None:
    """A short name is accepted."""
    requested = parsed(platforms=["arm64"], digests="file.json")
    assert requested.platforms == ["linux/arm64"]
    assert requested.digests == Path("file.json")


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
    """The message names what to type instead."""
    with pytest.raises(OptionsConflictError, match="Nothing was done") as caught:
        parsed(**given)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"skip_tests": True}, "--because"),
        ({"skip_tests": True, "because": "  "}, "--because"),
        ({"platforms": ["amd64"]}, "--digests FILE"),
        ({"platforms": ["sparc"], "digests": "f"}, "no platform is called 'sparc'"),
        ({"platforms": ["arm46"], "digests": "f"}, "Perhaps you meant 'arm64'"),
    ],
)
def test_what_must_not_be_published_is_exit_code_5(given: dict[str, Any], message: str) -> None:
    """The message names the next step."""
    with pytest.raises(PublishRefusedError, match="way out") as caught:
        parsed(**given)
    assert caught.value.exit_code == 5
    assert message in str(caught.value)


def test_an_invalid_address_is_refused() -> None:
    """Before any login is looked for."""
    with pytest.raises(OptionError):
        parsed(registry="nowhere")


def test_a_password_comes_from_standard_input_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first line; it is a secret at once."""
    monkeypatch.setattr("sys.stdin", io.StringIO("top-secret\nmore\n"))
    login = parsed(username="me", password_stdin=True).login
    assert login is not None
    assert (login.username, login.password) == ("me", "top-secret")
    assert redaction.redact("top-secret") == redaction.MARK
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(OptionsConflictError, match="no password"):
        parsed(username="me", password_stdin=True)


def test_a_dry_run_reads_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs none."""
    monkeypatch.setattr("sys.stdin", None)
    assert parsed(username="me", password_stdin=True, dry_run=True).login is None


def test_warnings_are_in_capitals() -> None:
    """Nobody should overlook them."""
    loud = publish_options.warnings(parsed(bootstrapped_allowed=True, skip_tests=True, because="a reason"))
    assert len(loud) == 2
    assert "TESTS ARE SKIPPED, because: a reason" in loud[1]
