"""Time-outs and retries of the clients that run on this machine. docs/network.md lists all of them.

Images and functions' builds have their own place for it: adapters/common/fetch.sh.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from runtimekit.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_SECONDS = 10
"""The time limit for connecting. In seconds."""
SILENT_SECONDS = 30
"""The time limit for silence. In seconds."""
PAUSES_SECONDS = (1.0, 3.0, 15.0)
"""The pauses after failed attempts. In seconds."""
COST_SECONDS = 150
"""After the first failure; then nothing is begun again. With what the last attempt takes, that is 3 minutes."""

APT = {
    "Acquire::Retries": "0",
    "Acquire::http::Timeout": f"{CONNECT_SECONDS}",
    "Acquire::https::Timeout": f"{CONNECT_SECONDS}",
    "Acquire::http::Pipeline-Depth": "0",
}
"""apt's settings, here and in root file systems. Where it puts a retry off it can wait for it without end, and take all
memory meanwhile (apt 3.0: "Tried to start delayed item …, but failed"): so what failed in passing is run again as a
whole. A time-out is for connecting as well as for silence, and for each package: so apt is watched, too. Proxies lose
requests that are sent ahead of answers."""

PIP = {"PIP_DEFAULT_TIMEOUT": f"{CONNECT_SECONDS}", "PIP_RETRIES": "0"}
"""pip's, as environment: the time-out is for connecting as well as for silence. It is run again as a whole."""

NPM = {
    "npm_config_fetch_timeout": f"{CONNECT_SECONDS * 1000}",
    "npm_config_fetch_retries": "0",
}
"""npm's, as environment: milliseconds, for connecting as well as for silence. It is run again as a whole."""


def with_retries(work: Callable[[], None]) -> None:
    """Run something that needs a server, and retry it if it fails.

    Raises:
        CommandError: It failed every time.
    """
    failed = None
    for pause in PAUSES_SECONDS:
        try:
            work()
        except CommandError:
            failed = failed or time.monotonic()
            if time.monotonic() - failed > COST_SECONDS:
                raise
            time.sleep(pause)
        else:
            return
    work()
