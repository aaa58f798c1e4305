"""What operators turn on (contract O1 to O3). It is the gateway's alone, so two languages take part."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from runtimekit.conformance import Subject, Target, case, expect, expect_error, expect_status, expect_that
from runtimekit.functions.function import READY_SECONDS, wait_ready

if TYPE_CHECKING:
    from runtimekit.functions.function import Function

METRICS = "/__runtime/metrics"
OTHER_PORT = 8080
LINE_SECONDS = 5.0


def line_of(target: Target, function: Function, request_id: str) -> dict[str, object]:
    """The log's line of a request. The engine may have it a moment later than the client has its answer."""
    end = time.monotonic() + target.deadline(LINE_SECONDS)
    while time.monotonic() < end:
        for line in function.container.logs().splitlines():
            if f'"request_id":"{request_id}"' in line:
                found: dict[str, object] = json.loads(line)
                return found
        time.sleep(0.05)
    expect_that(False, f"the log's line of request {request_id}", "one", "none")
    return {}


@case("operate.log", rule="O1", bench=Subject.OWN, optional=True)
def log(target: Target) -> None:
    """Lines are JSON, and a request's id comes back, from a function that answers, fails, or is not called."""
    with target.fresh(environment={"RUNTIME_LOG": "json"}) as own:
        function = own.function
        body = json.dumps({"payload": '{"action": "throw"}'}).encode()
        headers = {"x-internal-challenge": function.key, "x-request-id": "mine-1"}
        thrown = function.send("POST", "/a?b=c", body, headers)
        expect_status(thrown, 500)
        expect("mine-1", thrown.headers.get("x-request-id"), "the id in the answer")
        line = line_of(own, function, "mine-1")
        expect(
            ("failed", 500, "/a", "POST"), tuple(line[key] for key in ("result", "status", "path", "method")), "line"
        )
        expect_that("probe error" in str(line.get("error")), "the error in the line", "the function's", line)
        refused = function.call(key="wrong")
        made = refused.headers.get("x-request-id", "")
        expect_that(re.fullmatch(r"[0-9a-f]{32}", made) is not None, "an id that was made", "32 digits", made)
        expect("refused", line_of(own, function, made)["result"], "the result of a request without the key")


@case("operate.metrics", rule="O2", bench=Subject.OWN, optional=True)
def metrics(target: Target) -> None:
    """The numbers need the key, and count what was answered."""
    with target.fresh(environment={"RUNTIME_METRICS": "1"}) as own:
        function = own.function
        expect_error(function.send("GET", METRICS, None, {}), 401)
        expect_status(own.probe("answer"), 200)
        numbers = function.send("GET", METRICS, None, {"x-internal-challenge": function.key})
        expect_status(numbers, 200)
        expect("text/plain; version=0.0.4; charset=utf-8", numbers.headers.get("content-type"), "content type")
        line = b'runtime_requests_total{result="answered",status="2xx"} 1\n'
        expect_that(line in numbers.body, "the numbers", line, numbers.body)
        expect_that("x-request-id" not in numbers.headers, "headers", "no id", numbers.headers)


@case("operate.metrics-off", rule="O2", optional=True)
def metrics_off(target: Target) -> None:
    """Without the variable there is no such path."""
    expect_error(target.function.send("GET", METRICS, None, {"x-internal-challenge": target.key}), 405)


@case("operate.port", rule="O3", bench=Subject.OWN, optional=True)
def port(target: Target) -> None:
    """PORT moves the server, whatever launch.sh does."""
    with target.environment.launch(environment={"PORT": str(OTHER_PORT)}, await_ready=False) as function:
        moved = replace(function, port=OTHER_PORT)
        wait_ready(moved, str(target.runtime), target.deadline(READY_SECONDS))
        expect_status(moved.call(payload='{"action": "answer"}'), 200)
