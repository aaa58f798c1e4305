"""What every failure of ours is: an exit code and a message for a person."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a task's exit status means. Scripts may rely on these numbers."""

    OK = 0
    FAILED = 1
    """A build or a test failed."""
    CONFIGURATION = 2
    """platforms.toml, a runtime's folder or an option is wrong; nothing was done."""
    NOTHING_SELECTED = 3
    """No runtime fits what was asked for."""
    ENGINE = 4
    """There is no usable Docker engine and none could be started, or root must make something first."""
    REFUSED = 5
    """Publishing was refused."""
    TRY_AGAIN = 75
    """A passing fault, such as a registry's rate limit."""
    INTERRUPTED = 130
    """Ended by Ctrl-C."""


class RuntimekitError(Exception):
    """Base of all expected failures: printed without a traceback, the process ends with ``exit_code``."""

    exit_code = ExitCode.FAILED
