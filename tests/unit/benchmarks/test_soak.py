"""When a soak has failed."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.benchmarks import soak
from runtimekit.benchmarks.soak import FLAT, Soak
from runtimekit.benchmarks.soak_requests import KINDS, MIXED_EVERY, NOTICE, OpenRequests

if TYPE_CHECKING:
    from pathlib import Path


def test_the_kinds_add_up() -> None:
    """They are shares of 10,000 requests."""
    assert sum(KINDS.values()) == 10_000


def test_memory_that_stays_is_no_problem() -> None:
    """What it grows to in the beginning does not count: caches and pools fill."""
    assert Soak(memory_mib=[10, 40, 50, 51, 52, 50, 51, 52]).problems == []


def test_memory_that_grows_is_a_problem() -> None:
    """Ten per cent between the second and the last quarter."""
    grown = Soak(memory_mib=[10, 40, 50, 50, 54, 56, 58, 60])
    assert grown.growth > FLAT
    assert len(grown.problems) == 1


def test_few_samples_say_nothing_about_memory() -> None:
    """A short soak only shows wrong answers."""
    assert Soak(memory_mib=[10, 100]).problems == []


def test_the_first_wrong_answers_are_shown() -> None:
    """Not a million lines."""
    assert Soak(wrong=[f"{number}" for number in range(15)]).problems[-1] == "and 5 more"


def test_clients_of_an_interrupted_soak_send_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would keep the process alive until all their requests are over."""
    begun = threading.active_count()
    function: Any = SimpleNamespace(
        function=SimpleNamespace(host="127.0.0.1", port=1, container=None),
        request=lambda *_: time.sleep(0.001),  # an answer takes a while, as a real one does
    )

    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(soak, "SAMPLE_SECONDS", 0.01)
    monkeypatch.setattr(soak.memory, "held", lambda _container: 1.0)
    with pytest.raises(KeyboardInterrupt):
        soak.run([function], requests=1_000_000, seconds=60, log=interrupt)
    for thread in threading.enumerate():
        if "_client" in thread.name:
            thread.join(10)
    assert threading.active_count() == begun


class Answering:
    """A launched function of the second protocol whose answer and log files are known."""

    def __init__(self, folder: Path, status: int, body: bytes, logs: str, errors: str) -> None:
        self.function = SimpleNamespace(key="key", logs=folder, logged=lambda _id: (logs, errors))
        self._answer = SimpleNamespace(status=status, read=lambda: body, getheader=lambda _name: "id")

    def request(self, *_: object) -> None:
        """Send nothing."""

    def getresponse(self) -> object:
        """The answer."""
        return self._answer


def judged(folder: Path, kind: str, status: int, body: bytes, logs: str, errors: str) -> str | None:
    """What is wrong with an answer to the request 0.1, whose text has no filler."""
    answering: Any = Answering(folder, status, body, logs, errors)
    chance: Any = SimpleNamespace(randrange=lambda limit: 0 if limit > MIXED_EVERY else 1)
    return OpenRequests(answering.function).request(answering, kind, "0.1", chance)


def test_an_answer_with_its_own_log_is_right(tmp_path: Path) -> None:
    """All of it, and nothing else."""
    assert judged(tmp_path, "text", 200, b"logged", "0.1 \n", "0.1\n") is None
    assert judged(tmp_path, "exit", 500, b"", "before\n", "worker exited") is None
    assert judged(tmp_path, "overrun", 500, b"", "", "Execution timed out.") is None


@pytest.mark.parametrize(
    ("kind", "status", "body", "logs", "errors"),
    [
        ("text", 200, b"logged", "0.2 \n", "0.1\n"),
        ("text", 200, b"logged", "0.1 \n0.2 \n", "0.1\n"),
        ("text", 200, b"logged", "", "0.1\n"),
        ("text", 200, b"logged", "0.1 \n", "0.2\n"),
        ("text", 200, b"other", "0.1 \n", "0.1\n"),
        ("text", 503, b"", "", "no worker"),
        ("overrun", 200, b"slept", "0.1 \n", ""),
        ("exit", 500, b"", "0.2 \n", "worker exited"),
    ],
)
def test_another_ones_log_is_wrong(tmp_path: Path, kind: str, status: int, body: bytes, logs: str, errors: str) -> None:
    """Lost, mixed, or not all of it."""
    assert judged(tmp_path, kind, status, body, logs, errors)


def test_what_is_left_over_belongs_to_clients_that_have_gone(tmp_path: Path) -> None:
    """Their files hold their own lines; others have left none."""
    function: Any = SimpleNamespace(logs=tmp_path)
    (tmp_path / "gone-0.1_logs.log").write_text(f"{NOTICE} Use\n0.1 xx\n")
    assert OpenRequests(function).left_over() == []
    (tmp_path / "gone-0.1_logs.log").write_text("0.2 xx\n")
    (tmp_path / "abc_errors.log").write_text("text\n")
    assert len(OpenRequests(function).left_over()) == 2
