"""The program that makes system calls."""

from __future__ import annotations

import errno
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from runtimekit.conformance import system_calls
from runtimekit.conformance.system_calls import SystemCall
from runtimekit.support import machine

if TYPE_CHECKING:
    from pathlib import Path

CALLS = (
    SystemCall("getuid", (102, 174)),
    SystemCall("openat, of a file that is there", (257, 56), (-100, system_calls.DATA_ADDRESS)),
    SystemCall("openat, of nothing", (257, 56), (-100, 0)),
    SystemCall("getpid", (39, 172)),
)


def run(folder: Path, architecture: str) -> dict[str, int]:
    """What the calls return on this machine."""
    path = folder / architecture
    path.write_bytes(system_calls.program(CALLS, architecture, b"/proc/self/maps\0"))
    path.chmod(0o755)
    done = subprocess.run([path], capture_output=True, check=True, timeout=60)
    return system_calls.results(CALLS, done.stdout)


@pytest.mark.parametrize("architecture", system_calls.MACHINES)
def test_calls_return_what_they_return(tmp_path: Path, architecture: str) -> None:
    """With their own numbers, in order, errors as negative numbers."""
    try:
        returned = run(tmp_path, architecture)
    except OSError as error:
        if error.errno != errno.ENOEXEC or architecture == machine.native():
            raise
        pytest.skip("the other processor's programs do not run here")
    assert returned["getuid"] == os.getuid()
    assert returned["openat, of a file that is there"] >= 0
    assert returned["openat, of nothing"] == -errno.EFAULT
    assert returned["getpid"] > 1


def test_too_many_calls_are_refused() -> None:
    """The table has its place."""
    with pytest.raises(ValueError, match="the table has room for"):
        system_calls.program(CALLS * 20, "amd64")
