"""The fence around unit tests holds."""

from __future__ import annotations

import socket
import subprocess

import pytest


@pytest.mark.parametrize("program", ["docker", "/usr/bin/docker", "dockerd"])
def test_no_unit_test_can_start_docker(program: str) -> None:
    """Whether found on PATH or given in full."""
    with pytest.raises(RuntimeError, match="must not start an engine's program"):
        subprocess.run([program, "version"], check=False)


def test_no_unit_test_can_use_the_network() -> None:
    """Neither by address nor by name."""
    with pytest.raises(RuntimeError, match="must not use the network"), socket.socket() as each:
        each.connect(("192.0.2.1", 80))
    with pytest.raises(RuntimeError, match="must not use the network"):
        socket.create_connection(("example.org", 80), timeout=1)


def test_no_unit_test_can_talk_to_an_engine() -> None:
    """Its socket is a file, so the network's rules would let it through."""
    with pytest.raises(RuntimeError, match="must not talk to an engine"), socket.socket(socket.AF_UNIX) as each:
        each.connect("/var/run/docker.sock")


def test_this_machine_itself_can_be_reached() -> None:
    """Servers of a test's own are fine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
