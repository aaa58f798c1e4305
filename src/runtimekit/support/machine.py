"""Facts about this machine."""

from __future__ import annotations

import platform

MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
"""The kernel's names of architectures, and Docker's."""


def native() -> str:
    """This machine's architecture, as Docker calls it."""
    return MACHINES.get(platform.machine(), platform.machine())
