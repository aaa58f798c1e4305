"""The embedded engine's network bridge: its own, so that a Docker already on the machine keeps its docker0."""

from __future__ import annotations

import hashlib
import ipaddress
import json
from typing import Any

from runtimekit.support import commands

POOL = ipaddress.IPv4Network("172.16.0.0/12")
"""Private addresses (RFC 1918). Docker uses the upper end of this range last, so we begin there."""


def _ip(*arguments: str, doing: str) -> list[dict[str, Any]]:
    answer = commands.run(["ip", "-json", *arguments], doing=doing).stdout
    return list(json.loads(answer or "[]"))


def bridge_mac_address(name: str) -> str:
    """The bridge's MAC address: locally administered (IEEE 802), and the same on every start."""
    return ":".join(["02", *(f"{byte:02x}" for byte in hashlib.sha256(name.encode()).digest()[:5])])


def make_bridge(name: str) -> None:
    """Create the bridge if it is missing, with a subnet that no route of this machine uses, and set its MAC address.

    A bridge without a fixed MAC address takes the lowest one of its ports. That changes when a container ends, and open
    connections stall until their peers have learned the new address, which can take a minute.
    """
    links = {link["ifname"]: link for link in _ip("link", "show", doing="listing networks")}
    if name not in links:
        routes = _ip("route", "show", doing="listing routes")
        taken = [ipaddress.IPv4Network(r["dst"]) for r in routes if r["dst"] != "default"]
        free = next(s for s in reversed(list(POOL.subnets(new_prefix=24))) if not any(s.overlaps(t) for t in taken))
        commands.run(["ip", "link", "add", name, "type", "bridge"], doing="making the engine's bridge")
        commands.run(["ip", "address", "add", f"{free[1]}/24", "dev", name], doing="making the engine's bridge")
    # Set it even if the bridge shows this address already: the kernel keeps only an address that was set.
    argv = ["ip", "link", "set", name, "address", bridge_mac_address(name), "up"]
    commands.run(argv, doing="giving the engine's bridge its address")


def route_mtu() -> int:
    """The MTU of the default route. Connections of containers that send larger packets would hang."""
    routes = _ip("route", "show", "default", doing="finding the default route")
    if not routes:
        return 1500
    links = _ip("link", "show", "dev", routes[0]["dev"], doing="reading the packet size")
    return int(links[0]["mtu"])


def remove_bridge(name: str) -> None:
    """Remove the bridge, and every packet filter rule that names it."""
    for table in ("filter", "nat"):
        rules = commands.run(["iptables", "-t", table, "-S"], doing="listing packet filter rules", check=False).stdout
        for rule in rules.splitlines():
            if rule.startswith("-A ") and f" {name} " in f"{rule} ":
                arguments = ["-D", *rule.split()[1:]]
                commands.run(["iptables", "-t", table, *arguments], doing="removing a packet filter rule", check=False)
    commands.run(["ip", "link", "delete", name], doing="removing the engine's bridge", check=False)
