"""The embedded engine's network bridge: its own, so that a Docker already on the machine keeps its docker0."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from runtimekit import commands

POOL = ipaddress.IPv4Network("172.16.0.0/12")
"""Private addresses (RFC 1918) that Docker itself prefers least at its upper end, which is where we start."""


def _ip(*words: str, doing: str) -> list[dict[str, Any]]:
    answer = commands.run(["ip", "-json", *words], doing=doing).stdout
    return list(json.loads(answer or "[]"))


def make_bridge(name: str) -> None:
    """Make the bridge with a subnet that no route of this machine uses; nothing to do when it is there.

    It is given a hardware address. Without one it takes the lowest of its ports', another whenever a container comes or
    goes, and what the others send to the one that they know is lost for seconds.
    """
    if any(link["ifname"] == name for link in _ip("link", "show", doing="listing networks")):
        return
    routes = _ip("route", "show", doing="listing routes")
    taken = [ipaddress.IPv4Network(r["dst"]) for r in routes if r["dst"] != "default"]
    free = next(s for s in reversed(list(POOL.subnets(new_prefix=24))) if not any(s.overlaps(t) for t in taken))
    hardware = "02:42:" + free[1].packed.hex(":")  # locally administered, as Docker's own
    commands.run(["ip", "link", "add", name, "address", hardware, "type", "bridge"], doing="making the engine's bridge")
    commands.run(["ip", "address", "add", f"{free[1]}/24", "dev", name], doing="making the engine's bridge")
    commands.run(["ip", "link", "set", name, "up"], doing="making the engine's bridge")


def route_mtu() -> int:
    """The packet size of the way out: containers that send larger ones would see connections hang."""
    routes = _ip("route", "show", "default", doing="finding the default route")
    if not routes:
        return 1500
    links = _ip("link", "show", "dev", routes[0]["dev"], doing="reading the packet size")
    return int(links[0]["mtu"])


def remove_bridge(name: str) -> None:
    """Take the bridge away, and every packet filter rule that names it."""
    for table in ("filter", "nat"):
        rules = commands.run(["iptables", "-t", table, "-S"], doing="listing packet filter rules", check=False).stdout
        for rule in rules.splitlines():
            if rule.startswith("-A ") and f" {name} " in f"{rule} ":
                words = ["-D", *rule.split()[1:]]
                commands.run(["iptables", "-t", table, *words], doing="removing a packet filter rule", check=False)
    commands.run(["ip", "link", "delete", name], doing="removing the engine's bridge", check=False)
