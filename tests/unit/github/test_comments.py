"""One comment, which is updated in place; `gh` is a script here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import NotInActionsError, OptionError
from runtimekit.github import comments

if TYPE_CHECKING:
    from pathlib import Path

IN_ACTIONS = {comments.REPOSITORY: "acme/own"}


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `gh` that notes what it is told; the ids that it finds are in the file `found`."""
    program = tmp_path / "bin/gh"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/said\ncase "$*" in *--paginate*) cat {tmp_path}/found ;; '
        f"*) cat > {tmp_path}/body; echo https://example.org/1 ;; esac\n"
    )
    program.chmod(0o755)
    (tmp_path / "found").write_text("")
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return tmp_path / "said"


def test_the_first_time_it_is_made_and_then_updated(tmp_path: Path, said: Path) -> None:
    """It is found by its first line and its author."""
    assert comments.comment(tmp_path, "17", "# hello", IN_ACTIONS) == "https://example.org/1"
    search, write = said.read_text().splitlines()
    assert comments.MARK in search
    assert comments.AUTHOR in search
    assert "--method POST repos/acme/own/issues/17/comments" in write
    assert json.loads((tmp_path / "body").read_text()) == {"body": f"{comments.MARK}\n# hello"}
    (tmp_path / "found").write_text("401\n402\n")
    comments.comment(tmp_path, "17", "# again", IN_ACTIONS)
    assert "--method PATCH repos/acme/own/issues/comments/401" in said.read_text().splitlines()[-1]


def test_a_long_text_is_cut_between_lines() -> None:
    """GitHub would refuse it."""
    text = comments.body("line\n" * 20_000)
    assert len(text) < 65_536
    assert text.endswith(f"line{comments.CUT}")


@pytest.mark.parametrize("number", ["", "0", "1/../2", "-1", "\u0661"])
def test_what_is_no_number_is_refused(tmp_path: Path, number: str) -> None:
    """It becomes a part of an address."""
    with pytest.raises(OptionError):
        comments.comment(tmp_path, number, "", IN_ACTIONS)


def test_outside_of_actions_it_is_an_error(tmp_path: Path) -> None:
    """Whose pull request it is, is said by the environment."""
    with pytest.raises(NotInActionsError):
        comments.comment(tmp_path, "1", "", {})
