"""What both newcomers share, the one who has nothing and the one who is not root."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
RUNTIMES = ("alpine-3.22", "node-22", "python-3.13")
"""What the commands are narrowed to: a run image, and two languages whose bases are made in different ways."""

SETTINGS = re.compile(
    r"(https?|ftp|all|no)_proxy|pip_\w+|npm_config_\w+|go(proxy|noproxy|private|sumdb|nosumdb|flags)"
    r"|(ssl_cert_file|curl_ca_bundle|requests_ca_bundle|node_extra_ca_certs|git_ssl_cainfo)",
    re.IGNORECASE,
)
"""The variables of the host that say how registries are reached. Nothing else of its environment gets inside."""


def show(line: str, argv: Sequence[str], *, deadline: float, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a command whose output is shown as it comes.

    Args:
        line: What the user types, shown first.
        argv: The command that does it.
        deadline: Seconds after which it is ended, with all that it has started.
        env: The complete environment; by default ours.

    Returns:
        Exit status, and both streams as one text.
    """
    sys.stdout.write(f"$ {line}\n")
    said: list[str] = []
    with commands.process(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env) as running:
        assert running.stdout is not None
        late = threading.Timer(deadline, commands.end_group, [running])
        late.start()
        try:
            for raw in running.stdout:
                line = raw.decode(errors="replace")
                sys.stdout.write(f"  │ {line}")
                sys.stdout.flush()
                said.append(line)
            status = running.wait()
            assert late.is_alive(), f"{commands.quoted(argv)} took longer than {deadline:g} s"
        finally:
            late.cancel()
    return status, "".join(said)
