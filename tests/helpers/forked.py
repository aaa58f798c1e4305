"""The command line in a copy of this process: a process of its own, without the time that Python needs to start."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from typing import IO, TYPE_CHECKING, NoReturn

from runtimekit.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SECONDS = 60.0

for each in ("cli.tasks", "console.tables", "images.build"):  # many tasks import them: once here, not in every copy
    importlib.import_module(f"runtimekit.{each}")


def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of ``python -m runtimekit WORD…`` in a folder."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with warnings.catch_warnings():  # newer Pythons warn: the threads of pytest-xdist do not come along
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            _become(words, folder, environment, out.fileno(), err.fileno())
        return _wait(child), _text(out), _text(err)


def _become(words: Sequence[str], folder: Path, environment: Mapping[str, str], out: int, err: int) -> NoReturn:
    status = 1
    try:
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, descriptor in enumerate((nothing, out, err)):
            os.dup2(descriptor, number)
        os.environ.update(environment)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
        sys.argv = ["runtimekit", *words]
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        if (problem := sys.exc_info()[1]) is not None:
            traceback.print_exception(problem)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _wait(child: int) -> int:
    end = time.monotonic() + SECONDS
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise TimeoutError(f"still runs after {SECONDS:.0f} s")
        signal.sigtimedwait([], 0.002)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
