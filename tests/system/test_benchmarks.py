"""`./dev bench` and `./dev soak` with real images: numbers that add up, and none where an answer is wrong."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from runtimekit.benchmarks import results

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.needs_docker

QUICK = ("--rounds", "1", "--seconds", "1", "--starts", "1")


@contextmanager
def http_server(*, right: int) -> Iterator[str]:
    """A server beside the engine; after so many answers they are wrong."""
    answered = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            answered.append(1)
            body = b"benchmark" if len(answered) <= right else b"something"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

        def handle_error(self, *_arguments: object) -> None:
            """Clients that go away are none."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_benchmark_measures_all_servers_in_turns(cli, tmp_path: Path) -> None:
    """The runtime, its floor, the gateway alone, another server, the other protocol; a result can be compared with."""
    path = tmp_path / "bench.json"
    with http_server(right=10**9) as url:
        code, output = cli.run("bench", "node-22", *QUICK, "--against", url, "--output", str(path))
    assert code == 0, output
    (measured,) = results.read(path).measurements
    assert [server.name for server in measured.servers] == ["node-22", "floor", "gateway", url]
    for server in measured.servers:
        assert [load.clients for load in server.loads] == [1, 8, 32]
        assert all(load.requests_per_second.median > 0 and load.p50_us.median > 0 for load in server.loads)
        assert all((load.cpu_us is None) == (server.name == url) for load in server.loads)
    assert list(measured.start.parts_ms) == ["container", "unpack", "gateway", "worker", "load"]
    inside = sum(spread.median for name, spread in measured.start.parts_ms.items() if name != "container")
    assert 0 < inside <= measured.start.ready_ms.median
    assert measured.memory_mib > 0

    words = ("--no-floors", "--compare", str(path), "--output", str(path))
    code, output = cli.run("bench", "node-22", "node-22-v5", *QUICK, *words)
    assert code == 0, output
    assert "requests/s, 32 clients" in output
    assert "protocol 2021 and v5" in output
    _, measured = results.read(path).measurements
    assert [server.name for server in measured.servers] == ["node-22-v5", "node-22-v5, with logs"]
    assert all(load.requests_per_second.median > 0 for server in measured.servers for load in server.loads)
    page = tmp_path / "performance.md"
    assert cli.run("performance", str(path), "--output", str(page))[0] == 0
    assert "### node-22" in page.read_text(encoding="utf-8")


def test_one_wrong_answer_makes_the_run_void(cli, tmp_path: Path) -> None:
    """Nothing is written, and the error names the server."""
    path = tmp_path / "bench.json"
    with http_server(right=20) as url:
        words = ("bench", "node-22", *QUICK, "--no-floors", "--against", url, "--output", str(path))
        code, output = cli.run(*words)
    assert code == 1, output
    assert f"{url}: the measurement is void" in output
    assert not path.exists()
    assert cli.run("bench", "node-22", "--rounds", "0")[0] == 2


def test_a_soak_counts_what_was_answered(cli) -> None:
    """All kinds of requests, none wrong."""
    code, output = cli.run("soak", "node-22", "--requests", "4000")
    assert code == 0, output
    assert "4,000 of 4,000 requests, 0 wrong" in output


@pytest.mark.parametrize("text", ["x-key", ": value"])
def test_a_header_without_a_name_is_refused(cli, text: str) -> None:
    """With the form that it must have."""
    code, output = cli.run("bench", "node-22", "--header", text)
    assert code == 2, output
    assert "--header cannot be" in output


def test_a_result_that_is_none_is_refused_before_anything_is_measured(cli, tmp_path: Path) -> None:
    """One line that names the file."""
    (tmp_path / "other.json").write_text(json.dumps({"suites": []}))
    code, output = cli.run("bench", "node-22", "--compare", str(tmp_path / "other.json"))
    assert code == 2, output
    assert "other.json" in output
