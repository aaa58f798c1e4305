"""The load generator: what it is told, and which rounds it refuses."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from runtimekit.benchmarks.load import LoadGenerator, Request, lua_string
from runtimekit.benchmarks.measure import timeline
from runtimekit.benchmarks.servers import cpu_seconds_in
from runtimekit.errors import BenchmarkError

GOOD = {
    "requests": 1000,
    "seconds": 2.0,
    "bytes": 150_000,
    "p50_us": 100,
    "p95_us": 200,
    "p99_us": 300,
    "failed": 0,
    "not_2xx": 0,
    "wrong": 0,
}


class Container:
    """Prints what wrk would."""

    def __init__(self, **changed: float) -> None:
        self.printed = f"Running 1s test\n{json.dumps(GOOD | changed)}\n"

    def execute(self, *_argv: str, deadline: float) -> str:
        """Every command is wrk."""
        assert deadline > 0
        return self.printed


def generator(**changed: float) -> LoadGenerator:
    """A load generator whose wrk has measured this."""
    request = Request(url="http://127.0.0.1:3000/", headers={}, body=b"{}", expected_part=b"", expected_size=2)
    return LoadGenerator(cast("Any", Container(**changed)), "node-24", request)


def test_bytes_are_written_so_that_lua_reads_them() -> None:
    """Also quotes, line ends and bytes that are no ASCII."""
    assert lua_string(b'a"\n\xe9') == r'"\097\034\010\233"'


def test_a_round_is_what_wrk_says() -> None:
    """Requests per second come from the time that wrk took, not from the time that it was given."""
    load = generator()
    load.check(32, 1)
    assert load.round(32, 1).requests_per_second == 500


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"wrong": 1}, "1 of 1000 answers were wrong"),
        ({"failed": 2}, "failed"),
        ({"not_2xx": 3}, "not_2xx"),
        ({"requests": 0}, "none was answered"),
    ],
)
def test_a_wrong_answer_makes_the_measurement_void(changed: dict[str, float], why: str) -> None:
    """One is enough."""
    with pytest.raises(BenchmarkError, match=why):
        generator(**changed).check(32, 1)


def test_answers_of_another_size_make_a_round_void() -> None:
    """Bodies are not looked at while time is measured, but their bytes are counted."""
    load = generator()
    load.check(32, 1)
    cast("Any", load)._container = Container(bytes=90_000)
    with pytest.raises(BenchmarkError, match=r"90\.0 bytes, 150\.0"):
        load.round(32, 1)


def test_what_wrk_does_not_say_is_an_error() -> None:
    """Such as a segmentation fault."""
    load = generator()
    cast("Any", load)._container.printed = "Segmentation fault"
    with pytest.raises(BenchmarkError, match="Segmentation"):
        load.check(1, 1)


def test_a_start_is_split_at_the_moments_that_the_gateway_prints() -> None:
    """Milliseconds; without the line nothing is made up."""
    line = '{"start_times":{"gateway":10.5,"worker":10.6,"connected":10.65,"ready":10.75}}'
    parts = timeline(f"listening\n{line}\n", asked=10.0, started=10.3)
    assert {name: round(value) for name, value in parts.items()} == {
        "container": 300,
        "unpack": 200,
        "gateway": 100,
        "worker": 50,
        "load": 100,
    }
    assert timeline("listening\n", 10.0, 10.3) == {}


def test_processor_time_is_read_from_control_groups_of_both_versions() -> None:
    """And is unknown where there are none."""
    assert cpu_seconds_in("usage_usec 1500000\nuser_usec 1000000\n") == 1.5
    assert cpu_seconds_in("2500000000\n") == 2.5
    assert cpu_seconds_in("") is None
