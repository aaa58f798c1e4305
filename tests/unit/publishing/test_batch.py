"""A run of several images: each to its own end, all of it in the record."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.console import make_console
from runtimekit.console.progress import choose_reporter
from runtimekit.errors import (
    CommandError,
    ExitCode,
    PublishRefusedError,
    RegistryUnavailableError,
    RunInterruptedError,
    RuntimekitError,
)
from runtimekit.publishing.batch import PublicationRow, Publisher, exit_code_of
from runtimekit.publishing.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runtimekit.publishing.model import PlatformImage
    from runtimekit.registry.client import Registry
    from runtimekit.repository.catalogue import Catalogue

REFUSAL = PublishRefusedError([("a test failed", "mend it")])
FAILURE = CommandError("saving", "docker save", 1, "gone")
AWAY = RegistryUnavailableError("pushing", "host", "connection", 4, 13.0, "refused")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))


@pytest.fixture
def record(tmp_path: Path, registry: Registry) -> Record:
    """A run's."""
    counts = registry.retrier.counts
    return Record(tmp_path, commit="c" * 40, registry="host/acme", options={}, tools={"docker": "26"}, retries=counts)


@pytest.fixture
def publisher(runtimes: Catalogue, registry: Registry, record: Record) -> Iterator[Publisher]:
    """One that tells a console."""
    with choose_reporter(make_console(stderr=True)) as reporter:
        yield Publisher(runtimes, registry, record, reporter)


def raising(errors: dict[str, BaseException]) -> Callable[..., Any]:
    """Fails for the named runtimes; the others have nothing to push."""

    def images_of(runtime: object, _repository: object) -> list[object]:
        if error := errors.get(str(runtime)):
            raise error
        return []

    return images_of


def read(record: Record) -> dict[str, Any]:
    """What stands in the file."""
    return dict(json.loads(record.path.read_text()))


def test_an_image_that_fails_does_not_stop_the_others(
    publisher: Publisher, record: Record, runtimes: Catalogue
) -> None:
    """And all of it stands in the record."""
    rows = publisher.publish(runtimes.runtimes, raising({"go-1.24": REFUSAL, "python-3.9": FAILURE}), release=False)
    assert [(row.runtime, row.result) for row in rows] == [
        ("go-1.24", "refused"),
        ("python-3.9", "failed"),
        ("python-3.10", "pushed by digest"),
    ]
    assert exit_code_of(rows) == ExitCode.REFUSED
    row = read(record)
    assert row["result"] == "failed"
    assert "mend it" in row["error"]
    assert row["images"]["python-3.9"]["result"] == "failed"


def test_a_registry_that_is_away_ends_the_run(publisher: Publisher, runtimes: Catalogue) -> None:
    """The next image would meet the same; it is not said to have failed."""
    rows = publisher.publish(runtimes.runtimes, raising({"go-1.24": AWAY}), release=False)
    assert [row.result for row in rows] == ["failed", "not reached", "not reached"]
    assert [row.succeeded for row in rows] == [False] * 3
    assert exit_code_of(rows) == ExitCode.TRY_AGAIN


def test_ctrl_c_ends_the_run_and_stands_in_the_record(
    publisher: Publisher, record: Record, runtimes: Catalogue
) -> None:
    """Workers are told to end, too."""
    with pytest.raises(RunInterruptedError), record:
        publisher.publish(runtimes.runtimes, raising({"go-1.24": KeyboardInterrupt()}), release=False)
    assert read(record)["result"] == "interrupted"
    assert publisher.registry.retrier.cancelled.is_set()


def test_a_release_stands_in_the_record_and_a_second_one_is_unchanged(
    publisher: Publisher, record: Record, runtimes: Catalogue, pushed: list[PlatformImage]
) -> None:
    """Index, tags, and what was sent."""
    python = runtimes.get("python-3.10")
    first = publisher.publish([python], lambda _runtime, _repository: pushed, release=True)[0]
    assert (first.result, list(first.tags)[1:]) == ("published", ["3.10", "latest"])
    image = read(record)["images"]["python-3.10"]
    assert image["index"] == first.index
    assert set(image["tags"].values()) == {"uploaded"}
    assert read(record)["result"] == "ok"
    second = publisher.publish([python], lambda _runtime, _repository: pushed, release=True)[0]
    assert (second.result, second.index) == ("unchanged", first.index)


def test_a_record_says_at_every_moment_how_far_a_run_was(record: Record) -> None:
    """A killed one stays `running`; no secret is in it."""
    assert read(record)["result"] == "running"
    record.platform("python-3.10", "linux/amd64", digest="sha256:1")
    assert read(record)["images"]["python-3.10"]["platforms"]["linux/amd64"] == {"digest": "sha256:1"}
    assert {"python", "urllib3", "runtimekit", "docker"} <= set(read(record)["tools"])


def test_retries_are_counted_in_the_record(tmp_path: Path) -> None:
    """By class."""
    counts: Counter[str] = Counter()
    with Record(tmp_path, commit="c" * 40, registry="h/a", options={}, tools={}, retries=counts) as record:
        counts["connection"] += 2
        record.end("ok")
    assert read(record)["retries"] == {"connection": 2}


@pytest.mark.parametrize(
    ("errors", "code"),
    [((REFUSAL, FAILURE, AWAY), 5), ((FAILURE, AWAY), 1), ((AWAY,), 75), ((None,), 0)],
)
def test_the_gravest_error_is_the_exit_code(errors: tuple[RuntimekitError | None, ...], code: int) -> None:
    """Trying again later helps only if nothing else is wrong."""
    rows = [PublicationRow("x", "failed" if error else "published", error=error) for error in errors]
    assert exit_code_of(rows) == code
