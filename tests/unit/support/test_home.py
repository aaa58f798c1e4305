"""The home folder and its locks."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from runtimekit.support.home import PARTS, forget, home, is_locked, locked, tag

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_home_is_where_the_variable_says_else_in_the_cache(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made when it is missing."""
    assert home() == own_home.resolve()
    assert own_home.is_dir()
    monkeypatch.delenv("RUNTIMEKIT_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert home() == (tmp_path / "cache" / "runtimekit").resolve()


def test_two_homes_have_different_tags(tmp_path: Path) -> None:
    """A bridge's name has 15 characters: the tag must be short."""
    assert tag(tmp_path / "a") != tag(tmp_path / "b")
    assert len(tag(tmp_path)) == 6


def test_who_comes_second_waits_and_knows_it() -> None:
    """What it wanted to do may have been done meanwhile."""
    waited: list[bool] = []

    def second() -> None:
        with locked("x") as had_to_wait:
            waited.append(had_to_wait)

    thread = threading.Thread(target=second)
    with locked("x") as had_to_wait:
        assert not had_to_wait
        thread.start()
        thread.join(0.3)
        assert waited == []
    thread.join(5)
    assert waited == [True]


def test_a_lock_can_be_looked_at() -> None:
    """Without keeping it."""
    assert not is_locked("x")
    with locked("x"):
        assert is_locked("x")
        assert not is_locked("y")
    assert not is_locked("x")


def test_waiting_is_told_when_it_begins() -> None:
    """Once; and never by who need not wait."""
    told, cancelled = [], threading.Event()
    with locked("x", waiting=lambda: told.append("at once")):
        threading.Timer(0.5, cancelled.set).start()
        with pytest.raises(KeyboardInterrupt), locked("x", cancelled, lambda: told.append("waits")):
            pass
    assert told == ["waits"]


def test_other_names_do_not_wait_for_each_other() -> None:
    """One lock for each image."""
    with locked("x"), locked("y") as waited:
        assert not waited


def test_waiting_can_be_cancelled() -> None:
    """Ctrl-C while another run works."""
    cancelled = threading.Event()
    threading.Timer(0.2, cancelled.set).start()
    with locked("x"), pytest.raises(KeyboardInterrupt), locked("x", cancelled):
        pass


def test_a_killed_run_frees_its_locks() -> None:
    """The kernel does, whatever happened."""
    script = "from runtimekit.support.home import locked; import os\nwith locked('x'): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", script], check=False)
    with locked("x") as waited:
        assert not waited


def test_forgetting_leaves_what_others_have_put_there(own_home: Path) -> None:
    """The folder itself goes only with the last of it."""
    for part in PARTS:
        (home() / part / "deep").mkdir(parents=True)
    (own_home / "notes.txt").write_text("mine")
    forget()
    assert [path.name for path in own_home.iterdir()] == ["notes.txt"]
    (own_home / "notes.txt").unlink()
    forget()
    assert not own_home.exists()
