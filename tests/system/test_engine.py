"""The embedded engine's own parts, on the real machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtimekit.engine.bridge import bridge_mac_address
from runtimekit.engine.embedded import EmbeddedEngine

pytestmark = pytest.mark.needs_docker


def test_the_bridge_keeps_its_address_when_containers_end(cli, engine, runtimes) -> None:
    """Else the open connections of all others stall until their peers have asked for the new one."""
    if not engine.location.embedded:
        pytest.skip("this machine has a Docker of its own, which looks after its own bridge")
    cli.run("build", "--local", "alpine-3.22")
    image = runtimes.get("alpine-3.22").build_image
    bridge = EmbeddedEngine.of_this_home().bridge
    seen = set()
    for _ in range(5):
        engine.docker("run", "--rm", image, "/bin/true", doing="running a container that ends")
        seen.add(Path("/sys/class/net", bridge, "address").read_text().strip())
    assert seen == {bridge_mac_address(bridge)}
