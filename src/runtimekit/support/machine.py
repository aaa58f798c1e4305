"""What this machine is."""

from __future__ import annotations

import platform

MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
"""What the kernel calls a machine → what Docker calls it."""


def native() -> str:
    """This machine's architecture, as Docker calls it."""
    return MACHINES.get(platform.machine(), platform.machine())
