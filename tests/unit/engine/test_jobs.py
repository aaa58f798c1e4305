"""Every job is reported, has a log from the first second, and is recorded in the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pytest
from clocks import Clock

from runtimekit.engine.jobs import BASES, IMAGES, JobTracker
from runtimekit.engine.progress import Progress
from runtimekit.engine.trace import Trace
from runtimekit.support import redaction

if TYPE_CHECKING:
    from pathlib import Path

KEY = "base debian:sid-slim"


class RecordingReporter:
    """A reporter that records its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def planned(self, pieces: int) -> None:
        """Recorded."""
        self.calls.append(("planned", pieces))

    def started(self, key: str, expected: float | None = None, log: Path | None = None) -> None:
        """Recorded."""
        self.calls.append(("started", key, expected, str(log)))

    def step(self, key: str, text: str, done: int, total: int, cached: int = 0) -> None:
        """Recorded."""
        self.calls.append(("step", key, text, done, total, cached))

    def finished(self, key: str, *, ok: bool, text: str, place: object = None) -> None:
        """Recorded."""
        self.calls.append(("finished", key, ok, text, place))


class World:
    """The jobs of one run, with a clock and a reporter."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.reporter = folder, Clock(), RecordingReporter()
        self.said: list[str] = []
        self.noted: dict[str, float] = {}
        trace = Trace(clock=self.clock)
        self.tracker = JobTracker(
            self.said.append, lambda: {KEY: 41.0}, self.noted.__setitem__, folder, trace, self.reporter
        )

    def events(self) -> dict[str, tuple[float, float]]:
        """Beginning and duration in seconds of everything in the trace, by name."""
        events = self.tracker.trace.events()
        return {each["name"]: (each["ts"] / 1e6, each["dur"] / 1e6) for each in events if each["ph"] == "X"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A fresh one."""
    return World(tmp_path)


def test_the_log_exists_before_anything_is_printed_or_begun(world: World) -> None:
    """An earlier run's log is replaced, so that it is not mistaken for this one."""
    log = world.folder / "build/logs/base.log"
    log.parent.mkdir(parents=True)
    log.write_text("of yesterday")
    with world.tracker.job(BASES, KEY, log, result="made") as job:
        assert "yesterday" not in log.read_text()
        assert log.read_text().endswith(f"{KEY}\n")
        job.step("waits for another one")
        assert "waits for another one" in log.read_text()
        redaction.register("a-secret-word")
        job.on_line("I: a-secret-word is installed")
        assert "I: [redacted] is installed" in log.read_text()


def test_a_log_exists_while_its_job_is_queued(world: World) -> None:
    """In a first build, images wait for others for a quarter of an hour."""
    log = world.folder / "build/logs/x.log"
    world.tracker.queue("x", log)
    assert log.read_text().endswith("waits for its turn\n")
    assert world.reporter.calls == []
    (world.folder / "full").write_text("a file where a folder should be")
    world.tracker.queue("x", world.folder / "full/x.log")


def test_a_job_is_reported_with_steps_and_an_end(world: World) -> None:
    """Its duration is stored for the next run, and counts from its beginning."""
    with world.tracker.job(BASES, KEY, world.folder / "base.log", result="made") as job:
        world.clock.now = 5
        job.begin()
        with job.stage("downloading"):
            world.clock.now = 7
        job.log("installing perl with apt-get")
        world.clock.now = 10
    assert world.reporter.calls == [
        ("started", KEY, 41.0, "base.log"),
        ("step", KEY, "downloading", 0, 0, 0),
        ("step", KEY, "installing perl with apt-get", 0, 0, 0),
        ("finished", KEY, True, "made", None),
    ]
    assert world.said == ["installing perl with apt-get"]
    assert world.noted == {KEY: 5.0}
    assert world.events() == {KEY: (0.0, 5.0), "downloading": (0.0, 2.0)}


def test_a_builds_steps_are_in_the_trace(world: World) -> None:
    """They lie within the job, whatever BuildKit's clock says."""
    progress = Progress(clock=world.clock)
    with world.tracker.job(IMAGES, "x", world.folder / "x.log", result="built") as job:
        job.begin()
        world.clock.now = 4
        vertex = {"digest": "1", "name": "RUN make", "started": "2001-01-01T00:00:00Z"}
        for event in (vertex, vertex | {"completed": "2001-01-01T00:00:03Z"}):
            progress.update({"vertexes": [event]})
            job.watch(progress)
    assert world.events() == {"x": (0.0, 4.0), "RUN make": (1.0, 3.0)}
    assert ("step", "x", "RUN make", 1, 1, 0) in world.reporter.calls


def test_a_failure_is_raised_again_and_reported_in_a_line(world: World) -> None:
    """Whoever waits for the job reports the full text. The duration of a failure is not stored."""

    def fail() -> None:
        with world.tracker.job(BASES, KEY, world.folder / "base.log", result="made") as job:
            job.begin()
            raise ValueError("it is broken\nand here is why")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert world.reporter.calls[-1] == ("finished", KEY, False, "it is broken (log: base.log)", None)
    assert not world.noted
    (event,) = (each for each in world.tracker.trace.events() if each["ph"] == "X")
    assert event["args"]["result"] == "failed"


def test_waiting_for_another_run_is_shown_until_it_ends(world: World) -> None:
    """Nothing is shown while another thread of this run does the job."""
    world.tracker.show_waiting(KEY, "waits for another run")
    world.tracker.end_waiting(KEY, "another run has made it")
    world.tracker.end_waiting(KEY, "said once")
    assert [call[0] for call in world.reporter.calls] == ["step", "finished"]
    world.reporter.calls.clear()
    with world.tracker.job(BASES, KEY, world.folder / "base.log", result="made"):
        world.tracker.show_waiting(KEY, "waits for another run")
        world.tracker.end_waiting(KEY, "another run has made it")
    assert [call[0] for call in world.reporter.calls] == ["finished"]


def test_a_reporter_is_optional(world: World) -> None:
    """Without a reporter, logs are still written."""
    world.tracker.reporter = None
    with world.tracker.job(BASES, KEY, world.folder / "base.log", result="made") as job:
        job.begin()
        job.step("downloading")
    assert "downloading" in (world.folder / "base.log").read_text()
