"""A change becomes one branch and one pull request; the token is in no command and no file."""

from __future__ import annotations

import base64
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import CommandError, OptionError
from runtimekit.github import pull_requests

if TYPE_CHECKING:
    from pathlib import Path

GH = """\
#!/bin/sh
echo "$@" >> "$GH_LOG"
case "$2" in
    list) cat "$GH_OPEN" ;;
    git-credential) printf 'username=x-access-token\\npassword=%s\\n' "$GH_TOKEN" ;;
    create) cat >> "$GH_LOG"; echo https://example.org/pull/1 | tee "$GH_OPEN" ;;
esac
"""


def git(folder: Path, *words: str) -> str:
    """Run git."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of a repository, and a `gh` that notes what it is asked."""
    git(tmp_path, "init", "--quiet", "--bare", "origin")
    git(tmp_path, "clone", "--quiet", "origin", "clone")
    (tmp_path / "clone/Dockerfile").write_text("FROM a\n")
    git(tmp_path / "clone", "add", "--all")
    git(tmp_path / "clone", "commit", "--quiet", "--message=first")
    git(tmp_path / "clone", "push", "--quiet", "origin", "HEAD:main")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    (tmp_path / "open").touch()
    monkeypatch.setenv("PATH", f"{programs}:/usr/local/bin:/usr/bin:/bin")
    monkeypatch.setenv("GH_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("GH_OPEN", str(tmp_path / "open"))
    monkeypatch.setenv("GH_TOKEN", "canary-of-a-token")
    return tmp_path / "clone"


def test_nothing_changed_is_nothing_proposed(clone: Path) -> None:
    """No branch, no pull request."""
    assert not pull_requests.propose(clone, "refresh/pins", "Pins")
    assert git(clone, "ls-remote", "origin").count("refs/heads/") == 1
    assert not (clone.parent / "log").exists()


def test_a_change_becomes_a_branch_and_a_pull_request(clone: Path) -> None:
    """With the author that GitHub shows for workflows."""
    (clone / "Dockerfile").write_text("FROM b\n")
    assert pull_requests.propose(clone, "refresh/pins", "Pins") == "https://example.org/pull/1"
    assert git(clone.parent / "origin", "show", "refresh/pins:Dockerfile") == "FROM b\n"
    author = git(clone.parent / "origin", "log", "-1", "--format=%an %s", "refresh/pins").strip()
    assert author == "github-actions[bot] Pins"
    log = (clone.parent / "log").read_text()
    assert "pr create --head=refresh/pins --title=Pins --body-file=-" in log
    assert "Dockerfile | 2 +-" in log


def test_a_later_change_takes_the_branchs_place_and_opens_nothing_new(clone: Path) -> None:
    """An unmerged pull request is updated."""
    for text in ("FROM b\n", "FROM c\n"):
        git(clone, "switch", "--quiet", "--force", "main")
        (clone / "Dockerfile").write_text(text)
        assert pull_requests.propose(clone, "refresh/pins", "Pins") == "https://example.org/pull/1"
    assert git(clone.parent / "origin", "show", "refresh/pins:Dockerfile") == "FROM c\n"
    assert git(clone.parent / "origin", "log", "--format=%s", "refresh/pins").split() == ["Pins", "first"]
    assert (clone.parent / "log").read_text().count("pr create") == 1


def test_the_token_is_written_nowhere(clone: Path) -> None:
    """Neither into git's configuration nor into what gh was told."""
    (clone / "Dockerfile").write_text("FROM b\n")
    pull_requests.propose(clone, "refresh/pins", "Pins")
    files = [path for path in clone.parent.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if b"canary-of-a-token" in path.read_bytes()]


@pytest.mark.parametrize("branch", ["", "-x", "a b", "a..b", "HEAD:main", "a/", "Main"])
def test_only_plain_names_are_branches(tmp_path: Path, branch: str) -> None:
    """What git or gh could take for something else is refused before either is asked."""
    with pytest.raises(OptionError, match="branch"):
        pull_requests.propose(tmp_path, branch, "Pins")


def test_a_refused_push_is_an_error_and_opens_nothing(clone: Path) -> None:
    """With git's own message."""
    (clone / "Dockerfile").write_text("FROM b\n")
    git(clone, "remote", "set-url", "origin", str(clone.parent / "nowhere"))
    with pytest.raises(CommandError, match="nowhere"):
        pull_requests.propose(clone, "refresh/pins", "Pins")
    assert not (clone.parent / "log").exists()


def test_git_asks_gh_for_the_token_and_no_helper_of_the_machine(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server asks for credentials, records them, and refuses the push."""
    told: list[str | None] = []

    class Asking(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append(self.headers["Authorization"])
            self.send_response(403 if told[-1] else 401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Be quiet."""

    machines = tmp_path / "gitconfig"
    machines.write_text(f'[credential]\n\thelper = "!touch {tmp_path}/asked; false"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(machines))
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    (clone / "Dockerfile").write_text("FROM b\n")
    with HTTPServer(("127.0.0.1", 0), Asking) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        git(clone, "remote", "set-url", "origin", f"http://127.0.0.1:{server.server_port}/a")
        with pytest.raises(CommandError, match="403") as refused:
            pull_requests.propose(clone, "refresh/pins", "Pins")
        server.shutdown()
    wanted = base64.b64encode(b"x-access-token:canary-of-a-token").decode()
    assert told == [None, f"Basic {wanted}"]
    assert not (tmp_path / "asked").exists()
    assert "canary" not in str(refused.value)
