"""The embedded engine's bridge."""

from __future__ import annotations

import json
import subprocess

import pytest

from runtimekit.engine import bridge
from runtimekit.support import commands


@pytest.mark.parametrize("links", [("lo",), ("lo", "rtk-1")])
def test_a_bridge_has_an_address_of_its_own(monkeypatch: pytest.MonkeyPatch, links: tuple[str, ...]) -> None:
    """A bridge that an older version has made gets the address, too. Its subnet stays."""
    did: list[str] = []

    def run(argv: list[str], **_more: object) -> subprocess.CompletedProcess[str]:
        did.append(" ".join(argv))
        routes = [{"dst": "default"}, {"dst": "172.31.255.0/24"}]
        answer = [{"ifname": name} for name in links] if "link" in argv else routes
        return subprocess.CompletedProcess(argv, 0, json.dumps(answer), "")

    monkeypatch.setattr(commands, "run", run)
    bridge.make_bridge("rtk-1")
    changes = [line for line in did if not line.startswith("ip -json")]
    assert changes[-1] == f"ip link set rtk-1 address {bridge.bridge_mac_address('rtk-1')} up"
    made = ["ip link add rtk-1 type bridge", "ip address add 172.31.254.1/24 dev rtk-1"]
    assert changes[:-1] == ([] if "rtk-1" in links else made)


def test_an_address_is_local_and_for_one_machine_only() -> None:
    """Unicast, locally administered; two engines on one host differ."""
    first = int(bridge.bridge_mac_address("rtk-1").partition(":")[0], 16)
    assert first & 0b11 == 0b10
    assert bridge.bridge_mac_address("rtk-1") != bridge.bridge_mac_address("rtk-2")
