"""The worker's own process: its output, its open files, its end."""

import sys
from os import _exit, listdir

_output, _warn = sys.stdout, sys.stderr.write


def print_line_by_line():
    """Makes stdout line-buffered, which Python does only for terminals (contract F5)."""
    _output.reconfigure(line_buffering=True)


def flush():
    """Writes out what the function has printed without a line's end."""
    try:
        _output.flush()
    except (OSError, ValueError):
        return  # the function has closed it


def log(message):
    """Writes one line to stderr."""
    _warn(f"{message}\n")


def leave(status):
    """Ends the process at once, without waiting for the function's threads."""
    flush()
    _exit(status)


def open_files():
    """The numbers of the open files."""
    return set(listdir("/proc/self/fd"))


def thread_count():
    """The number of threads, also of those that Python does not know of."""
    return len(listdir("/proc/self/task"))
