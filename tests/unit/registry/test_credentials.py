"""Logins as docker keeps them: in its configuration file, or with a helper."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.errors import CommandError
from runtimekit.registry import credentials
from runtimekit.registry.credentials import Login
from runtimekit.support import redaction

if TYPE_CHECKING:
    from pathlib import Path


def folder_with(folder: Path, configuration: Any) -> dict[str, str]:
    """An environment whose docker configuration is this."""
    (folder / "config.json").write_text(json.dumps(configuration))
    return {"DOCKER_CONFIG": str(folder)}


def entry(user: str, password: str) -> dict[str, str]:
    """As `docker login` writes it."""
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("ghcr.io", "ghcr.io"),
        ("localhost:5000", "https://localhost:5000"),
        ("docker.io", "https://index.docker.io/v1/"),
    ],
)
def test_a_login_in_the_file_is_found_under_every_name(tmp_path: Path, host: str, key: str) -> None:
    """And its password is a secret from then on."""
    environ = folder_with(tmp_path, {"auths": {key: entry("me", "pass:word")}})
    assert credentials.find(host, environ) == Login("me", "pass:word")
    assert redaction.redact("pass:word") == redaction.MARK


def test_another_registrys_login_is_not_taken(tmp_path: Path) -> None:
    """A password goes to whom it belongs."""
    environ = folder_with(tmp_path, {"auths": {"ghcr.io": entry("me", "password")}})
    assert credentials.find("ghcr.io.example.org", environ) is None
    assert credentials.find("ghcr.io:8443", environ) is None


def test_an_identity_token_is_a_login_without_a_name(tmp_path: Path) -> None:
    """Some registries give one in place of the password."""
    environ = folder_with(tmp_path, {"auths": {"ghcr.io": {"auth": "", "identitytoken": "a-token"}}})
    assert credentials.find("ghcr.io", environ) == Login(identity_token="a-token")  # noqa: S106 - a test's


@pytest.mark.parametrize("configuration", [[], {}, {"auths": None}, {"auths": {"ghcr.io": {"auth": "%%%"}}}])
def test_a_file_without_a_login_is_no_error(tmp_path: Path, configuration: Any) -> None:
    """Nor is a broken one: the registry will say that it wants a login."""
    assert credentials.find("ghcr.io", folder_with(tmp_path, configuration)) is None


def helper(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> dict[str, str]:
    """A credential helper of ours."""
    program = folder / "docker-credential-test"
    program.write_text(f"#!/bin/sh\nread -r server\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder_with(folder, {"credsStore": "test"})


def test_a_helper_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the registry's name, on its standard input."""
    script = """[ "$server" = ghcr.io ] && echo '{"ServerURL":"ghcr.io","Username":"me","Secret":"from-helper"}'"""
    environ = helper(tmp_path, monkeypatch, script)
    assert credentials.find("ghcr.io", environ) == Login("me", "from-helper")


def test_a_helper_that_knows_nothing_is_no_error_and_one_that_fails_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its words nobody would know why the registry refuses us."""
    environ = helper(tmp_path, monkeypatch, "echo 'credentials not found in native keychain'; exit 1")
    assert credentials.find("ghcr.io", environ) is None
    environ = helper(tmp_path, monkeypatch, "echo 'the keychain is locked' >&2; exit 1")
    with pytest.raises(CommandError, match="keychain is locked"):
        credentials.find("ghcr.io", environ)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CommandError, match=r"config\.json names it"):
        credentials.find("ghcr.io", environ)


def test_a_login_does_not_show_its_secret() -> None:
    """Whoever prints it sees a name."""
    assert repr(Login("me", "hidden-word")) == "Login('me')"
    assert redaction.redact(Login("me", "hidden-word").basic) == f"Basic {redaction.MARK}"
